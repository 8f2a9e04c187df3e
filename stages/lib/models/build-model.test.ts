import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type JsonObject, randomStream } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { saveModel } from '../training/model-file.ts';
import { buildModel } from './build-model.ts';
import { adoptWeights, type NamedWeights } from './initial-weights.ts';
import { planLayers } from './plan-layers.ts';
import { summarize } from './summarize.ts';
import { modelSettings } from './testing.ts';

type Size = [number, number, number];

async function build(model: JsonObject, shape: Size, { seed = 3, outputs = 2, clock = { step: 0 } } = {}) {
  const backend = await openBackend();
  const settings = modelSettings(model);
  const { initializer } = settings;
  const random = (stream: string) => randomStream(seed, stream);
  const source = { random, clock, initializer, output: 'softmax' as const };
  return { backend, ...buildModel(backend, planLayers(settings, outputs), shape, source) };
}

const flat = { layer: 'flatten' };
const average = { layer: 'global-average-pool' };
const LISTS: readonly JsonObject[][] = [
  [{ layer: 'conv', filters: 5, kernel: 4, stride: 2, activation: 'elu' }, flat],
  [{ layer: 'conv', filters: 5, kernel: 3, dilation: 2, padding: 'valid', bias: false }, flat],
  [{ layer: 'depthwise', kernel: 3, stride: 2, multiplier: 2, activation: 'relu6' }, average],
  [{ layer: 'depthwise', kernel: 2, padding: 'valid', bias: false }, average],
  [{ layer: 'separable', filters: 4, kernel: 5, stride: 2, activation: 'swish' }, flat],
  [{ layer: 'separable', filters: 4, padding: 'valid', bias: false }, { layer: 'global-max-pool' }],
  [{ layer: 'transposed', filters: 3, kernel: 3 }, flat],
  [{ layer: 'transposed', filters: 3, kernel: 5, stride: 2, padding: 'valid', activation: 'leakyRelu' }, flat],
  [{ layer: 'transposed', filters: 3, kernel: 1, stride: 3, padding: 'valid' }, flat],
  [{ layer: 'max-pool', size: 3, stride: 2 }, { layer: 'batch-norm' }, flat],
  [{ layer: 'average-pool', size: 2, stride: 2, padding: 'same' }, { layer: 'layer-norm' }, flat],
  [{ layer: 'conv', filters: 2 }, { layer: 'activation', activation: 'selu' }, flat, { layer: 'dropout', rate: 0.5 }],
  [
    flat,
    { layer: 'dense', units: 6, activation: 'tanh' },
    { layer: 'batch-norm' },
    { layer: 'dense', units: 3, bias: false },
  ],
];

test('shapes and numbers of weights by arithmetic are those of the built network, for every kind of layer', async () => {
  for (const layers of LISTS) {
    const { model } = await build({ layers }, [9, 7, 3]);
    const summary = summarize(modelSettings({ layers }), [9, 7, 3], 2);
    const shapes = summary.layers.map(({ name, output }) => {
      // An activation the library has no name for stands behind its layer and changes no shape.
      expect(model.getLayer(name).outputShape, `${JSON.stringify(layers)} ${name}`).toEqual([null, ...output]);
      return output;
    });
    expect(shapes.at(-1)).toEqual([2]);
    expect(model.countParams(), JSON.stringify(layers)).toBe(summary.totalParams);
    const trainable = model.trainableWeights.reduce((sum, { shape }) => sum + size(shape), 0);
    expect(trainable).toBe(summary.trainableParams);
    model.dispose();
  }
});

test('the templates have the sizes their summary says', async () => {
  for (const settings of [
    {
      filters: [4, 6, 8],
      blocks: 2,
      kernel: [5, 3],
      pool: [0, 3],
      padding: 'valid',
      batchNorm: true,
      dense: [7, 5],
      dropout: 0.1,
    },
    { head: 'average', activation: 'leakyRelu', dense: 3 },
    { template: 'mlp', dense: [6, 4], batchNorm: true },
  ]) {
    const { model } = await build(settings, [16, 12, 3]);
    expect(model.countParams()).toBe(summarize(modelSettings(settings), [16, 12, 3], 2).totalParams);
    model.dispose();
  }
});

test('every initialiser draws kernels of the deviation its definition gives', async () => {
  const [fanIn, fanOut] = [6 * 6 * 3, 200];
  for (const [initializer, variance] of [
    ['glorot-uniform', 2 / (fanIn + fanOut)],
    ['glorot-normal', 2 / (fanIn + fanOut)],
    ['he-uniform', 2 / fanIn],
    ['he-normal', 2 / fanIn],
  ] as const) {
    const { model } = await build({ template: 'mlp', dense: 200, initializer }, [6, 6, 3]);
    const kernel = model.getLayer('dense1').getWeights()[0]?.dataSync() as Float32Array;
    const found = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
    expect(Math.abs(found / variance - 1), initializer).toBeLessThan(0.05);
    model.dispose();
  }
});

test('layers of equal name and shape start from equal weights in networks that differ elsewhere', async () => {
  const kernels = async (settings: JsonObject) => {
    const { model } = await build({ filters: 4, ...settings }, [16, 16, 1]);
    const values = [...(model.getLayer('conv1').getWeights()[0]?.dataSync() ?? [])];
    model.dispose();
    return values;
  };
  const first = await kernels({ blocks: 2 });
  expect(await kernels({ blocks: 3, batchNorm: true, dense: 5 })).toEqual(first);
  expect(await kernels({ blocks: 3, kernel: 5 })).not.toEqual(first);
});

test('initial weights are put in where name and shape agree, and nowhere else', async () => {
  const { backend, model } = await build({ filters: 2, blocks: 1 }, [8, 8, 1]);
  const ones = (shape: number[]) => ({ shape, values: new Float32Array(size(shape)).fill(1) });
  const given: NamedWeights = new Map([
    ['conv1/kernel', ones([3, 3, 1, 2])],
    ['output/kernel', ones([7, 2])],
    ['other/kernel', ones([1])],
  ]);
  const before = [...(model.getLayer('output').getWeights()[0]?.dataSync() ?? [])];
  expect(adoptWeights(backend, model, given)).toBe(1);
  expect([...(model.getLayer('conv1').getWeights()[0]?.dataSync() ?? [])]).toEqual(new Array(18).fill(1));
  expect([...(model.getLayer('output').getWeights()[0]?.dataSync() ?? [])]).toEqual(before);
  const refused = (weights: NamedWeights) => () => adoptWeights(backend, model, weights);
  expect(refused(new Map([['other/kernel', ones([1])]]))).toThrow(expect.objectContaining({ code: 'E0823' }));
  const broken = { shape: [2], values: Float32Array.of(1, Number.NaN) };
  expect(refused(new Map([['conv1/bias', broken]]))).toThrow('holds values that are no numbers');
  model.dispose();
});

test('dropout draws another mask at every step and in every layer, and the same masks again with the same seed', async () => {
  const layers = [flat, { layer: 'dropout', rate: 0.5 }, { layer: 'dropout', rate: 0.5 }];
  const masks = async () => {
    const clock = { step: 0 };
    const { backend, model } = await build({ layers }, [8, 8, 1], { clock });
    const seen = [
      [1, 'dropout1'],
      [2, 'dropout1'],
      [2, 'dropout2'],
    ].map(([step, name]) => {
      clock.step = step as number;
      return backend.tf.tidy(() => [
        ...(model.getLayer(name as string).apply(backend.tf.ones([1, 64]), { training: true }) as Tensor).dataSync(),
      ]);
    });
    model.dispose();
    return seen;
  };
  const first = await masks();
  expect(new Set(first.map((mask) => mask.join(''))).size).toBe(3);
  expect(await masks()).toEqual(first);
  expect(new Set(first.flat())).toEqual(new Set([0, 2]));
});

test('plain TensorFlow.js, without anything of ours, loads what is saved and predicts the same', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plain-'));
  const layers = [
    { layer: 'conv', filters: 4, activation: 'leakyRelu' },
    { layer: 'batch-norm' },
    { layer: 'dropout', rate: 0.3 },
    { layer: 'separable', filters: 3 },
    average,
  ];
  const { backend, model } = await build({ layers }, [6, 5, 3], { outputs: 3 });
  await saveModel(
    backend,
    model,
    { task: 'multi-class', classes: ['a', 'b', 'c'], normalization: { kind: 'none' } },
    path.join(folder, 'model'),
  );
  const expected = backend.tf.tidy(() => [...(model.predict(backend.tf.ones([1, 6, 5, 3])) as Tensor).dataSync()]);
  const program = `
    const tf = require('@tensorflow/tfjs-core');
    require('@tensorflow/tfjs-backend-cpu');
    const { loadLayersModel } = require('@tensorflow/tfjs-layers');
    const fs = require('node:fs');
    const text = JSON.parse(fs.readFileSync(process.argv[1] + '/model.json', 'utf8'));
    const bytes = fs.readFileSync(process.argv[1] + '/weights.bin');
    const handler = { load: async () => ({ ...text, weightSpecs: text.weightsManifest[0].weights, weightData: new Uint8Array(bytes).buffer }) };
    loadLayersModel(handler).then((model) => console.log('answer', JSON.stringify([...model.predict(tf.ones([1, 6, 5, 3])).dataSync()])));
  `;
  const printed = execFileSync(process.execPath, ['-e', program, path.join(folder, 'model')], {
    cwd: path.resolve(import.meta.dirname, '../../..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const found = JSON.parse(/answer (.*)/.exec(printed)?.[1] ?? '[]') as number[];
  expect(found.length).toBe(3);
  for (const [k, value] of found.entries()) expect(value).toBeCloseTo(expected[k] ?? Number.NaN, 5);
  model.dispose();
  fs.rmSync(folder, { recursive: true });
});

function size(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side ?? 1), 1);
}
