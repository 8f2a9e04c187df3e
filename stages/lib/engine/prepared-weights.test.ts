import type { Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { EngineBackend } from './engine-backend.ts';
import { Heap } from './heap.ts';
import { optimizerSteps } from './optimizer-steps.ts';
import { PreparedWeights } from './prepared-weights.ts';
import { difference, normal, openEngine } from './testing.ts';

const { tf, layers } = await openEngine();
const backend = tf.backend() as EngineBackend;
const CLOSE = 2e-5;

const KIB = 1024;

/** A heap with a keeper of `largest` bytes, and how a kernel asks it. */
function keeper(largest: number) {
  const heap = new Heap(65_536);
  const prepared = new PreparedWeights(heap, largest);
  const ask = (name: string, of: readonly object[]): boolean => {
    if (prepared.find(name, of) !== null) return true;
    if (prepared.isWorthKeeping(name, of, KIB)) prepared.keep(name, of, heap.allocate(KIB), KIB);
    prepared.endUse();
    return false;
  };
  return { heap, prepared, ask };
}

test('what is asked for a second time is kept for the third', () => {
  const { ask, prepared } = keeper(64 * KIB);
  const weight = {};
  expect([1, 2, 3, 4].map(() => ask('panels', [weight]))).toEqual([false, false, true, true]);
  expect(ask('turned', [weight])).toBe(false);
  expect(ask('panels', [weight, {}])).toBe(false);
  expect(prepared.keptBytes).toBeGreaterThan(0);
});

test('it is given up with any of the tensors it was made of, and asked for anew then', () => {
  const { ask, heap, prepared } = keeper(64 * KIB);
  const [filter, mean] = [{}, {}];
  for (let i = 0; i < 3; i++) ask('panels', [filter, mean]);
  prepared.forget(mean);
  expect(prepared.keptBytes).toBe(0);
  expect(heap.usedBytes).toBe(0);
  expect(ask('panels', [filter, mean])).toBe(false);
  prepared.forget(filter);
  expect([1, 2].map(() => ask('panels', [filter, mean]))).toEqual([false, false]);
});

test('no more is kept than there is room for, and what is in use stays when all is given up', () => {
  const { ask, prepared, heap } = keeper(2 * KIB);
  const weights = [{}, {}, {}];
  for (const weight of weights) for (let i = 0; i < 2; i++) ask('panels', [weight]);
  expect(prepared.keptBytes).toBe(2 * KIB);
  expect(prepared.find('panels', [weights[0] as object])).not.toBeNull();
  expect(prepared.releaseAll()).toBe(true);
  expect(prepared.keptBytes).toBe(KIB);
  prepared.endUse();
  expect(prepared.releaseAll()).toBe(true);
  expect(prepared.releaseAll()).toBe(false);
  expect(heap.usedBytes).toBe(0);
});

/** A network with every kind of product, and images for it. */
function network() {
  const of = layers.layers;
  const same = { padding: 'same', filters: 16 } as const;
  const init = (seed: number) => ({ kernelInitializer: layers.initializers.glorotUniform({ seed }) });
  const model = layers.sequential({
    layers: [
      of.conv2d({ inputShape: [28, 28, 3], kernelSize: 7, strides: 2, ...same, ...init(1) }),
      of.batchNormalization(),
      of.conv2d({ kernelSize: 3, ...same, ...init(2) }),
      of.depthwiseConv2d({ kernelSize: 3, depthwiseInitializer: layers.initializers.glorotUniform({ seed: 3 }) }),
      of.batchNormalization(),
      of.conv2d({ kernelSize: 1, ...same, ...init(4) }),
      of.flatten(),
      of.dense({ units: 5, ...init(5) }),
    ],
  });
  return { model, run: () => model.apply(normal(tf, [2, 28, 28, 3], 'images')) as Tensor };
}

test('weights that change in place, are assigned or are set change the next result', async () => {
  const { model, run } = network();
  const warm = () => tf.tidy(() => [1, 2, 3].map(() => run().dataSync()));
  const [first, second, third] = warm();
  expect(second).toEqual(first);
  expect(third).toEqual(first);
  expect(backend.preparedBytes).toBeGreaterThan(0);

  for (const weight of model.trainableWeights) {
    const variable = weight.read() as Variable;
    const gradient = tf.ones(variable.shape);
    optimizerSteps(tf).sgd(variable, gradient, { rate: 0.01, decay: 0 });
    gradient.dispose();
    expect(await difference(tf, run)).toBeLessThan(CLOSE);
    warm();
  }
  for (const weight of model.weights) {
    const variable = weight.read() as Variable;
    tf.tidy(() => variable.assign(tf.add(variable, 0.1)));
    expect(await difference(tf, run)).toBeLessThan(CLOSE);
    warm();
  }
  tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.9))));
  expect(await difference(tf, run)).toBeLessThan(CLOSE);
  model.dispose();
});

test('what is kept serves every later batch: no more is kept after ten than after three', () => {
  const { model, run } = network();
  const runs = (count: number) => {
    for (let i = 0; i < count; i++) tf.dispose(tf.tidy(run));
    return backend.preparedBytes;
  };
  const afterThree = runs(3);
  expect(afterThree).toBeGreaterThan(0);
  expect(runs(7)).toBe(afterThree);
  model.dispose();
});

test('weights under another shape are not taken for what was kept of them', async () => {
  const matrix = tf.variable(normal(tf, [4, 6], 'matrix'));
  const filter = tf.variable(normal(tf, [3, 3, 8, 16], 'filter'));
  const run = () =>
    tf.tidy(() => [
      tf.matMul(normal(tf, [2, 4], 'a'), matrix),
      tf.conv2d(normal(tf, [1, 9, 9, 8], 'x') as Tensor4D, filter as Tensor4D, 1, 'same'),
    ]);
  for (let i = 0; i < 3; i++) tf.dispose(run());
  const turned = () => [
    tf.matMul(normal(tf, [2, 6], 'a'), tf.reshape(matrix, [6, 4])),
    tf.conv2d(normal(tf, [1, 9, 9, 16], 'x') as Tensor4D, tf.reshape(filter, [3, 3, 16, 8]), 1, 'same'),
  ];
  expect(await difference(tf, turned)).toBeLessThan(CLOSE);
  tf.dispose([matrix, filter]);
});

test('nothing is kept of a model that is disposed of, and nothing while it is trained', () => {
  const before = backend.preparedBytes;
  const { model, run } = network();
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const step = () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(run())), variables);
      for (const variable of variables) {
        optimizerSteps(tf).sgd(variable, grads[variable.name] as Tensor, { rate: 1e-4, decay: 0 });
      }
    });
  for (let i = 0; i < 4; i++) step();
  expect(backend.preparedBytes).toBe(before);
  tf.tidy(() => [run(), run()]);
  expect(backend.preparedBytes).toBeGreaterThan(before);
  model.dispose();
  expect(backend.preparedBytes).toBe(before);
});
