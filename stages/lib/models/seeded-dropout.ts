/**
 * The library's own dropout layer, but for its random numbers: with a seed it would draw the same mask at every step, and
 * without one a different mask in every run. Here a mask depends on the seed, the layer's name and the step.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers as TfLayers } from '@tensorflow/tfjs-layers';
import type { Random } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';

/** Where training is: the loop sets it. */
export interface TrainingClock {
  step: number;
}

export function seededDropout(
  backend: Backend,
  name: string,
  rate: number,
  random: (stream: string) => Random,
  clock: TrainingClock,
): InstanceType<typeof TfLayers.Layer> {
  const layer = backend.layers.layers.dropout({ name, rate });
  layer.call = (inputs, kwargs) => {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
    if (kwargs.training !== true || rate === 0) return x;
    const stream = random(`dropout/${name}/step-${clock.step}`);
    const kept = 1 / (1 - rate);
    const mask = new Float32Array(x.size);
    for (let i = 0; i < mask.length; i++) mask[i] = stream.uniform() < rate ? 0 : kept;
    return backend.tf.mul(x, backend.tf.tensor(mask, x.shape));
  };
  return layer;
}
