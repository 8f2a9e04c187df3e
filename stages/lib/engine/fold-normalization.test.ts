import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { difference, normal, openEngine } from './testing.ts';

const { tf, layers } = await openEngine();
const of = layers.layers;
const CLOSE = 2e-5;

const apply = (layer: { apply(x: SymbolicTensor): unknown }, x: SymbolicTensor) => layer.apply(x) as SymbolicTensor;

/** Two convolutions with normalisation and relu, one of each channel by itself, and a sum with what came before. */
function network(): { whole: LayersModel; names: SymbolicTensor[] } {
  const input = layers.input({ shape: [9, 8, 3] });
  const kernelInitializer = layers.initializers.glorotUniform({ seed: 1 });
  const conv = apply(of.conv2d({ filters: 9, kernelSize: 3, kernelInitializer }), input);
  const normed = apply(of.batchNormalization(), conv);
  const bent = apply(of.reLU({ maxValue: 6 }), normed);
  const depthwise = apply(
    of.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, depthwiseInitializer: kernelInitializer }),
    bent,
  );
  const again = apply(of.activation({ activation: 'relu' }), apply(of.batchNormalization({ scale: false }), depthwise));
  const last = apply(
    of.batchNormalization({ center: false }),
    apply(of.conv2d({ filters: 9, kernelSize: 1, useBias: false, kernelInitializer }), again),
  );
  const sum = of.add().apply([last, bent]) as SymbolicTensor;
  const whole = layers.model({ inputs: input, outputs: sum });
  for (const [i, weight] of whole.weights.entries()) {
    const values = tf.add(tf.abs(normal(tf, weight.shape as number[], `weight ${i}`)), 0.1);
    (weight.read() as Variable).assign(values as Tensor);
  }
  return { whole, names: [conv, normed, bent, again] };
}

const { whole, names } = network();
const images = () => normal(tf, [2, 9, 8, 3], 'images');

test('a model run forward gives the same, asked for predictions or applied to tensors', async () => {
  expect(await difference(tf, () => whole.apply(images()) as Tensor)).toBeLessThan(CLOSE);
  expect(await difference(tf, () => whole.predict(images()) as Tensor)).toBeLessThan(CLOSE);
});

test.each([0, 1, 2, 3])('a model that ends inside a chain gives what lies there (%i)', async (i) => {
  const part = layers.model({ inputs: whole.inputs, outputs: names[i] as SymbolicTensor });
  expect(await difference(tf, () => part.predict(images()) as Tensor)).toBeLessThan(CLOSE);
});

test('a model with two outputs, one inside a chain, gives both', async () => {
  const both = layers.model({ inputs: whole.inputs, outputs: [names[0] as SymbolicTensor, ...whole.outputs] });
  expect(await difference(tf, () => both.predict(images()) as Tensor[])).toBeLessThan(CLOSE);
});

test('a sum and its relu are joined only where nothing else takes the sum', async () => {
  const [input, other] = [layers.input({ shape: [4, 5] }), layers.input({ shape: [4, 5] })];
  const two = [input, other];
  const pair = () => [normal(tf, [2, 4, 5], 'a'), normal(tf, [2, 4, 5], 'b')];
  for (const last of [of.reLU({}), of.reLU({ maxValue: 6 }), of.activation({ activation: 'relu' })]) {
    const sum = of.add().apply(two) as SymbolicTensor;
    const bent = apply(last, sum);
    const alone = layers.model({ inputs: two, outputs: bent });
    const both = layers.model({ inputs: two, outputs: [bent, sum] });
    expect(await difference(tf, () => alone.predict(pair()) as Tensor)).toBeLessThan(CLOSE);
    expect(await difference(tf, () => both.predict(pair()) as Tensor[])).toBeLessThan(CLOSE);
  }
});

test('what is trained is not joined: the normalisation sees the statistics of the batch', () => {
  const model = layers.sequential({
    layers: [
      of.conv2d({ inputShape: [9, 8, 3], filters: 4, kernelSize: 3 }),
      of.batchNormalization({ scale: false, center: false }),
    ],
  });
  const mean = tf.tidy(
    () => tf.mean(tf.square(model.apply(images(), { training: true }) as Tensor)).dataSync()[0] as number,
  );
  expect(mean).toBeCloseTo(1, 1);
});
