/** One step of gradient descent on one batch: pixels in, weights changed. */
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Backend } from '../backend/open-backend.ts';
import type { BuiltModel } from '../models/build-model.ts';
import type { Inputs } from './inputs.ts';
import type { Loss } from './loss.ts';
import { type Mix, mixPixels, mixTruth } from './mix-images.ts';
import { createOptimizer, type OptimizerState } from './optimizer.ts';
import type { TrainSettings } from './train-types.ts';

export interface Descent {
  /**
   * @param places  of the batch's images in the inputs.
   * @param mix     how they are blended with one another; null: not at all.
   * @returns the loss before the step. When it is no number, the weights are left as they were.
   */
  step(places: readonly number[], learningRate: number, mix: Mix | null): Promise<number>;
  optimizerState(): Promise<OptimizerState>;
  dispose(): void;
}

/** Writes the image at `place` of the inputs, as the network takes it, into place `at` of a batch. */
export type FillImage = (place: number, batch: Float32Array, at: number) => void;

export function createDescent(
  backend: Backend,
  { logits }: BuiltModel,
  settings: TrainSettings,
  shape: Inputs['shape'],
  fill: FillImage,
  loss: Loss,
  resumed: OptimizerState | null,
): Descent {
  const { tf } = backend;
  const variables = logits.trainableWeights.map((weight) => weight.read() as Variable);
  const optimizer = createOptimizer(tf, settings.optimizer, variables, resumed);
  const [height, width, channels] = shape;
  // Every backend has its own copy of a batch by the end of its step: the next may be written over it.
  let room = new Float32Array(0);

  /** The loss, and its gradient by each variable; the caller disposes them. */
  function differentiate(places: readonly number[], mix: Mix | null): { value: Scalar; gradients: Tensor[] } {
    const size = places.length * height * width * channels;
    if (room.length < size) room = new Float32Array(size);
    const pixels = room.subarray(0, size);
    for (const [i, place] of places.entries()) fill(place, pixels, i);
    if (mix !== null) mixPixels(pixels, shape, mix);
    return tf.tidy(() => {
      const x = tf.tensor(pixels, [places.length, height, width, channels]);
      const given = loss.truthOf(places);
      const batch = mix === null ? given : { ...given, truth: mixTruth(tf, given.truth, mix) };
      const { value, grads } = tf.variableGrads(
        () => loss.of(logits.apply(x, { training: true }) as Tensor, batch),
        variables,
      );
      return { value, gradients: variables.map(({ name }) => grads[name] as Tensor) };
    });
  }

  return {
    async step(places, learningRate, mix) {
      const { value, gradients } = differentiate(places, mix);
      const [found] = await value.data();
      const isNumber = found !== undefined && Number.isFinite(found);
      if (isNumber) optimizer.update(gradients, learningRate);
      tf.dispose([value, ...gradients]);
      return isNumber ? found : Number.NaN;
    },
    optimizerState: () => optimizer.state(),
    dispose: () => optimizer.dispose(),
  };
}
