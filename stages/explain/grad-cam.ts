/**
 * Grad-CAM (Selvaraju et al., 2017): where the last maps of a network hold what speaks for a class.
 *
 * The map is ReLU(sum over channels k of a_k A_k): A are the last maps, a_k the mean over A_k of the gradient of the class's
 * number before softmax or sigmoid.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Backend } from '../lib/backend/open-backend.ts';
import type { Sight } from './sight.ts';

/**
 * @param values   of images, one after another, normalised.
 * @param classes  one asked of each image. Where the network gives one number for two classes, it speaks for the second.
 * @returns        `[n, mapHeight * mapWidth]`, not below 0.
 */
export async function gradCam(
  { tf }: Backend,
  sight: Sight,
  values: Float32Array,
  classes: readonly number[],
): Promise<Float32Array> {
  const [height, width] = sight.size;
  const features = await sight.look(values, classes.length);
  const answer = tf.tidy(() => {
    const score = (maps: Tensor): Tensor => {
      const numbers = sight.numbers(maps);
      const count = numbers.shape[1] ?? 1;
      // One number speaks for the second class, and its opposite for the first.
      const chosen =
        count === 1
          ? tf.tensor2d(classes.map((k) => [k === 1 ? 1 : -1]))
          : tf.cast(tf.oneHot(tf.tensor1d([...classes], 'int32'), count), 'float32');
      return tf.sum(tf.mul(numbers, chosen));
    };
    const gradient = tf.grad(score)(features);
    const weights = tf.mean(gradient as Tensor4D, [1, 2], true);
    const map = tf.relu(tf.sum(tf.mul(features, weights), 3));
    return tf.reshape(map, [classes.length, height * width]);
  });
  const map = (await answer.data()) as Float32Array;
  answer.dispose();
  features.dispose();
  // Weights drawn at random can make a deep network overflow: such a map points nowhere.
  return map.every(Number.isFinite) ? Float32Array.from(map) : new Float32Array(map.length);
}
