/**
 * Optimisers on the backend's own memory.
 *
 * Own, because the library's keep part of their state where it can be neither saved nor restored exactly, and training must
 * go on after a kill as if nothing had happened. The steps themselves are the engine's; here is what they are given.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { optimizerSteps } from '../engine/optimizer-steps.ts';
import type { TrainSettings } from './train-types.ts';

export interface OptimizerState {
  /** Running products of the decay rates of Adam: powers would depend on the library of mathematical functions. */
  readonly decays: readonly [number, number];
  /** Arrays of the shape of the weights: two of each for Adam, one for the others. */
  readonly slots: readonly Float32Array[];
}

export interface Optimizer {
  /** Changes the weights in place; leaves the gradients as they are. */
  update(gradients: readonly Tensor[], learningRate: number): void;
  state(): Promise<OptimizerState>;
  dispose(): void;
}

/** D. P. Kingma and J. Ba, 2015, with the constants everybody uses. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
/** G. Hinton, lecture 6e; what is kept of the squares as in Keras. */
const RMSPROP = { keep: 0.9, epsilon: 1e-7 };

/**
 * @param weights  what is trained. Weight decay applies to those of rank 2 and more: to kernels, not to biases and
 *                 normalisation. It is L2, added to the gradient; of adamw decoupled from it (Loshchilov, Hutter, 2019).
 * @param state    of an earlier optimiser with the same settings and weights, to go on from.
 */
export function createOptimizer(
  tf: Tf,
  settings: TrainSettings['optimizer'],
  weights: readonly Variable[],
  state: OptimizerState | null,
): Optimizer {
  const { name, momentum, nesterov, weightDecay, clipNorm } = settings;
  const isAdam = name === 'adam' || name === 'adamw';
  const count = isAdam ? 2 : 1;
  const slots = tf.tidy(() =>
    weights.flatMap((weight, place) =>
      Array.from({ length: count }, (_, i) => {
        const values = state?.slots[place * count + i];
        const start = values === undefined ? tf.zeros(weight.shape) : tf.tensor(values.slice(), weight.shape);
        return tf.keep(tf.variable(start, false)) as Variable;
      }),
    ),
  );
  const steps = optimizerSteps(tf);
  let decays: readonly [number, number] = state?.decays ?? [1, 1];

  function step(place: number, gradient: Tensor, rate: number): void {
    const weight = weights[place] as Variable;
    const slot = slots[place * count] as Variable;
    const amount = weight.rank >= 2 ? weightDecay : 0;
    const [decay, detached] = name === 'adamw' ? [0, amount] : [amount, 0];
    if (isAdam) {
      const scales = { meanScale: 1 / (1 - decays[0]), squareScale: 1 / (1 - decays[1]) };
      steps.adam(weight, gradient, slot, slots[place * count + 1] as Variable, {
        ...ADAM,
        ...scales,
        rate,
        decay,
        detached,
      });
    } else if (name === 'rmsprop') steps.rmsprop(weight, gradient, slot, { ...RMSPROP, rate, decay });
    else steps.momentum(weight, gradient, slot, { rate, decay, momentum, nesterov });
  }

  return {
    update(gradients, learningRate) {
      decays = [decays[0] * ADAM.beta1, decays[1] * ADAM.beta2];
      tf.tidy(() => {
        const scale = clipNorm > 0 ? shortening(tf, gradients, clipNorm) : null;
        for (const [place, gradient] of gradients.entries()) {
          step(place, scale === null ? gradient : tf.mul(gradient, scale), learningRate);
        }
      });
    },
    async state() {
      const values: Float32Array[] = [];
      for (const slot of slots) values.push(Float32Array.from(await slot.data()));
      return { decays, slots: values };
    },
    dispose: () => tf.dispose(slots),
  };
}

/** What all gradients together are multiplied by to be no longer than this: 1 when they are not. */
function shortening(tf: Tf, gradients: readonly Tensor[], longest: number): Tensor {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const length = tf.sqrt(squares.reduce((total, each) => tf.add(total, each)));
  return tf.div(longest, tf.maximum(length, longest));
}
