import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { ENGINE_NAME } from './engine-backend.ts';
import { optimizerSteps } from './optimizer-steps.ts';
import { normal, openEngine } from './testing.ts';

const { tf, layers } = await openEngine();
const of = layers.layers;
type Layer = LayersModel['layers'][number];

const seeded = (seed: number) => layers.initializers.glorotUniform({ seed });

/** A small network with each layer once, on images of 9 x 8 x 3. */
function network(middle: () => Layer[]): LayersModel {
  const first = of.conv2d({
    inputShape: [9, 8, 3],
    filters: 5,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: seeded(1),
  });
  const last = of.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) });
  const model = layers.sequential({ layers: [first, ...middle()] });
  if (model.outputs[0]?.rank !== 2) model.add(of.flatten());
  model.add(last);
  return model;
}

const init = { kernelInitializer: seeded(3) };
const ACTIVATIONS = [
  'relu',
  'relu6',
  'elu',
  'selu',
  'gelu',
  'swish',
  'tanh',
  'sigmoid',
  'softplus',
  'softsign',
  'hardSigmoid',
  'mish',
] as const;
const MIDDLES: Readonly<Record<string, () => Layer[]>> = {
  nothing: () => [],
  'convolution with a stride': () => [
    of.conv2d({ filters: 6, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu6', ...init }),
  ],
  'convolution without bias': () => [of.conv2d({ filters: 9, kernelSize: 3, useBias: false, ...init })],
  'large square filters': () => [
    of.conv2d({ filters: 9, kernelSize: 3, ...init }),
    of.conv2d({ filters: 8, kernelSize: 5, padding: 'same', ...init }),
  ],
  'depthwise convolution': () => [
    of.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, depthwiseInitializer: seeded(4) }),
  ],
  'separable convolution': () => [
    of.separableConv2d({ filters: 4, kernelSize: 3, depthwiseInitializer: seeded(4), pointwiseInitializer: seeded(5) }),
  ],
  'transposed convolution': () => [of.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, ...init })],
  'batch normalisation': () => [of.batchNormalization()],
  'batch normalisation of vectors': () => [of.flatten(), of.dense({ units: 7, ...init }), of.batchNormalization()],
  'layer normalisation': () => [of.layerNormalization()],
  'max pooling': () => [of.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })],
  'average pooling': () => [of.averagePooling2d({ poolSize: 2 })],
  'global average': () => [of.globalAveragePooling2d({})],
  'global maximum': () => [of.globalMaxPooling2d({})],
  'padding and cropping': () => [of.zeroPadding2d(), of.cropping2D({ cropping: 1 })],
  upsampling: () => [of.upSampling2d({})],
  'leaky relu': () => [of.leakyReLU({ alpha: 0.2 })],
  'relu with slopes': () => [of.prelu({ alphaInitializer: 'ones' })],
  'relu to six': () => [of.reLU({ maxValue: 6 })],
  'one-dimensional convolution': () => [
    of.reshape({ targetShape: [72, 5] }),
    of.conv1d({ filters: 4, kernelSize: 3, ...init }),
  ],
  ...Object.fromEntries(
    ACTIVATIONS.map((activation) => [`dense with ${activation}`, () => [of.dense({ units: 6, activation, ...init })]]),
  ),
};

function lossOf(model: LayersModel): () => Scalar {
  return () => {
    const output = model.apply(normal(tf, [4, 9, 8, 3], 'images'), { training: true }) as Tensor;
    const truth = tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3);
    return tf.neg(tf.mean(tf.mul(truth, tf.log(tf.add(output, 1e-6)))));
  };
}

/** The losses of some steps of Adam on a backend. */
async function train(middle: () => Layer[], backend: string, steps: number): Promise<number[]> {
  await tf.setBackend(backend);
  const model = network(middle);
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const slots = variables.map((each) => [tf.variable(tf.zerosLike(each)), tf.variable(tf.zerosLike(each))] as const);
  const { adam } = optimizerSteps(tf);
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(lossOf(model), variables);
      const rates = { rate: 0.01, decay: 0, detached: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
      const scales = { meanScale: 1 / (1 - 0.9 ** step), squareScale: 1 / (1 - 0.999 ** step) };
      for (const [i, variable] of variables.entries()) {
        const [mean, square] = slots[i] as (typeof slots)[number];
        adam(variable, grads[variable.name] as Tensor, mean, square, { ...rates, ...scales });
      }
      losses.push(value.dataSync()[0] as number);
    });
  }
  for (const pair of slots) tf.dispose([...pair]);
  model.dispose();
  await tf.setBackend(ENGINE_NAME);
  return losses;
}

test.each(Object.keys(MIDDLES))('a network with %s learns as on the cpu backend', async (name) => {
  const middle = MIDDLES[name] as () => Layer[];
  const own = await train(middle, ENGINE_NAME, 4);
  const reference = await train(middle, 'cpu', 4);
  for (const [i, loss] of reference.entries()) expect(own[i]).toBeCloseTo(loss, 3);
  expect(own.at(-1)).toBeLessThan(own[0] as number);
});

test('a dilated convolution, which the library cannot train, learns', async () => {
  const losses = await train(
    () => [of.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, ...init })],
    ENGINE_NAME,
    6,
  );
  expect(losses.at(-1)).toBeLessThan(losses[0] as number);
});

test('batch normalisation follows mean and variance of what it saw', async () => {
  const found: number[][] = [];
  for (const backend of [ENGINE_NAME, 'cpu']) {
    await tf.setBackend(backend);
    const model = layers.sequential({ layers: [of.batchNormalization({ inputShape: [3, 3, 4] })] });
    tf.tidy(() => model.apply(normal(tf, [5, 3, 3, 4], 'x'), { training: true }) as Tensor);
    found.push(model.getWeights().flatMap((each) => Array.from(each.dataSync())));
    model.dispose();
  }
  await tf.setBackend(ENGINE_NAME);
  for (const [i, value] of (found[1] as number[]).entries()) expect(found[0]?.[i]).toBeCloseTo(value, 5);
});

test('gradients of joined layers are the slopes of the loss', () => {
  const model = network(() => [
    of.conv2d({ filters: 9, kernelSize: 3, activation: 'tanh', ...init }),
    of.batchNormalization(),
    of.averagePooling2d({ poolSize: 2 }),
  ]);
  const loss = lossOf(model);
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const grads = tf.tidy(() =>
    Object.entries(tf.variableGrads(loss, variables).grads).map(([name, g]) => [name, g.dataSync()] as const),
  );
  const step = 2e-3;
  for (const [name, gradient] of grads) {
    const variable = variables.find((each) => each.name === name) as Variable;
    const values = variable.dataSync().slice();
    const lossWith = (moved: Float32Array) =>
      tf.tidy(() => {
        variable.assign(tf.tensor(moved, variable.shape));
        return loss().dataSync()[0] as number;
      });
    for (const i of [0, Math.floor(values.length / 2)]) {
      const up = Float32Array.from(values);
      const down = Float32Array.from(values);
      up[i] = (up[i] as number) + step;
      down[i] = (down[i] as number) - step;
      const slope = (lossWith(up) - lossWith(down)) / (2 * step);
      expect(Math.abs(slope - (gradient[i] as number)), `${name}[${i}]`).toBeLessThan(2e-3);
    }
    lossWith(Float32Array.from(values));
  }
  model.dispose();
});

test('a thousand steps leave no tensor and no memory behind', async () => {
  const model = network(() => [of.batchNormalization(), of.maxPooling2d({ poolSize: 2 })]);
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const { sgd } = optimizerSteps(tf);
  const loss = lossOf(model);
  const { heap } = tf.backend() as unknown as { heap: { usedBytes: number; memory: { buffer: SharedArrayBuffer } } };
  const step = () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, variables);
      for (const each of variables) sgd(each, grads[each.name] as Tensor, { rate: 0.01, decay: 0 });
    });
  step();
  const state = () => [tf.memory().numTensors, heap.usedBytes, heap.memory.buffer.byteLength];
  const before = state();
  for (let i = 0; i < 1000; i++) step();
  expect(state()).toEqual(before);
  model.dispose();
});

test('an optimiser step changes no clone of its weight', () => {
  const weight = tf.variable(tf.tensor1d([1, 2, 3]));
  const kept = tf.clone(weight);
  optimizerSteps(tf).sgd(weight, tf.tensor1d([1, 1, 1]), { rate: 0.5, decay: 0 });
  expect(Array.from(kept.dataSync())).toEqual([1, 2, 3]);
  expect(Array.from(weight.dataSync())).toEqual([0.5, 1.5, 2.5]);
});

test('every optimiser step is what the composed operations compute', async () => {
  const found: number[][] = [];
  for (const backend of [ENGINE_NAME, 'cpu']) {
    await tf.setBackend(backend);
    const steps = optimizerSteps(tf);
    const make = () =>
      [normal(tf, [37], 'w'), tf.abs(normal(tf, [37], 'm')), tf.abs(normal(tf, [37], 'v'))].map((each) =>
        tf.variable(each),
      ) as [Variable, Variable, Variable];
    const g = normal(tf, [37], 'g');
    const all: Variable[] = [];
    for (const decay of [0, 0.1]) {
      const rates = { rate: 0.1, decay };
      const [a, b, c, d, e] = [make(), make(), make(), make(), make()];
      steps.sgd(a[0], g, rates);
      steps.momentum(b[0], g, b[1], { ...rates, momentum: 0.9, nesterov: false });
      steps.momentum(c[0], g, c[1], { ...rates, momentum: 0.9, nesterov: true });
      steps.rmsprop(d[0], g, d[2], { ...rates, keep: 0.9, epsilon: 1e-7 });
      steps.adam(e[0], g, e[1], e[2], {
        ...rates,
        detached: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        meanScale: 2,
        squareScale: 3,
      });
      all.push(...a, ...b, ...c, ...d, ...e);
    }
    found.push(all.flatMap((each) => Array.from(each.dataSync())));
  }
  await tf.setBackend(ENGINE_NAME);
  for (const [i, value] of (found[1] as number[]).entries()) expect(found[0]?.[i]).toBeCloseTo(value, 5);
});
