import { expect, test } from 'vitest';
import type { Table, TableRow } from '../generated/table.ts';
import { createPaint } from './paint.ts';
import { captionOf, tableMarkdown } from './table-formats.ts';
import { tableText } from './table-text.ts';

function row(name: string, value: number, isBest: boolean): TableRow {
  const none = { difference: null, tested: null, loss: null, parameters: null, ratio: null, seconds: null };
  return {
    name,
    members: [name],
    values: [],
    score: { value },
    isBest,
    isSecond: false,
    isPareto: false,
    runs: [],
    ...none,
  };
}

const TABLE: Table = {
  version: 1,
  metric: 'accuracy',
  stage: 'evaluate',
  others: [],
  goal: 'maximize',
  reference: 'main',
  rows: [row('main', 0.5, false), row('depth@1', 1, true)],
};

test('in Markdown the best score is bold, not a name that holds the same digits', () => {
  expect(tableMarkdown(TABLE)).toContain('| depth@1 | **1** |');
});

test('the caption explains only what is in the table', () => {
  expect(captionOf(TABLE)).toBe("Best (largest) accuracy bold; p after Holm's correction over all rows.");
});

test('where several stages have the metric, the caption says whose it is', () => {
  const several = { ...TABLE, stage: 'final', others: ['tune:accuracy'] };
  expect(captionOf(several)).toContain('accuracy of final bold');
  expect(tableText(several, 200, createPaint(false))).toContain(
    'accuracy of final; of another stage: pipe table --metric tune:accuracy',
  );
});
