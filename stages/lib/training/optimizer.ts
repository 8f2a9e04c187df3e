/**
 * Optimisers on plain arrays.
 *
 * Own, because the library's keep part of their state where it can be neither saved nor restored exactly, and training must
 * go on after a kill as if nothing had happened. Arithmetic is in double precision, state and weights are stored in single.
 */
import type { TrainSettings } from './train-types.ts';

export interface OptimizerState {
  /** Running products of the decay rates of Adam: powers would depend on the library of mathematical functions. */
  readonly decays: readonly [number, number];
  /** Arrays of the shape of the weights: two of each for Adam, one for the others. */
  readonly slots: readonly Float32Array[];
}

export interface Optimizer {
  /** Changes the weights in place. */
  update(weights: readonly Float32Array[], gradients: readonly Float32Array[]): void;
  state(): OptimizerState;
}

/** D. P. Kingma and J. Ba, 2015, with the constants everybody uses. */
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-7 };
/** G. Hinton, lecture 6e; decay as in Keras. */
const RMSPROP = { decay: 0.9, epsilon: 1e-7 };

/**
 * @param sizes  numbers of values of each weight.
 * @param state  of an earlier optimiser with the same settings and sizes, to go on from.
 */
export function createOptimizer(
  settings: TrainSettings['optimizer'],
  sizes: readonly number[],
  state: OptimizerState | null,
): Optimizer {
  const count = settings.name === 'adam' ? 2 : 1;
  const slots =
    state?.slots.map((slot) => slot.slice()) ??
    sizes.flatMap((size) => Array.from({ length: count }, () => new Float32Array(size)));
  let decays: readonly [number, number] = state?.decays ?? [1, 1];
  const rate = settings.learningRate;

  function adam(weight: Float32Array, gradient: Float32Array, mean: Float32Array, square: Float32Array): void {
    const [meanScale, squareScale] = [1 / (1 - decays[0]), 1 / (1 - decays[1])];
    for (let i = 0; i < weight.length; i++) {
      const g = gradient[i] as number;
      const m = ADAM.first * (mean[i] as number) + (1 - ADAM.first) * g;
      const v = ADAM.second * (square[i] as number) + (1 - ADAM.second) * g * g;
      mean[i] = m;
      square[i] = v;
      weight[i] = (weight[i] as number) - (rate * m * meanScale) / (Math.sqrt(v * squareScale) + ADAM.epsilon);
    }
  }

  function rmsprop(weight: Float32Array, gradient: Float32Array, square: Float32Array): void {
    for (let i = 0; i < weight.length; i++) {
      const g = gradient[i] as number;
      const v = RMSPROP.decay * (square[i] as number) + (1 - RMSPROP.decay) * g * g;
      square[i] = v;
      weight[i] = (weight[i] as number) - (rate * g) / (Math.sqrt(v) + RMSPROP.epsilon);
    }
  }

  function momentum(weight: Float32Array, gradient: Float32Array, velocity: Float32Array): void {
    for (let i = 0; i < weight.length; i++) {
      const v = settings.momentum * (velocity[i] as number) - rate * (gradient[i] as number);
      velocity[i] = v;
      weight[i] = (weight[i] as number) + v;
    }
  }

  return {
    update(weights, gradients) {
      decays = [decays[0] * ADAM.first, decays[1] * ADAM.second];
      for (const [place, weight] of weights.entries()) {
        const gradient = gradients[place] as Float32Array;
        const slot = slots[place * count] as Float32Array;
        if (settings.name === 'adam') adam(weight, gradient, slot, slots[place * count + 1] as Float32Array);
        else if (settings.name === 'rmsprop') rmsprop(weight, gradient, slot);
        else momentum(weight, gradient, slot);
      }
    },
    state: () => ({ decays, slots }),
  };
}
