import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import search from './index.ts';
import type { TrialRecord } from './trial-record.ts';

const SPACE = { 'optimizer.learningRate': { range: [0.0001, 0.1], log: true }, 'model.filters': { choice: [1, 2] } };
const TRIAL = { with: { epochs: 1, model: { blocks: 1 } } };
let bench: Workbench;
let dataset: string;
beforeAll(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 0 }, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
});
afterAll(() => bench.remove());

async function run(params: JsonObject) {
  const made = await bench.run('search', search, { space: SPACE, trial: TRIAL, ...params }, { dataset });
  const lines = made
    .read('trials.jsonl')
    .split('\n')
    .filter((line) => line !== '');
  return { ...made, trials: lines.map((line) => JSON.parse(line) as TrialRecord) };
}

test('the trial with the best value gives the settings', async () => {
  const made = await run({ trials: 4 });
  const values = made.trials.map(({ values: [value] }) => value as number);
  const best = values.indexOf(Math.min(...values));
  expect(made.json('settings.json')).toEqual({
    trial: best,
    objectives: [{ metric: 'validation.loss', goal: 'minimize', value: values[best] }],
    settings: made.trials[best]?.settings,
  });
  expect(made.read('trials.csv').split('\n')[0]).toMatch(/^trial,state,validation\.loss,deviation,/);
  expect(made.read('charts/history.svg')).toContain('<svg');
});

test('more trials run only the new ones, and the first stay the same', async () => {
  const few = await run({ trials: 2, seed: 1 });
  const more = await run({ trials: 4, seed: 1 });
  expect(few.note).toMatch(/; 2 trainings$/);
  expect(more.note).toMatch(/; 2 of 4 trainings new$/);
  expect(more.trials.slice(0, 2)).toEqual(few.trials);
  expect((await run({ trials: 4, seed: 1, objective: { metric: 'validation.accuracy' } })).note).toMatch(
    /; 0 of 4 trainings new$/,
  );
});

test('with folds, repeats and seeds each trial is measured on every one; the mean counts, the spread is told', async () => {
  const made = await run({ trials: 1, trial: { ...TRIAL, folds: 3, repeats: 2, seeds: 2 }, seed: 2 });
  const [trial] = made.trials;
  expect(made.note).toMatch(/; 12 trainings$/);
  const losses = trial?.cells.map(({ metrics }) => metrics['validation.loss'] as number) ?? [];
  expect(trial?.values[0]).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 12, 12);
  expect(new Set(losses).size).toBe(12);
  const half = (from: number) => losses.slice(from, from + 6).reduce((sum, loss) => sum + loss, 0) / 6;
  expect(trial?.deviation).toBeCloseTo(Math.abs(half(0) - half(6)) / Math.SQRT2, 12);
});

test('a grid tries every combination once', async () => {
  const space = { epochs: { range: [1, 2], integer: true }, 'model.filters': { choice: [1, 2] } };
  const made = await run({ sampler: 'grid', space, trials: 100 });
  expect(new Set(made.trials.map(({ settings }) => JSON.stringify(settings))).size).toBe(4);
  expect(made.trials).toHaveLength(4);
});

test('known points come first, what they leave out is drawn, and equal ones are trained once', async () => {
  const point = { 'model.filters': 2, 'optimizer.learningRate': 0.01 };
  const made = await run({ trials: 3, enqueue: [point, { 'model.filters': 1 }, point], seed: 3 });
  expect(made.trials[0]?.settings).toEqual(point);
  expect(made.trials[1]?.settings).toMatchObject({ 'model.filters': 1 });
  expect(made.trials[2]).toEqual({ ...made.trials[0], trial: 2, sameAs: 0 });
  expect(made.note).toMatch(/; 2 trainings$/);
});

test('a model that breaks a constraint is never trained; when all do, the search says so', async () => {
  const space = { 'model.filters': { choice: [1, 512] } };
  const made = await run({ sampler: 'grid', space, trials: 2, constraints: { params: { max: 500 } } });
  expect(made.trials.map(({ state, epochs }) => [state === 'infeasible', epochs])).toEqual([
    [false, 1],
    [true, 0],
  ]);
  const none = run({ sampler: 'grid', space, trials: 2, constraints: { params: { max: 1 } } });
  await expect(none).rejects.toMatchObject({
    code: 'E0809',
    message: expect.stringContaining('2 of 2 break a constraint'),
  });
});

test('a trial that fails is a state of it and ends nothing', async () => {
  const space = { 'model.blocks': { choice: [1, 9] }, 'optimizer.learningRate': { choice: [0.001, 1e30] } };
  const trial = { with: { epochs: 1, optimizer: { name: 'sgd' }, model: { pool: 2 } } };
  const made = await run({ sampler: 'grid', space, trials: 4, trial });
  const tooDeep = made.trials.filter(({ settings }) => settings['model.blocks'] === 9);
  expect(tooDeep.map(({ state, problem }) => [state, problem !== null])).toEqual([
    ['failed', true],
    ['failed', true],
  ]);
  expect(made.trials.some(({ state }) => state === 'complete' || state === 'collapsed')).toBe(true);
});

test('layers can be drawn one by one, and reach `train` as a list', async () => {
  const space = { 'model.dense': { list: { length: { range: [1, 2], integer: true }, item: { choice: [2, 3] } } } };
  const made = await run({ trials: 4, sampler: 'random', space, seed: 6 });
  for (const { settings, use, state } of made.trials) {
    const flat = Object.entries(settings).filter(([name]) => /\.\d$/.test(name));
    expect(use).toEqual({ 'model.dense': flat.map(([, value]) => value) });
    expect(['complete', 'collapsed']).toContain(state);
  }
  expect(new Set(made.trials.map(({ use }) => (use['model.dense'] as number[]).length)).size).toBe(2);
});

test('two objectives give the trials no other beats in both', async () => {
  const objective = [{ metric: 'validation.loss' }, { metric: 'params' }];
  const space = { 'model.filters': { choice: [1, 2, 4] } };
  const made = await run({ sampler: 'grid', space, trials: 3, objective });
  const front = (made.json('settings.json') as unknown as { pareto: { trial: number }[] }).pareto;
  const beaten = (a: TrialRecord) =>
    made.trials.some(({ values: [loss = 0, params = 0], trial }) => {
      const [ownLoss = 0, ownParams = 0] = a.values;
      return trial !== a.trial && loss <= ownLoss && params <= ownParams;
    });
  expect(front.map(({ trial }) => trial)).toEqual(
    made.trials.filter((each) => !beaten(each)).map(({ trial }) => trial),
  );
  expect(made.read('charts/pareto.csv')).toContain('Pareto set');
});

test('a trial that pauses for a pruner gives just what it gives in one piece', async () => {
  const trial = { with: { epochs: 4, model: { blocks: 1 } }, folds: 2 };
  const whole = await run({ trials: 3, seed: 4, trial });
  const paused = await run({ trials: 3, seed: 4, trial, pruner: { name: 'asha', minSteps: 1, reduction: 2 } });
  const [first] = paused.trials;
  expect(first).toEqual(whole.trials[0]);
  for (const [place, { state, reports, epochs }] of paused.trials.entries()) {
    if (state !== 'pruned') continue;
    expect(epochs).toBeLessThan(8);
    expect(reports).toEqual(whole.trials[place]?.reports.slice(0, reports.length));
  }
});

const BAD: readonly [string, JsonObject, string][] = [
  ['an empty range', { space: { 'model.filters': { range: [5, 1] } } }, 'model.filters'],
  ['a logarithm of zero', { space: { 'optimizer.learningRate': { range: [0, 1], log: true } } }, 'learningRate'],
  ['a condition on itself', { space: { epochs: { choice: [1], when: { epochs: 1 } } } }, 'epochs'],
  ['a limit nothing can keep', { constraints: { params: { max: -1 } } }, 'params'],
  ['a metric there is not', { objective: { metric: 'validation.f2' } }, 'validation.f2'],
  [
    'a value with nothing to put it into',
    { space: { 'earlyStopping.patience': { choice: [1] } }, trial: { with: { earlyStopping: null } } },
    '`earlyStopping`',
  ],
  ['more folds than families', { trial: { folds: 17 } }, '16 families'],
  ['a pruner for two objectives', { objective: [{}, { metric: 'params' }], pruner: 'median' }, 'two objectives'],
];

for (const [what, params, text] of BAD) {
  test(`${what} is refused before anything is trained`, async () => {
    await expect(run({ ...params, trials: 1, seed: 9 })).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringContaining(text),
      hint: expect.stringMatching(/./),
    });
  });
}

test('settings that are given are taken, and nothing is trained', async () => {
  const made = await run({ use: { 'model.filters': 2 } });
  expect(made.json('settings.json')).toEqual({ trial: null, objectives: [], settings: { 'model.filters': 2 } });
});

test('folds of the dataset are taken, and no other number of them; further repeats draw their own', async () => {
  const whole = await bench.run('ingest', ingest, { source: 'source' }, { source: path.join(bench.root, 'source') });
  const inputs = { dataset: path.join(whole.folder, 'dataset') };
  const parted = await bench.run('split', split, { folds: 4, seed: 5 }, inputs);
  const study = (trial: JsonObject) =>
    bench.run(
      'search',
      search,
      { space: SPACE, trials: 1, trial: { ...TRIAL, ...trial } },
      { dataset: path.join(parted.folder, 'dataset') },
    );
  await expect(study({})).rejects.toMatchObject({ code: 'E0807', hint: 'trial: { folds: 4 }' });
  const [record] = (await study({ folds: 4, repeats: 2 }))
    .read('trials.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrialRecord);
  expect(record?.cells.map(({ repeat, fold }) => `${repeat}/${fold}`)).toEqual(
    [0, 1].flatMap((repeat) => [0, 1, 2, 3].map((fold) => `${repeat}/${fold}`)),
  );
});
