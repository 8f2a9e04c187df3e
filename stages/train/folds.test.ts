/** Folds from the split to thresholds: what is trained, what is measured on what, and what whoever asks the model sees. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import augment from '../augment/index.ts';
import evaluate from '../evaluate/index.ts';
import explain from '../explain/index.ts';
import ingest from '../ingest/index.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Ran, type Workbench } from '../lib/testing.ts';
import { readNamedWeights } from '../lib/training/model-file.ts';
import predict from '../predict/index.ts';
import search from '../search/index.ts';
import split from '../split/index.ts';
import threshold from '../threshold/index.ts';
import train from './index.ts';

const QUICK = { epochs: 2, model: { filters: 2, blocks: 1 }, optimizer: { learningRate: 0.01 } };
const FOLDS = [0, 1, 2];
let bench: Workbench;
let whole: string;
let dataset: string;
let trained: Ran;
let model: string;
beforeAll(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 12));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  whole = path.join(read.folder, 'dataset');
  const parted = await bench.run('split', split, { folds: 3, seed: 4 }, { dataset: whole });
  const copies = { copies: 1, flip: ['horizontal'] };
  const augmented = await bench.run('augment', augment, copies, { dataset: path.join(parted.folder, 'dataset') });
  dataset = path.join(augmented.folder, 'dataset');
  trained = await run(QUICK);
  model = path.join(trained.folder, 'model');
});
afterAll(() => bench.remove());
afterEach(() => vi.restoreAllMocks());

const run = (params: JsonObject, inputs: Record<string, string> = {}) =>
  bench.run('train', train, params, { dataset, ...inputs });
const judge = (params: JsonObject, of = model, on = dataset) =>
  bench.run('evaluate', evaluate, params, { dataset: on, model: of });
const rowsOf = (made: Ran, output: string) =>
  made
    .read(output)
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
/** Probabilities of the second class by image. */
const answersOf = (made: Ran) => new Map(rowsOf(made, 'predictions.csv').map((row) => [row[0], Number(row.at(-1))]));

test('each fold is trained without its images and measured on its originals; the metrics are of all of them', () => {
  const { samples } = openDataset(dataset);
  const metrics = trained.json('metrics.json') as Record<string, number> & {
    deviation: Record<string, number>;
    outOfFold: Record<string, number>;
  };
  const folds = trained.json('summary.json').folds as Record<string, number>[];
  expect(folds.map(({ fold }) => fold)).toEqual(FOLDS);
  for (const { fold, images } of folds)
    expect(images).toBe(samples.filter((sample) => sample.fold === fold && sample.family === sample.id).length);
  const losses = folds.map((each) => each['validation.loss'] as number);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / 3;
  expect(metrics['validation.loss']).toBeCloseTo(mean, 12);
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  expect(metrics.deviation['validation.loss']).toBeCloseTo(Math.sqrt(squares / 2), 12);
  expect(metrics.outOfFold.images).toBe(20);
  expect(metrics).toMatchObject({ folds: 3, epochs: 6, bestFold: { fold: losses.indexOf(Math.min(...losses)) } });
  expect(rowsOf(trained, 'history.csv').map(([fold, epoch]) => `${fold}/${epoch}`)).toEqual(
    FOLDS.flatMap((fold) => [`${fold}/1`, `${fold}/2`]),
  );
  expect(trained.read('summary.txt')).toMatch(/\nfold +images +epochs +kept +train\.loss/);
  expect(trained.note).toMatch(/^out-of-fold accuracy .* % \(20 images\), by fold .* ± .* % \(3 folds\)/);
  expect(trained.read('charts/learning-curve-loss.csv').split('\n')[0]).toContain('fold');
});

test('validation is measured out of fold: pooled, and just what the trainings said of the images they left out', async () => {
  const made = await judge({ split: 'validation' });
  const metrics = made.json('metrics.json') as Record<string, { value: number }>;
  const { outOfFold } = trained.json('metrics.json') as { outOfFold: Record<string, number> };
  expect(made.json('metrics.json').images).toBe(20);
  expect(metrics.loss?.value).toBeCloseTo(outOfFold.loss ?? Number.NaN, 6);
  const folds = new Map(openDataset(dataset).samples.map(({ id, fold }) => [id, fold]));
  expect(made.read('predictions.csv')).toMatch(/^id,fold,label,predicted,bad,ok\n/);
  for (const [id, fold] of rowsOf(made, 'predictions.csv')) expect(Number(fold)).toBe(folds.get(id ?? ''));
  for (const fold of FOLDS) {
    const alone = await judge({ split: 'train' }, path.join(model, `fold-${fold}`));
    const byMember = answersOf(alone);
    for (const [id, answer] of answersOf(made))
      if (folds.get(id ?? '') === fold) expect(answer).toBeCloseTo(byMember.get(id) ?? Number.NaN, 5);
  }
});

test('whoever asks the model of other images gets the mean of its members', async () => {
  const [together, ...alone] = [
    await judge({}),
    ...(await Promise.all(FOLDS.map((fold) => judge({}, path.join(model, `fold-${fold}`))))),
  ];
  const members = alone.map(answersOf);
  const predicted = await bench.run('predict', predict, {}, { dataset: whole, model });
  const ofAll = answersOf(predicted);
  const seen = answersOf(together as Ran);
  expect(seen.size).toBe(4);
  for (const [id, answer] of seen) {
    const mean = members.reduce((sum, each) => sum + (each.get(id) ?? Number.NaN), 0) / 3;
    expect(answer).toBeCloseTo(mean, 5);
    expect(ofAll.get(id)).toBeCloseTo(mean, 5);
  }
  expect((together as Ran).json('metrics.json').parameters).toBe(trained.json('metrics.json').parameters);
});

test('thresholds are chosen out of fold, and maps explain the first member', async () => {
  const made = await bench.run('threshold', threshold, {}, { dataset, model });
  expect(made.json('metrics.json').images).toBe(20);
  const whole = await bench.run('explain', explain, { images: 2 }, { dataset, model });
  const first = await bench.run('explain', explain, { images: 2 }, { dataset, model: path.join(model, 'fold-0') });
  expect(whole.read('explanations.csv')).toBe(first.read('explanations.csv'));
});

test('a model is not measured on folds it was not trained with, or was fitted to', async () => {
  const coded = expect.objectContaining({ code: 'E0810' });
  const other = await bench.run('split', split, { folds: 3, seed: 5 }, { dataset: whole });
  await expect(judge({ split: 'validation' }, model, path.join(other.folder, 'dataset'))).rejects.toThrow(coded);
  const all = await run({ ...QUICK, on: 'train+validation', earlyStopping: null });
  await expect(judge({ split: 'validation' }, path.join(all.folder, 'model'))).rejects.toThrow(coded);
  expect((await judge({}, path.join(all.folder, 'model'))).json('metrics.json').images).toBe(4);
});

test('a killed cross-validation goes on, and trains nothing again that was done', async () => {
  const write = fs.writeFileSync.bind(fs);
  const params = { ...QUICK, seed: 3 };
  const kill = vi.spyOn(fs, 'writeFileSync').mockImplementation((file, ...rest) => {
    if (String(file).endsWith('fold-1/model.json')) throw new Error('killed');
    write(file, ...rest);
  });
  await expect(run(params)).rejects.toThrow('killed');
  kill.mockRestore();
  const rename = vi.spyOn(fs, 'renameSync');
  const resumed = await run(params);
  const epochs = rename.mock.calls.filter(([, to]) => /training-fold-\d$/.test(String(to)));
  expect(epochs.map(([, to]) => path.basename(String(to)))).toEqual(['training-fold-2', 'training-fold-2']);
  rename.mockClear();
  const again = await run(params);
  expect(rename.mock.calls.filter(([, to]) => /training-fold-\d$/.test(String(to)))).toHaveLength(6);
  for (const output of ['metrics.json', 'history.csv']) expect(resumed.read(output)).toBe(again.read(output));
  for (const fold of FOLDS) {
    const weights = (made: Ran) => [...readNamedWeights(path.join(made.folder, 'model', `fold-${fold}`))];
    expect(weights(resumed)).toEqual(weights(again));
  }
});

test('all folds begin with the same weights, those of the seed; and a search gives the same trainings', async () => {
  const study = {
    trials: 1,
    seed: 0,
    trial: { with: QUICK, folds: 3 },
    space: { 'model.filters': { choice: [2] } },
  };
  const searched = await bench.run('search', search, study, { dataset });
  const [trial] = searched
    .read('trials.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  const { 'validation.loss': loss } = trained.json('metrics.json');
  expect(trial?.values).toEqual([expect.closeTo(loss as number, 12)]);
  const initial = readNamedWeights(path.join(trained.folder, 'initial'));
  const given = await run({ ...QUICK, seed: 8 }, { initial: path.join(trained.folder, 'initial') });
  expect([...readNamedWeights(path.join(given.folder, 'initial'))]).toEqual([...initial]);
});

test('several labels an image: each is spread over the folds, and thresholds are of all images', async () => {
  const csv = path.join(bench.root, 'labels.csv');
  const rows = ['bad', 'ok'].flatMap((name, k) =>
    Array.from({ length: 12 }, (_, i) => `${name}/${i}.png,${name}${i % 4 === k ? ';rare' : ''}`),
  );
  fs.writeFileSync(csv, `file,label\n${rows.join('\n')}\n`);
  const given = { source: 'source', labels: 'csv', csv: 'labels.csv' };
  const read = await bench.run('ingest', ingest, given, { source: path.join(bench.root, 'source'), csv });
  const parted = await bench.run('split', split, { folds: 3, test: 0 }, { dataset: path.join(read.folder, 'dataset') });
  expect(parted.read('split.csv')).toContain('\nrare,6,0,0,2,2,2\n');
  const inputs = { dataset: path.join(parted.folder, 'dataset') };
  const made = await bench.run('train', train, QUICK, inputs);
  expect(made.note).toMatch(/^out-of-fold micro-F1 .* % \(24 images\)/);
  const asked = { ...inputs, model: path.join(made.folder, 'model') };
  expect((await bench.run('threshold', threshold, {}, asked)).json('metrics.json').images).toBe(24);
  const judged = await bench.run('evaluate', evaluate, { split: 'validation' }, asked);
  const { outOfFold } = made.json('metrics.json') as { outOfFold: Record<string, number> };
  expect(judged.json('metrics.json').microF1).toMatchObject({ value: expect.closeTo(outOfFold.microF1 ?? 2, 6) });
  await expect(bench.run('evaluate', evaluate, {}, asked)).rejects.toThrow(
    expect.objectContaining({ code: 'E0807', hint: expect.stringContaining('split: validation') }),
  );
});
