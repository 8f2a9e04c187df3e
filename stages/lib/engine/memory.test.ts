import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { StageError } from '../../../src/sdk/index.ts';
import { registerEngine } from './register-engine.ts';

const tf = await import('@tensorflow/tfjs-core');
tf.env().set('PROD', true);
const layers = await import('@tensorflow/tfjs-layers');
await registerEngine(tf, { threads: 1, maximumBytes: 48_000_000 });

const model = layers.sequential({
  layers: [
    layers.layers.conv2d({ inputShape: [32, 32, 3], filters: 16, kernelSize: 3, activation: 'relu' }),
    layers.layers.batchNormalization(),
    layers.layers.globalAveragePooling2d({}),
  ],
});
const variables = model.trainableWeights.map((weight) => weight.read() as Variable);

function lossOf(batch: number): number {
  return tf.tidy(() => {
    const { value } = tf.variableGrads(
      () => tf.mean(model.apply(tf.ones([batch, 32, 32, 3]), { training: true }) as Tensor) as Scalar,
      variables,
    );
    return value.dataSync()[0] as number;
  });
}

function failureOf(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}

test('a batch too large for the memory is told as such, and a smaller one trains afterwards', () => {
  const failure = failureOf(() => lossOf(400));
  expect(failure).toBeInstanceOf(StageError);
  expect(failure).toMatchObject({ code: 'E1100', hint: 'halve `batchSize`' });
  expect(lossOf(8)).toBeTypeOf('number');
});

test('a weight that no memory could hold is told apart', () => {
  const failure = failureOf(() => tf.zeros([4000, 4000]));
  expect(failure).toMatchObject({ code: 'E1101' });
});
