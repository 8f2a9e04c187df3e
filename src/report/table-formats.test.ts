import { expect, test } from 'vitest';
import type { Table, TableRow } from '../generated/table.ts';
import { captionOf, tableMarkdown } from './table-formats.ts';

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
