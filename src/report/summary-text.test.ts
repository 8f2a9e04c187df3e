import { expect, test } from 'vitest';
import type { Reason } from '../decide/reason.ts';
import type { StageSummary, Summary } from './events.ts';
import { createPaint } from './paint.ts';
import { forecastLines } from './summary-text.ts';

const copies: Reason = { kind: 'changed', fact: 'param', name: 'copies', old: 2, new: 4 };

function stage(status: StageSummary['status'], ...reasons: Reason[]): StageSummary {
  return { status, key: null, reasons, seconds: 0 };
}

function forecast(stages: Summary['stages'], more: Partial<Summary> = {}): readonly string[] {
  const summary: Summary = { event: 'summary', status: 'ok', experiment: 'main', seconds: 1, stages, ...more };
  return forecastLines(summary, 100, createPaint(false));
}

test('a forecast lists what would run and why, and how long it takes', () => {
  const stages = {
    ingest: stage('fresh'),
    augment: stage('stale', copies),
    train: stage('unknown', { kind: 'producer-stale', stage: 'augment' }),
  };
  expect(forecast(stages, { forecast: { workSeconds: 300, wallSeconds: 250, unknown: 1 } })).toEqual([
    '  ingest      fresh',
    '  augment     would run      copies: 2 -> 4',
    '  train       may run        after augment',
    '',
    '1 of 3 stages would run, 1 may run; about 4 min of waiting, and 1 stage of unknown length     run: pipe run     why: pipe why augment',
  ]);
});

test('a stage that only has to be put back is told from one that has to run', () => {
  const a = { ...stage('stale', { kind: 'output-missing', output: 'a.txt' }), restorable: true } as const;
  expect(forecast({ a, b: stage('stale', copies) })).toEqual([
    '  a           would restore  output missing: a.txt',
    '  b           would run      copies: 2 -> 4',
    '',
    '1 of 2 stages would run, 1 would be restored     run: pipe run     why: pipe why a',
  ]);
  expect(forecast({ a }).at(-1)).toBe('1 of 1 stage would be restored     run: pipe run     why: pipe why a');
});

test('a forecast of nothing says that everything is up to date', () => {
  const stages = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`s${i}`, stage('fresh')]));
  expect(forecast(stages)).toEqual(['everything is up to date: 50 stages']);
});
