/**
 * Grad-CAM (Selvaraju et al., 2017): where the last convolution found what speaks for a class.
 *
 * The map is ReLU(sum over channels k of a_k A_k): A is the output of the last convolution, a_k the mean over it of the gradient of
 * the class's number before softmax or sigmoid. Networks are chains of layers here, as `train` builds them.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { StageError } from '../../src/sdk/index.ts';
import type { Backend } from '../lib/backend/open-backend.ts';

export interface GradCam {
  /** Height and width of a map. */
  readonly size: readonly [number, number];
  /** @param batch  normalised images `[n, height, width, channels]`. @returns `[n, mapHeight * mapWidth]`, not below 0. */
  maps(batch: Tensor4D, classes: readonly number[]): Promise<Float32Array>;
}

/**
 * @param outputs  numbers the network gives: 1 for two classes with one number (it speaks for the second), else one a class.
 * @throws StageError when the network has no convolution.
 */
export function openGradCam({ tf, layers }: Backend, model: LayersModel): GradCam {
  const last = model.layers.findLastIndex((layer) => /Conv/.test(layer.getClassName()));
  const layer = model.layers[last];
  if (layer === undefined) {
    throw new StageError('the network has no convolution whose output could be shown', {
      code: 'E0871',
      hint: 'explain a model with `template: conv-blocks`',
    });
  }
  const output = layer.output as SymbolicTensor;
  const before = layers.model({ inputs: model.inputs, outputs: output });
  // What follows the convolution, without the layer that turns numbers into probabilities.
  const after = model.layers.slice(last + 1, -1);
  const [, height = 0, width = 0] = output.shape as number[];

  return {
    size: [height, width],
    async maps(batch, classes) {
      const answer = tf.tidy(() => {
        const features = before.apply(batch) as Tensor4D;
        const score = (x: Tensor): Tensor => {
          const numbers = after.reduce((value, each) => each.apply(value) as Tensor, x) as Tensor;
          const count = numbers.shape[1] ?? 1;
          // One number speaks for the second class, and its opposite for the first.
          const chosen =
            count === 1
              ? tf.tensor2d(classes.map((k) => [k === 1 ? 1 : -1]))
              : tf.cast(tf.oneHot(tf.tensor1d([...classes], 'int32'), count), 'float32');
          return tf.sum(tf.mul(numbers, chosen));
        };
        const gradient = tf.grad(score)(features);
        const weights = tf.mean(gradient, [1, 2], true);
        const map = tf.relu(tf.sum(tf.mul(features, weights), 3));
        return tf.reshape(map, [classes.length, height * width]);
      });
      const values = (await answer.data()) as Float32Array;
      answer.dispose();
      return Float32Array.from(values);
    },
  };
}
