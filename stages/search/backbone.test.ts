import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { writeSmallBackbone } from '../lib/backbones/small-backbone.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import train from '../train/index.ts';
import search from './index.ts';
import type { TrialRecord } from './trial-record.ts';

const BACKBONE = { path: 'backbone' };
const WITH = { epochs: 2, earlyStopping: null, model: { backbone: BACKBONE, dense: 4 } };
const SPACE = { 'optimizer.learningRate': { choice: [0.01, 0.001] } };
let bench: Workbench;
let dataset: string;
let backbone: string;
beforeAll(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 0 }, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
  backbone = await writeSmallBackbone(path.join(bench.root, 'backbone'), [8, 12, 3]);
});
afterAll(() => bench.remove());

async function run(params: JsonObject, place = backbone) {
  const inputs = { dataset, 'trial.with.model.backbone.path': place };
  const made = await bench.run('search', search, { sampler: 'grid', space: SPACE, trials: 8, ...params }, inputs);
  const lines = made.read('trials.jsonl').trim().split('\n');
  return { ...made, trials: lines.map((line) => JSON.parse(line) as TrialRecord) };
}

test('a trial behind a backbone gives what `train` gives with its settings, and costs what both cost', async () => {
  const made = await run({ trial: { with: WITH } });
  expect(made.trials.map(({ state }) => state)).not.toContain('failed');
  expect(made.provenance.backbone).toBeDefined();
  const best = made.json('settings.json') as { settings: JsonObject; trial: number };
  const learningRate = best.settings['optimizer.learningRate'] ?? 0;
  const trained = await bench.run(
    'train',
    train,
    { ...WITH, optimizer: { learningRate } },
    { dataset, 'model.backbone.path': backbone },
  );
  const metrics = trained.json('metrics.json');
  const trial = made.trials[best.trial];
  expect(metrics['validation.loss']).toBeCloseTo(trial?.values[0] as number, 6);
  expect(trial?.cost).toMatchObject({ params: metrics.parameters, flops: metrics.flops });
});

test('images are seen once: neither folds nor trials nor another search has them seen again', async () => {
  const first = await run({ trial: { with: { ...WITH, model: { backbone: { ...BACKBONE, until: 'conv2' } } } } });
  expect(first.provenance.backbone).toBeDefined();
  const again = await run({
    seed: 5,
    trial: { with: { ...WITH, model: { backbone: { ...BACKBONE, until: 'conv2' }, dense: 3 } }, folds: 3 },
  });
  expect(again.note).toMatch(/; 6 trainings$/);
  expect(again.provenance.backbone).toBeUndefined();
});

test('where a backbone is cut can be searched, and another backbone has its own trainings', async () => {
  const space = { 'model.backbone.until': { choice: ['pool1', 'pool2', 'nowhere'] } };
  const made = await run({ space, trial: { with: WITH } });
  expect(made.trials.map(({ state }) => state === 'failed')).toEqual([false, false, true]);
  expect(made.trials[2]?.problem).toContain('it has no layer `nowhere`');
  const [early, late] = made.trials;
  expect(early?.cost?.params).toBeLessThan(late?.cost?.params ?? 0);
  expect(early?.values).not.toEqual(late?.values);
  const other = await writeSmallBackbone(path.join(bench.root, 'other'), [8, 12, 3], 10);
  expect((await run({ space, trial: { with: WITH } }, other)).note).toMatch(/; 2 trainings$/);
  expect((await run({ space, trial: { with: WITH } })).note).toMatch(/; 0 of 2 trainings new$/);
});

const REFUSED: readonly [string, JsonObject, string][] = [
  [
    'a backbone that cannot be cut there',
    { trial: { with: { model: { backbone: { path: '', until: 'x' } } } } },
    '`x`',
  ],
  [
    'fine-tuning',
    { trial: { with: { ...WITH, model: { backbone: { ...BACKBONE, fineTune: { epochs: 1 } } } } } },
    '`fineTune`',
  ],
  [
    'normalisation by the images of all folds',
    { trial: { folds: 3, with: { ...WITH, normalize: 'dataset' } } },
    '`normalize: dataset`',
  ],
  [
    'a choice among backbones',
    { space: { 'model.backbone.path': { choice: ['a', 'b'] } }, trial: { with: WITH } },
    '`model.backbone.path`',
  ],
];

for (const [what, params, text] of REFUSED) {
  test(`${what} is refused before any trial`, async () => {
    await expect(run(params)).rejects.toMatchObject({
      code: 'E0828',
      message: expect.stringContaining(text),
      hint: expect.stringMatching(/./),
    });
  });
}
