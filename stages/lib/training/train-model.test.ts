import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import { trainSettings as settings } from '../models/testing.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { loadModel, saveModel } from './model-file.ts';
import { goalOfColumn } from './monitor.ts';
import { predict } from './predict.ts';
import { work } from './testing.ts';
import { trainModel } from './train-model.ts';

const small = { filters: 4, blocks: 2, dropout: 0.1 };

test('what can be learned is learned, with two classes and with more', async () => {
  const backend = await openBackend();
  for (const classes of [2, 4]) {
    const trained = await trainModel(
      backend,
      settings({ epochs: 30, batchSize: 8, optimizer: { learningRate: 0.01 }, model: small }),
      work(classes),
    );
    expect(trained.history.at(trained.keptEpoch - 1)?.['validation.accuracy']).toBeGreaterThan(0.9);
    trained.model.dispose();
  }
});

test('no tensor is left behind by training and predicting', async () => {
  const backend = await openBackend();
  const once = async () => {
    const trained = await trainModel(backend, settings({ epochs: 3, model: { ...small, batchNorm: true } }), work(2));
    trained.model.dispose();
  };
  await once();
  const before = backend.tf.memory().numTensors;
  await once();
  expect(backend.tf.memory().numTensors).toBe(before);
});

test('with restoreBest the model has the weights of the best epoch, not of the last', async () => {
  const backend = await openBackend();
  const { validation } = work(2);
  const diverging = settings({
    epochs: 12,
    batchSize: 8,
    optimizer: { name: 'sgd', learningRate: 0.5, momentum: 0.9 },
    model: small,
    earlyStopping: { monitor: 'validation.loss', patience: 12 },
  });
  const trained = await trainModel(backend, diverging, work(2));
  const losses = trained.history.map((record) => record['validation.loss'] ?? Number.NaN);
  expect(losses[trained.keptEpoch - 1]).toBe(Math.min(...losses.filter((loss) => !Number.isNaN(loss))));
  const { probabilities } = await predict(backend, trained.model, validation, trained.normalization, 2, 7);
  const loss =
    validation.labels.reduce((sum, label, i) => sum - Math.log(Math.max(probabilities[i * 2 + label] ?? 0, 1e-7)), 0) /
    24;
  expect(loss).toBeCloseTo(losses[trained.keptEpoch - 1] ?? Number.NaN, 5);
  trained.model.dispose();
});

test('early stopping ends after `patience` epochs without improvement', async () => {
  const backend = await openBackend();
  const still = settings({
    epochs: 50,
    optimizer: { learningRate: 1e-12 },
    model: { filters: 2, blocks: 1 },
    earlyStopping: { monitor: 'validation.accuracy', patience: 4 },
  });
  const trained = await trainModel(backend, still, work(2));
  expect([trained.history.length, trained.keptEpoch]).toEqual([5, 1]);
  trained.model.dispose();
});

test('a training that was killed gives the weights it would have given, with every optimiser', async () => {
  const backend = await openBackend();
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'checkpoint-'));
  for (const name of ['adam', 'sgd', 'rmsprop']) {
    const params = settings({
      epochs: 6,
      batchSize: 10,
      optimizer: { name, learningRate: 0.02 },
      model: { ...small, batchNorm: true },
      earlyStopping: { patience: 6 },
    });
    const weights = async (checkpoint: string, stopAfter?: number) => {
      const controller = new AbortController();
      const trained = await trainModel(backend, params, {
        ...work(2),
        checkpoint: path.join(root, checkpoint),
        signal: controller.signal,
        onEpoch(epoch) {
          if (epoch === stopAfter) controller.abort();
        },
      });
      const values = trained.model.getWeights().map((weight) => [...weight.dataSync()]);
      trained.model.dispose();
      return { values, history: trained.history };
    };
    const whole = await weights(`${name}-whole`);
    await expect(weights(`${name}-killed`, 2)).rejects.toThrow();
    await expect(weights(`${name}-killed`, 4)).rejects.toThrow();
    expect(await weights(`${name}-killed`)).toEqual(whole);
  }
  fs.rmSync(root, { recursive: true });
});

test('a checkpoint that is not whole, or of another training, is as good as none', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'checkpoint-'));
  const file = path.join(root, 'training');
  const state = {
    identity: 'this',
    epoch: 2,
    history: [{ 'train.loss': 0.1 + 0.2, 'validation.loss': Number.NaN }],
    weights: [Float32Array.of(1, 2, 3), Float32Array.of()],
    average: [Float32Array.of(6), Float32Array.of(7)],
    optimizer: { decays: [0.9, 0.999] as [number, number], slots: [Float32Array.of(4)] },
    best: { epoch: 1, value: Number.POSITIVE_INFINITY, weights: [Float32Array.of(5)] },
  };
  expect(readCheckpoint(file, 'this')).toBeNull();
  writeCheckpoint(file, state);
  expect(readCheckpoint(file, 'this')).toEqual(state);
  expect(readCheckpoint(file, 'another')).toBeNull();
  fs.truncateSync(file, fs.statSync(file).size - 1);
  expect(readCheckpoint(file, 'this')).toBeNull();
  fs.rmSync(root, { recursive: true });
});

test('a metric nobody measures cannot be monitored', () => {
  expect(goalOfColumn('validation.loss')).toBe('minimize');
  expect(goalOfColumn('train.macroF1', false)).toBe('maximize');
  for (const column of ['validation.f2', 'loss', 'test.loss', 'validation.loss.x']) {
    expect(() => goalOfColumn(column)).toThrow(expect.objectContaining({ code: 'E0811' }));
  }
  expect(() => goalOfColumn('validation.loss', false)).toThrow(expect.objectContaining({ code: 'E0824' }));
});

test('a saved model is the same bytes every time and gives the same predictions when loaded', async () => {
  const backend = await openBackend();
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'model-'));
  const save = async (name: string) => {
    const trained = await trainModel(backend, settings({ epochs: 1, model: { ...small, batchNorm: true } }), work(2));
    await saveModel(
      backend,
      trained.model,
      { task: 'binary', classes: ['a', 'b'], normalization: trained.normalization },
      path.join(root, name),
    );
    const found = [
      ...(await predict(backend, trained.model, work(2).validation, trained.normalization, 2, 8)).probabilities,
    ];
    trained.model.dispose();
    return found;
  };
  const probabilities = await save('one');
  await save('two');
  for (const file of ['model.json', 'weights.bin']) {
    expect(fs.readFileSync(path.join(root, 'one', file))).toEqual(fs.readFileSync(path.join(root, 'two', file)));
  }
  const { model, about } = await loadModel(backend, path.join(root, 'one'));
  expect([...(await predict(backend, model, work(2).validation, about.normalization, 2, 8)).probabilities]).toEqual(
    probabilities,
  );
  model.dispose();
  fs.rmSync(root, { recursive: true });
});
