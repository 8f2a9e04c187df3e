import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { problem } from '../base/problem.ts';
import type { Reason } from '../decide/reason.ts';
import type { RunEvent, StageStatus, StageSummary, Summary } from './events.ts';
import { createReporter, type ReporterOptions } from './reporter.ts';
import { textWidth } from './text-width.ts';

/** A reporter on text buffers and a clock that the test moves. */
function rig(changes: Partial<ReporterOptions> = {}) {
  let nowMs = 0;
  let tick = () => {};
  const out = { stdout: '', stderr: '' };
  const writes: string[] = [];
  const reporter = createReporter({
    stdout: { write: (text) => (out.stdout += text) },
    stderr: {
      write: (text) => {
        out.stderr += text;
        writes.push(text);
      },
    },
    json: false,
    quiet: false,
    color: false,
    isTTY: false,
    columns: () => 100,
    rows: () => 24,
    readLine: () => null,
    now: () => nowMs,
    every: (_interval, each) => {
      tick = each;
      return () => {
        tick = () => {};
      };
    },
    ...changes,
  });
  function wait(ms: number): void {
    nowMs += ms;
    tick();
  }
  return { reporter, out, writes, wait };
}

const ESCAPE = '\u001b';
const SEQUENCE = new RegExp(`(${ESCAPE}\\[\\d*[AJ]|\\r|\\n)`);
const MOVE = new RegExp(`^${ESCAPE}\\[(\\d*)([AJ])$`);

/** What a terminal shows after these bytes: knows line breaks, "cursor up" and "erase below", which is all that is used. */
function screen(bytes: string): string[] {
  const lines = [''];
  let row = 0;
  const at = (text: string) => {
    lines[row] = (lines[row] ?? '') + text;
  };
  for (const part of bytes.split(SEQUENCE)) {
    const move = MOVE.exec(part);
    if (move?.[2] === 'A') row -= Number(move[1]);
    else if (move?.[2] === 'J') lines.length = row;
    else if (part === '\n') {
      row++;
      lines[row] ??= '';
    } else if (part !== '\r') at(part);
  }
  return lines;
}

const started = (stages: number, experiments = ['main']): RunEvent => ({
  event: 'started',
  run: 'r1',
  experiments,
  stages,
  jobs: 2,
});
const begin = (stage: string, reasons: readonly Reason[] = [], forecastSeconds: number | null = null): RunEvent => ({
  event: 'stage-started',
  key: 'ab'.repeat(32),
  t: 0,
  experiment: 'main',
  stage,
  reasons,
  forecastSeconds,
  log: 'cache/logs/x',
});
const progress = (stage: string, done: number, total: number): RunEvent => ({
  event: 'stage-progress',
  t: 0,
  experiment: 'main',
  stage,
  done,
  total,
  unit: 'epochs',
});
const finish = (
  stage: string,
  status: StageStatus,
  seconds = 0,
  more: Partial<Extract<RunEvent, { event: 'stage-finished' }>> = {},
): RunEvent => ({
  event: 'stage-finished',
  t: 0,
  experiment: 'main',
  stage,
  status,
  key: null,
  reasons: [],
  seconds,
  note: null,
  ...more,
});
const summary = (stages: Record<string, StageSummary['status']>, more: Partial<Summary> = {}): Summary => ({
  event: 'summary',
  status: 'ok',
  experiment: 'main',
  seconds: 123,
  stages: Object.fromEntries(
    Object.entries(stages).map(([name, status]) => [name, { status, key: null, reasons: [], seconds: 1 }]),
  ),
  ...more,
});
const copies: Reason = { kind: 'changed', fact: 'param', name: 'copies', old: 2, new: 4 };

test('without a terminal each stage is a line, and the end says what was done and where to look', () => {
  const { reporter, out } = rig();
  for (const event of [
    started(4),
    finish('ingest', 'cached', 0, { note: '60,000 images' }),
    begin('augment', [copies]),
    finish('augment', 'ran', 12.4, { note: '1,234 images', reasons: [copies] }),
    finish('split', 'restored', 0, { reasons: [{ kind: 'output-missing', output: 'dataset' }] }),
    finish('export', 'skipped'),
    summary(
      { ingest: 'cached', augment: 'ran', split: 'restored', export: 'skipped' },
      {
        results: 'artifacts/main/',
        metrics: {
          evaluate: {
            'metrics.json': {
              accuracy: 0.92314,
              test: { loss: 0.000123456 },
              f1: { value: 0.9, low: 0.85, high: 0.95 },
            },
          },
        },
      },
    ),
  ]) {
    reporter.handle(event);
  }
  reporter.close();
  expect(out.stderr).toBe(
    [
      '  ingest      cached                 60,000 images',
      '  augment     ran            12.4 s  1,234 images   copies: 2 -> 4',
      '  split       restored               output missing: dataset',
      '  export      skipped',
      '',
      '',
      'ran 1 of 4 stages in 2 min 03 s, 1 result brought back from the cache     why: pipe why augment     results: artifacts/main/',
      '',
    ].join('\n'),
  );
  expect(out.stdout).toBe('evaluate   accuracy 0.9231   test.loss 0.0001235   f1 0.9000 [0.8500, 0.9500]\n');
});

test('metrics fill two lines at most, and those left out are counted', () => {
  const { reporter, out } = rig({ columns: () => 40 });
  const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, i]));
  reporter.handle(summary({ a: 'ran' }, { metrics: { score: { 'm.json': metrics } } }));
  expect(out.stdout).toBe('score   m0 0   m1 1   m2 2   m3 3   m4 4\n        m5 5   m6 6   m7 7   and 12 more\n');
});

test('a note too long for its line leaves room for the reason', () => {
  const { reporter, out } = rig();
  reporter.handle(started(1));
  reporter.handle(finish('train', 'ran', 1, { note: 'n'.repeat(200), reasons: [copies] }));
  expect(out.stderr).toBe(`  train       ran             1.0 s  ${'n'.repeat(44)}…   copies: 2 -> 4\n`);
});

test('a failed stage shows its problem, the end of its log, and where the rest is', () => {
  const { reporter, out } = rig();
  reporter.handle(started(2));
  reporter.handle(
    finish('train', 'failed', 3, {
      problem: problem('E0901', 'stage `train` ended with exit code 3', { hint: 'pipe log train', stage: 'train' }),
      logTail: ['epoch 1', 'out of \u001b[31mmemory'],
      log: 'cache/logs/ab.log',
    }),
  );
  reporter.handle(finish('evaluate', 'blocked'));
  reporter.handle(summary({ train: 'failed', evaluate: 'blocked' }, { status: 'failed' }));
  expect(out.stderr).toBe(
    [
      '  train       failed          3.0 s',
      '',
      'error[E0901]: stage `train` ended with exit code 3',
      'hint: pipe log train',
      '',
      '  | epoch 1',
      '  | out of \\u001b[31mmemory',
      '  whole log: cache/logs/ab.log',
      '',
      '  evaluate    blocked',
      '',
      '1 stage failed; 1 stage not run because of that     log: pipe log train',
      '',
    ].join('\n'),
  );
});

test('nothing to do is one line', () => {
  const { reporter, out } = rig();
  reporter.handle(summary({ a: 'cached', b: 'cached' }));
  expect(out.stderr).toBe('\neverything is up to date: 2 stages\n');
});

test('an interrupted run says that nothing is lost and how to go on', () => {
  const { reporter, out } = rig();
  reporter.handle(summary({ a: 'ran' }, { status: 'interrupted', seconds: 3 }));
  expect(out.stderr).toBe('\ninterrupted after 3.0 s; what was finished is kept     continue: pipe run\n');
});

test('of many stages, those that were up to date are counted and not listed', () => {
  const { reporter, out } = rig();
  reporter.handle(started(1000));
  for (let i = 0; i < 999; i++) reporter.handle(finish(`s${i}`, 'cached'));
  reporter.handle(finish('last', 'ran', 1));
  expect(out.stderr).toBe('  last        ran             1.0 s\n');
});

test('stages of several experiments carry their experiment', () => {
  const { reporter, out } = rig();
  reporter.handle(started(2, ['main', 'grey']));
  reporter.handle({ ...finish('train', 'cached'), experiment: 'grey' } as RunEvent);
  expect(out.stderr).toBe('  grey/train  cached\n');
});

test('without a terminal a long silence is broken', () => {
  const { reporter, out, wait } = rig();
  reporter.handle(started(3));
  reporter.handle(begin('train', [copies], 120));
  wait(29_999);
  expect(out.stderr).toBe('');
  reporter.handle(progress('train', 1, 100));
  wait(1);
  expect(out.stderr).toBe(
    '  train         1 %  1 of 100 epochs   30 s   about 2 min left   copies: 2 -> 4\n  0 of 3 stages done, 1 running\n',
  );
});

test('on a terminal running stages are painted in place and finished ones stay above', () => {
  const { reporter, out, wait } = rig({ isTTY: true });
  reporter.handle(started(3));
  wait(500);
  reporter.handle(begin('a'));
  wait(500);
  reporter.handle(begin('b'));
  wait(500);
  reporter.handle(progress('b', 15, 30));
  wait(9_000);
  expect(screen(out.stderr)).toEqual([
    '  a           running   10 s',
    '  b            50 %  15 of 30 epochs   9 s   a few seconds left',
    '  0 of 3 stages done, 2 running',
    '',
  ]);
  reporter.handle(finish('a', 'ran', 10));
  wait(500);
  expect(screen(out.stderr)).toEqual([
    '  a           ran            10.0 s',
    '  b            50 %  15 of 30 epochs   10 s   under a minute left',
    '  1 of 3 stages done, 1 running',
    '',
  ]);
  reporter.handle(finish('b', 'ran', 10));
  reporter.handle(summary({ a: 'ran', b: 'ran', c: 'cached' }));
  reporter.close();
  expect(screen(out.stderr)).toEqual([
    '  a           ran            10.0 s',
    '  b           ran            10.0 s',
    '',
    'ran 2 of 3 stages in 2 min 03 s     why: pipe why a',
    '',
  ]);
});

test('however fast events come, the terminal is painted at most twenty times a second', () => {
  const { reporter, writes } = rig({ isTTY: true });
  reporter.handle(started(1));
  reporter.handle(begin('a'));
  const before = writes.length;
  for (let i = 0; i < 10_000; i++) reporter.handle(progress('a', i, 10_000));
  expect(writes.length - before).toBeLessThanOrEqual(1);
});

test('live lines fit the terminal, however narrow, and there are never more than it has rows', () => {
  const { reporter, out, wait } = rig({ isTTY: true, columns: () => 30, rows: () => 8 });
  reporter.handle(started(1000));
  for (let i = 0; i < 20; i++) reporter.handle(begin(`日本語の長い名前-${i}`, [copies]));
  wait(500);
  const lines = screen(out.stderr);
  expect(lines.length).toBeLessThanOrEqual(8);
  expect(lines).toContain('  and 16 more');
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(29);
});

test('a stage that waits for another run says so', () => {
  const { reporter, out } = rig();
  reporter.handle(started(1));
  reporter.handle({
    event: 'stage-waiting',
    t: 0,
    experiment: 'main',
    stage: 'train',
    message: 'another run makes this result',
  });
  expect(out.stderr).toBe('  train waits: another run makes this result\n');
});

test('quiet: only what went wrong is said', () => {
  const { reporter, out } = rig({ quiet: true, isTTY: true });
  reporter.handle(started(2));
  reporter.handle(finish('a', 'ran', 1));
  reporter.handle(finish('b', 'failed', 1, { problem: problem('E0901', 'it broke') }));
  reporter.handle(summary({ a: 'ran', b: 'failed' }, { status: 'failed' }));
  expect(out).toEqual({ stdout: '', stderr: '\nerror[E0901]: it broke\n\n' });
});

test('json: every event is one line on stdout, and stderr stays empty', () => {
  const { reporter, out } = rig({ json: true, isTTY: true });
  reporter.handle(started(1));
  reporter.handle(summary({ a: 'ran' }, { metrics: { a: { m: { loss: Number.NaN } } } }));
  const lines = out.stdout.trimEnd().split('\n');
  expect(lines.map((each) => JSON.parse(each).event)).toEqual(['started', 'summary']);
  expect(JSON.parse(lines[1] ?? '').metrics.a.m.loss).toBe('NaN');
  expect(out.stderr).toBe('');
});

test('colour adds to the text and changes none of it', () => {
  const plain = rig();
  const coloured = rig({ color: true });
  for (const { reporter } of [plain, coloured]) {
    for (const event of [started(1), finish('a', 'ran', 1), summary({ a: 'ran' })]) reporter.handle(event);
  }
  expect(coloured.out.stderr).toContain('\u001b[32m');
  expect(stripVTControlCharacters(coloured.out.stderr)).toBe(plain.out.stderr);
});
