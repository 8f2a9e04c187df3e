import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { trainSettings } from '../models/testing.ts';
import { halves, labelledHalves, work } from './testing.ts';
import { trainModel } from './train-model.ts';
import type { EpochRecord, TrainingWork } from './train-types.ts';

let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'course-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const QUICK = {
  epochs: 6,
  batchSize: 10,
  model: { filters: 4, blocks: 2, dropout: 0.1 },
  optimizer: { learningRate: 0.02 },
};

async function train(params: JsonObject, more: Partial<TrainingWork> = {}) {
  const trained = await trainModel(await openBackend(), trainSettings(params), { ...work(2), ...more });
  const weights = trained.model.getWeights().map((weight) => [...weight.dataSync()]);
  trained.model.dispose();
  return { ...trained, weights };
}

test('a training paused after any epochs, and gone on with, is the training that was never paused', async () => {
  const courses: [string, JsonObject][] = [
    [
      'adamw, one-cycle, average',
      { optimizer: { name: 'adamw', weightDecay: 0.05, clipNorm: 1 }, schedule: { name: 'one-cycle' }, ema: 0.9 },
    ],
    [
      'nesterov, plateau',
      { optimizer: { name: 'sgd', nesterov: true }, schedule: { name: 'plateau', patience: 1 }, evalEvery: 2 },
    ],
    [
      'cosine, no early stopping',
      {
        schedule: { name: 'cosine', warmup: 1 },
        earlyStopping: null,
        loss: { name: 'focal' },
        augment: { flip: ['vertical'], shift: 0.2 },
      },
    ],
  ];
  for (const [name, params] of courses) {
    const settings = { ...QUICK, model: { ...QUICK.model, batchNorm: true }, ...params };
    const whole = await train(settings);
    expect(whole.ended, name).toBe('epochs');
    const checkpoint = path.join(root, name);
    for (const untilEpoch of [1, 4]) {
      const part = await train(settings, { checkpoint, untilEpoch });
      expect([part.ended, part.epochs], name).toEqual(['paused', untilEpoch]);
    }
    const rest = await train(settings, { checkpoint });
    expect(rest.weights, name).toEqual(whole.weights);
    expect(rest.history, name).toEqual(whole.history);
  }
});

test('whoever looks on can stop a training, and has its best epoch so far', async () => {
  const seen: EpochRecord[] = [];
  const trained = await train(QUICK, {
    onEpoch(epoch, record) {
      seen.push(record);
      return epoch === 3 ? 'stop' : undefined;
    },
  });
  expect([trained.ended, trained.epochs]).toEqual(['stopped', 3]);
  expect(trained.history).toEqual(seen);
  expect(trained.kept).toEqual(seen[trained.keptEpoch - 1]);
});

test('steps are told as they are done, all epochs counted, also after a pause', async () => {
  const steps: number[] = [];
  const onStep = (done: number, total: number) => steps.push(done * 1000 + total);
  const checkpoint = path.join(root, 'steps');
  await train({ ...QUICK, epochs: 2 }, { onStep, checkpoint, untilEpoch: 1 });
  await train({ ...QUICK, epochs: 2 }, { onStep, checkpoint });
  expect(steps).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) * 1000 + 10));
});

test('images with several labels are learned, each label by itself', async () => {
  const trained = await train(
    { ...QUICK, epochs: 15, normalize: 'dataset', earlyStopping: { monitor: 'validation.microF1', patience: 25 } },
    { train: labelledHalves(64, 1), validation: labelledHalves(32, 2) },
  );
  expect(trained.kept['validation.microF1']).toBeGreaterThan(0.9);
  expect(trained.alarms.filter(({ name }) => name !== 'epoch-limit')).toEqual([]);
});

test('with evalEvery only those epochs and the last are measured', async () => {
  const { history, keptEpoch } = await train({ ...QUICK, evalEvery: 4, earlyStopping: null });
  expect(history.map(({ epoch }) => epoch)).toEqual([4, 6]);
  expect(keptEpoch).toBe(6);
});

test('the average of weights is what is measured and kept', async () => {
  const plain = await train({ ...QUICK, earlyStopping: null });
  const averaged = await train({ ...QUICK, earlyStopping: null, ema: 0.95 });
  expect(averaged.weights).not.toEqual(plain.weights);
  expect(averaged.history[0]?.['train.loss']).not.toBe(plain.history[0]?.['train.loss']);
});

test('without validation only train is measured, and early stopping by validation is refused', async () => {
  const { history } = await train({ ...QUICK, epochs: 1, earlyStopping: null }, { validation: null });
  expect(Object.keys(history[0] ?? {}).filter((name) => name.startsWith('validation'))).toEqual([]);
  await expect(train(QUICK, { validation: null })).rejects.toThrow(expect.objectContaining({ code: 'E0824' }));
});

test('train metrics are of originals, at most as many as asked for, always the same', async () => {
  const { train: images } = work(2);
  const samples = [...images.labels.keys()].map((i) => ({
    id: `${i}`,
    labels: [],
    family: `${i - (i % 2)}`,
    source: '',
  }));
  const accuracy = async (trainSample: number) => {
    const { history } = await train({ ...QUICK, epochs: 1, trainSample }, { train: { ...images, samples } });
    return history[0]?.['train.accuracy'] as number;
  };
  // 24 of the 48 are originals: accuracies are shares of 24, and of 5.
  expect((await accuracy(0)) * 24).toBeCloseTo(Math.round((await accuracy(0)) * 24), 9);
  expect((await accuracy(5)) * 5).toBeCloseTo(Math.round((await accuracy(5)) * 5), 9);
  expect(await accuracy(5)).toBe(await accuracy(5));
});

test('a batch larger than the train split is the whole of it', async () => {
  const { weights } = await train({ ...QUICK, batchSize: 1000 });
  expect(weights).toEqual((await train({ ...QUICK, batchSize: 48 })).weights);
});

test('training from given weights starts there', async () => {
  const first = await train({ ...QUICK, epochs: 1, earlyStopping: null });
  const names = ['conv1/kernel', 'conv1/bias', 'conv2/kernel', 'conv2/bias', 'output/kernel', 'output/bias'];
  const shapes = [[3, 3, 1, 4], [4], [3, 3, 4, 8], [8], [32, 1], [1]];
  const initial = new Map(
    names.map((name, i) => [name, { shape: shapes[i] as number[], values: Float32Array.from(first.weights[i] ?? []) }]),
  );
  const started: number[][] = [];
  await train(
    { ...QUICK, epochs: 1 },
    {
      initial,
      onStart: async (model) => {
        started.push(...model.getWeights().map((weight) => [...weight.dataSync()]));
      },
    },
  );
  expect(started).toEqual(first.weights);
});

test('a loss that is no number ends the training, and the best weights before it are kept', async () => {
  // As the rate rises, more than twice of each weight is taken away at a step: they swing and grow without end.
  const exploding = {
    ...QUICK,
    epochs: 20,
    optimizer: { name: 'adamw', learningRate: 0.1, weightDecay: 200 },
    schedule: { warmup: 20 },
    model: { template: 'mlp', dense: 4 },
    earlyStopping: { patience: 20 },
  };
  const trained = await train(exploding);
  expect(trained.ended).toBe('diverged');
  expect(trained.history.at(-1)).toMatchObject({ epoch: trained.epochs, 'train.loss': Number.NaN });
  expect(trained.keptEpoch).toBeLessThan(trained.epochs);
  expect(trained.kept['validation.loss']).toBeLessThan(1);
  expect(trained.alarms.map(({ name }) => name)).toContain('diverged');
  expect(trained.weights.flat().every(Number.isFinite)).toBe(true);
});

test('what collapsed or learned nothing is named', async () => {
  const still = {
    ...QUICK,
    epochs: 2,
    optimizer: { name: 'sgd', learningRate: 1e-12, momentum: 0 },
    model: { filters: 1, blocks: 1 },
  };
  const names = async (params: JsonObject, more: Partial<TrainingWork> = {}) =>
    (await train(params, more)).alarms.map(({ name }) => name);
  // A brightness that says nothing about the class: all images look the same to a network that was not trained.
  const grey = { ...halves(40, 2, 1), pixels: new Uint8Array(40 * 64).fill(128) };
  expect(await names({ ...still, normalize: 'none' }, { train: grey, validation: grey })).toEqual([
    'single-class',
    'chance-level',
    'epoch-limit',
  ]);
  const labels = new Int32Array(48).fill(1, 0, 1);
  expect(await names(still, { train: { ...work(2).train, labels } })).toContain('rare-class');
  const unlabelled = { ...labelledHalves(16, 1), truth: new Uint8Array(32) };
  const learned = { ...QUICK, epochs: 8, optimizer: { learningRate: 0.05 }, earlyStopping: null };
  expect(await names(learned, { train: unlabelled, validation: unlabelled })).toContain('all-negative');
});

test('images of one class, and a network or a batch larger than memory, are refused before anything is built', async () => {
  const { train: images } = work(2);
  const coded = (code: string) => expect.objectContaining({ code });
  const same = { ...images, labels: new Int32Array(images.labels.length) };
  await expect(train(QUICK, { train: same })).rejects.toThrow(coded('E0826'));
  await expect(train({ model: { template: 'mlp', dense: [60000, 60000] } })).rejects.toThrow(coded('E0825'));
  const wide = { batchSize: 48, model: { filters: 1000000, blocks: 1, head: 'average' } };
  await expect(train(wide)).rejects.toThrow(
    expect.objectContaining({ code: 'E0825', hint: expect.stringContaining('batchSize') }),
  );
});
