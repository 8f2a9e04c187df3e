/** One step of gradient descent on one batch: pixels in, weights changed. */
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/open-backend.ts';
import { fillImage, type Inputs, type Normalization } from './inputs.ts';
import { createOptimizer, type OptimizerState } from './optimizer.ts';
import type { TrainSettings } from './train-types.ts';

/** Keeps logarithms finite. */
const SMALLEST_PROBABILITY = 1e-7;

export interface Descent {
  /** @param places  of the batch's images in the inputs. */
  step(places: readonly number[]): void;
  optimizerState(): OptimizerState;
}

export function createDescent(
  backend: Backend,
  model: LayersModel,
  settings: TrainSettings,
  train: Inputs,
  classes: number,
  normalization: Normalization,
  resumed: OptimizerState | null,
): Descent {
  const { tf } = backend;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const values = variables.map((variable) => Float32Array.from(variable.dataSync()));
  const optimizer = createOptimizer(
    settings.optimizer,
    values.map(({ length }) => length),
    resumed,
  );
  const counts = sampleCounts(settings.classWeights, train, classes);
  const [height, width, channels] = train.shape;

  /** -log of the probability of the true class. */
  function losses(output: Tensor, labels: Tensor): Tensor {
    if (classes > 2) return tf.neg(tf.sum(tf.mul(tf.oneHot(labels, classes), tf.log(output)), -1));
    const positive = tf.reshape(output, [-1]);
    const truth = tf.cast(labels, 'float32');
    return tf.neg(tf.add(tf.mul(truth, tf.log(positive)), tf.mul(tf.sub(1, truth), tf.log(tf.sub(1, positive)))));
  }

  function gradients(places: readonly number[]): Float32Array[] {
    const pixels = new Float32Array(places.length * height * width * channels);
    for (const [i, place] of places.entries()) fillImage(train, place, normalization, pixels, i);
    return tf.tidy(() => {
      const x = tf.tensor(pixels, [places.length, height, width, channels]);
      const labels = tf.tensor1d(Int32Array.from(places, (place) => train.labels[place] ?? 0));
      const weights = tf.tensor1d(Float32Array.from(places, (place) => counts[place] ?? 1));
      const { grads } = tf.variableGrads(() => {
        const output = model.apply(x, { training: true }) as Tensor;
        const safe = tf.clipByValue(output, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY);
        return tf.mean(tf.mul(weights, losses(safe, labels))) as Scalar;
      }, variables);
      return variables.map(({ name }) => (grads[name] as Tensor).dataSync() as Float32Array);
    });
  }

  return {
    step(places) {
      optimizer.update(values, gradients(places));
      tf.tidy(() => {
        for (const [i, variable] of variables.entries())
          variable.assign(tf.tensor(values[i] as Float32Array, variable.shape));
      });
    },
    optimizerState: () => optimizer.state(),
  };
}

/** How much each image counts: n / (classes * images of its class), so that every class counts the same and the mean is 1. */
function sampleCounts(kind: TrainSettings['classWeights'], train: Inputs, classes: number): Float32Array {
  if (kind === 'none') return new Float32Array(train.labels.length).fill(1);
  const sizes = new Array<number>(classes).fill(0);
  for (const label of train.labels) sizes[label] = (sizes[label] as number) + 1;
  return Float32Array.from(train.labels, (label) => train.labels.length / (classes * (sizes[label] as number)));
}
