import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import train from './index.ts';

const QUICK = { epochs: 2, model: { filters: 2, blocks: 1 } };
let bench: Workbench;
let dataset: string;
beforeEach(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 0 }, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
});
afterEach(() => bench.remove());

function run(params: JsonObject, inputs: Record<string, string> = {}) {
  return bench.run('train', train, params, { dataset, ...inputs });
}

test('history has a row for each epoch, metrics those of the kept one, and the summary the network', async () => {
  const made = await run(QUICK);
  const [header, ...rows] = made.read('history.csv').trim().split('\n');
  expect(header).toMatch(/^epoch,learningRate,train\.loss,.*,validation\.loss,/);
  expect(rows.map((row) => row.split(',').slice(0, 2))).toEqual([
    ['1', '0.001'],
    ['2', '0.001'],
  ]);
  const metrics = made.json('metrics.json');
  const kept = rows[(metrics.keptEpoch as number) - 1]?.split(',') ?? [];
  expect(metrics['validation.loss']).toBe(Number(kept[header?.split(',').indexOf('validation.loss') ?? -1]));
  const summary = made.json('summary.json');
  expect(summary.totalParams).toBe(metrics.parameters);
  expect(made.read('summary.txt')).toMatch(new RegExp(`\\nparameters +${metrics.parameters}\\n`));
});

test('a training started from the initial weights of another ends with the same weights', async () => {
  const weights = (folder: string) => fs.readFileSync(path.join(folder, 'model/weights.bin')).toString('base64');
  const first = await run({ ...QUICK, seed: 1 });
  const other = await run({ ...QUICK, model: { ...QUICK.model, initializer: 'he-normal' }, seed: 1 });
  expect(weights(other.folder)).not.toBe(weights(first.folder));
  const initial = path.join(first.folder, 'initial');
  const again = await run({ ...QUICK, model: { ...QUICK.model, initializer: 'he-normal' }, seed: 1 }, { initial });
  expect(weights(again.folder)).toBe(weights(first.folder));
});

test('with train+validation all images but those of test are fitted, and train is what the note tells', async () => {
  const made = await run({ ...QUICK, on: 'train+validation', earlyStopping: null });
  expect(made.note).toMatch(/^train accuracy .* at epoch 2 of 2/);
  expect(made.read('history.csv')).not.toContain('validation');
  await expect(run({ ...QUICK, on: 'train+validation' })).rejects.toThrow(expect.objectContaining({ code: 'E0824' }));
});

test('a training that leaves no usable weights fails and advises a smaller rate', async () => {
  const runaway = { ...QUICK, optimizer: { name: 'adamw', learningRate: 1, weightDecay: 1e18 }, epochs: 5 };
  await expect(run({ ...runaway, batchSize: 1 })).rejects.toThrow(
    expect.objectContaining({ code: 'E0827', hint: 'with: { optimizer: { learningRate: 0.1 } }' }),
  );
});

test('a dataset that is not split is refused', async () => {
  const source = await writeImages(path.join(bench.root, 'whole'), classImages(['ok', 'bad'], 2));
  const read = await bench.run('ingest', ingest, { source: 'whole' }, { source });
  await expect(run(QUICK, { dataset: path.join(read.folder, 'dataset') })).rejects.toThrow(
    expect.objectContaining({ code: 'E0807' }),
  );
});
