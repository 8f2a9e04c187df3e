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
  /** Changes the weights in place, and may change the gradients. */
  update(weights: readonly Float32Array[], gradients: readonly Float32Array[], learningRate: number): void;
  state(): OptimizerState;
}

/** D. P. Kingma and J. Ba, 2015, with the constants everybody uses. */
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-7 };
/** G. Hinton, lecture 6e; decay as in Keras. */
const RMSPROP = { decay: 0.9, epsilon: 1e-7 };

/**
 * @param sizes    numbers of values of each weight.
 * @param decayed  whether weight decay applies to it: to kernels, not to biases and normalisation.
 * @param state    of an earlier optimiser with the same settings and sizes, to go on from.
 */
export function createOptimizer(
  settings: TrainSettings['optimizer'],
  sizes: readonly number[],
  decayed: readonly boolean[],
  state: OptimizerState | null,
): Optimizer {
  const count = settings.name === 'adam' || settings.name === 'adamw' ? 2 : 1;
  const slots =
    state?.slots.map((slot) => slot.slice()) ??
    sizes.flatMap((size) => Array.from({ length: count }, () => new Float32Array(size)));
  let decays: readonly [number, number] = state?.decays ?? [1, 1];
  const { momentum, nesterov, weightDecay, clipNorm } = settings;

  function adam(
    weight: Float32Array,
    gradient: Float32Array,
    rate: number,
    [mean, square]: readonly [Float32Array, Float32Array],
  ): void {
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

  function rmsprop(weight: Float32Array, gradient: Float32Array, rate: number, square: Float32Array): void {
    for (let i = 0; i < weight.length; i++) {
      const g = gradient[i] as number;
      const v = RMSPROP.decay * (square[i] as number) + (1 - RMSPROP.decay) * g * g;
      square[i] = v;
      weight[i] = (weight[i] as number) - (rate * g) / (Math.sqrt(v) + RMSPROP.epsilon);
    }
  }

  function descend(weight: Float32Array, gradient: Float32Array, rate: number, velocity: Float32Array): void {
    for (let i = 0; i < weight.length; i++) {
      const g = rate * (gradient[i] as number);
      const v = momentum * (velocity[i] as number) - g;
      velocity[i] = v;
      weight[i] = (weight[i] as number) + (nesterov ? momentum * v - g : v);
    }
  }

  /** L2: the gradient of half the squared weights. Decoupled: a share of the weights themselves (Loshchilov, Hutter, 2019). */
  function decay(weight: Float32Array, gradient: Float32Array, rate: number): void {
    if (settings.name === 'adamw') {
      for (let i = 0; i < weight.length; i++) weight[i] = (weight[i] as number) * (1 - rate * weightDecay);
    } else {
      for (let i = 0; i < weight.length; i++) {
        gradient[i] = (gradient[i] as number) + weightDecay * (weight[i] as number);
      }
    }
  }

  return {
    update(weights, gradients, learningRate) {
      decays = [decays[0] * ADAM.first, decays[1] * ADAM.second];
      if (clipNorm > 0) shorten(gradients, clipNorm);
      for (const [place, weight] of weights.entries()) {
        const gradient = gradients[place] as Float32Array;
        const slot = slots[place * count] as Float32Array;
        if (weightDecay > 0 && decayed[place] === true) decay(weight, gradient, learningRate);
        if (count === 2) adam(weight, gradient, learningRate, [slot, slots[place * count + 1] as Float32Array]);
        else if (settings.name === 'rmsprop') rmsprop(weight, gradient, learningRate, slot);
        else descend(weight, gradient, learningRate, slot);
      }
    },
    state: () => ({ decays, slots }),
  };
}

/** Scales all gradients together to at most this length. */
function shorten(gradients: readonly Float32Array[], longest: number): void {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  const length = Math.sqrt(squares);
  if (!(length > longest)) return;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = ((gradient[i] as number) * longest) / length;
  }
}
