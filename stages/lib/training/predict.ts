/** Probabilities of every class for a whole set of inputs. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/open-backend.ts';
import type { Predictions } from '../metrics/classification.ts';
import { fillImage, type Inputs, type Normalization } from './inputs.ts';

/**
 * A model with one output gives the probability of the second of two classes. Where images have several labels, `labels` of
 * the result says nothing and each probability stands for itself.
 */
export async function predict(
  backend: Backend,
  model: LayersModel,
  inputs: Inputs,
  normalization: Normalization,
  classes: number,
  batchSize: number,
): Promise<Predictions> {
  const { tf } = backend;
  const count = inputs.labels.length;
  const [height, width, channels] = inputs.shape;
  const probabilities = new Float32Array(count * classes);
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const batch = new Float32Array(size * height * width * channels);
    for (let i = 0; i < size; i++) fillImage(inputs, start + i, normalization, batch, i);
    const answer = tf.tidy(() => model.apply(tf.tensor(batch, [size, height, width, channels])) as Tensor);
    const output = await answer.data();
    answer.dispose();
    for (let i = 0; i < size; i++) {
      if (classes === 2 && output.length === size) {
        const second = output[i] as number;
        probabilities.set([1 - second, second], (start + i) * 2);
      } else {
        probabilities.set(output.subarray(i * classes, (i + 1) * classes), (start + i) * classes);
      }
    }
  }
  return { classes, labels: inputs.labels, probabilities };
}
