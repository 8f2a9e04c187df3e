import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { problem } from '../base/problem.ts';
import type { Reason } from '../decide/reason.ts';
import type { RunEventLine } from '../generated/events.ts';
import type { RunEvent, StageSummary } from './events.ts';

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

const schema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../../schemas/events.schema.json', import.meta.url), 'utf8')),
);
const key = 'ab'.repeat(32);

const reasons: readonly Reason[] = [
  { kind: 'never-ran' },
  { kind: 'changed', fact: 'param', name: 'copies', old: 2, new: [4, null] },
  { kind: 'changed', fact: 'env', name: 'HOME', new: null },
  { kind: 'producer-stale', stage: 'split' },
  { kind: 'output-missing', output: 'model' },
  { kind: 'output-edited', output: 'model' },
  { kind: 'result-lost', output: 'model', damaged: true },
  { kind: 'always-changed' },
  { kind: 'forced' },
  { kind: 'kept-out-of-store', output: 'log' },
  { kind: 'frozen' },
];
const at = { file: 'pipeline.yaml', line: 1, column: 2, length: 3 };
const trouble = problem('E0901', 'm', {
  at,
  related: { at, message: 'r' },
  expected: 'e',
  hint: 'h',
  stage: 's',
  experiment: 'x',
  path: 'p',
});
const stage = (status: StageSummary['status']): StageSummary => ({ status, key, reasons, seconds: 1.5 });
const about = { t: 0.1, experiment: 'main', stage: 'train@a' };

/** Every event, with everything it may carry. */
const EVENTS: readonly RunEvent[] = [
  { event: 'started', run: 'r', experiments: ['main'], stages: 2, jobs: 2 },
  { event: 'stage-started', ...about, key, reasons, forecastSeconds: null, log: 'l' },
  { event: 'stage-started', ...about, key, reasons: [], forecastSeconds: 3.5, log: 'l' },
  { event: 'stage-progress', ...about, done: 1, total: 2, unit: 'epochs', message: 'm' },
  { event: 'stage-waiting', ...about, message: 'm' },
  {
    event: 'stage-finished',
    ...about,
    status: 'failed',
    key: null,
    reasons,
    seconds: 1,
    note: null,
    problem: trouble,
    log: 'l',
    logTail: ['x'],
  },
  { event: 'stage-finished', ...about, status: 'ran', key, reasons, seconds: 1, note: 'n' },
  { event: 'problem', problem: trouble },
  {
    event: 'summary',
    status: 'ok',
    experiment: 'main',
    stages: {
      a: stage('ran'),
      b: stage('cached'),
      c: stage('restored'),
      d: stage('blocked'),
      e: stage('skipped'),
      f: stage('failed'),
    },
    experiments: { main: { a: stage('fresh'), b: stage('stale'), c: stage('unknown') } },
    seconds: 1,
    run: 'r',
    results: 'artifacts/main/',
    metrics: { train: { 'metrics.json': { loss: 0.1 } } },
    forecast: { workSeconds: 2, wallSeconds: 1, unknown: 0 },
  },
];

test('every event, with all it may carry, is as the schema says', () => {
  for (const event of EVENTS) expect(schema.safeParse(event), JSON.stringify(event)).toMatchObject({ success: true });
});

test('an event with a member the schema does not know is refused', () => {
  expect(schema.safeParse({ event: 'problem', problem: trouble, extra: 1 }).success).toBe(false);
  expect(schema.safeParse({ event: 'frobnicated' }).success).toBe(false);
});

test('the type of events fits the type made from the schema', () => {
  expectTypeOf<Mutable<RunEvent>>().toExtend<RunEventLine>();
});
