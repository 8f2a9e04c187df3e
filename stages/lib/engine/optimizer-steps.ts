/**
 * Steps of gradient descent on variables, in place: one pass over memory where the engine is the backend, the same formulas
 * put together from the library's operations on any other.
 *
 * State (means, squares, velocities) is kept by the caller as variables of the weight's shape, so it can be saved and
 * restored. Rates and scales are plain numbers, so a schedule or a corrected mean is the caller's, too.
 */
import type { NamedAttrMap, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, need } from './define-kernels.ts';
import { ENGINE_NAME, type EngineBackend, sizeOf } from './engine-backend.ts';

export interface SgdStep {
  readonly rate: number;
  /** Times the weight, added to the gradient (L2). */
  readonly decay: number;
}

export interface MomentumStep extends SgdStep {
  readonly momentum: number;
  readonly nesterov: boolean;
}

export interface RmspropStep extends SgdStep {
  /** How much of the squares is kept, such as 0.9. */
  readonly keep: number;
  readonly epsilon: number;
}

export interface AdamStep extends SgdStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 1 / (1 - beta1^t), and likewise for the squares. */
  readonly meanScale: number;
  readonly squareScale: number;
  /** Decay past the gradient, as in AdamW: the weight loses `rate * detached` of itself. */
  readonly detached: number;
}

/** The steps; each changes the weight and its state and returns nothing. Gradients are left as they are. */
export interface OptimizerSteps {
  sgd(weight: Variable, gradient: Tensor, step: SgdStep): void;
  /** v = momentum * v - rate * g; w += v, or with Nesterov w += momentum * v - rate * g. */
  momentum(weight: Variable, gradient: Tensor, velocity: Variable, step: MomentumStep): void;
  /** v = keep * v + (1 - keep) * g^2; w -= rate * g / (sqrt(v) + epsilon). */
  rmsprop(weight: Variable, gradient: Tensor, square: Variable, step: RmspropStep): void;
  /** w -= rate * m * meanScale / (sqrt(v * squareScale) + epsilon) + rate * detached * w. */
  adam(weight: Variable, gradient: Tensor, mean: Variable, square: Variable, step: AdamStep): void;
}

/** The steps for the backend that is current when they are taken. */
export function optimizerSteps(tf: Tf): OptimizerSteps {
  return tf.getBackend() === ENGINE_NAME ? engineSteps(tf) : composedSteps(tf);
}

function engineSteps(tf: Tf): OptimizerSteps {
  const run = (name: string, tensors: Record<string, Tensor>, attrs: object): void => {
    tf.engine().runKernel(name, tensors as never, attrs as NamedAttrMap);
  };
  // A clone shares its values with the variable; it must not see them change.
  const own = (variable: Variable): Variable => {
    if (tf.backend().refCount(variable.dataId) > 1) tf.tidy(() => variable.assign(tf.mul(variable, 1)));
    return variable;
  };
  return {
    sgd: (w, g, step) => run('PipeSgd', { w: own(w), g }, step),
    momentum: (w, g, v, step) => run('PipeMomentum', { w: own(w), g, v: own(v) }, step),
    rmsprop: (w, g, v, step) => run('PipeRmsprop', { w: own(w), g, v: own(v) }, step),
    adam: (w, g, m, v, step) => run('PipeAdam', { w: own(w), g, m: own(m), v: own(v) }, step),
  };
}

function composedSteps(tf: Tf): OptimizerSteps {
  const pull = (w: Variable, g: Tensor, decay: number): Tensor => (decay === 0 ? g : tf.add(g, tf.mul(w, decay)));
  return {
    sgd: (w, g, { rate, decay }) => tf.tidy(() => w.assign(tf.sub(w, tf.mul(pull(w, g, decay), rate)))),
    momentum: (w, g, v, { rate, decay, momentum, nesterov }) =>
      tf.tidy(() => {
        const step = tf.mul(pull(w, g, decay), rate);
        v.assign(tf.sub(tf.mul(v, momentum), step));
        w.assign(tf.add(w, nesterov ? tf.sub(tf.mul(v, momentum), step) : v));
      }),
    rmsprop: (w, g, v, { rate, decay, keep, epsilon }) =>
      tf.tidy(() => {
        const gradient = pull(w, g, decay);
        v.assign(tf.add(tf.mul(v, keep), tf.mul(tf.square(gradient), 1 - keep)));
        w.assign(tf.sub(w, tf.div(tf.mul(gradient, rate), tf.add(tf.sqrt(v), epsilon))));
      }),
    adam: (w, g, m, v, step) =>
      tf.tidy(() => {
        const gradient = pull(w, g, step.decay);
        m.assign(tf.add(tf.mul(m, step.beta1), tf.mul(gradient, 1 - step.beta1)));
        v.assign(tf.add(tf.mul(v, step.beta2), tf.mul(tf.square(gradient), 1 - step.beta2)));
        const scaled = tf.add(tf.sqrt(tf.mul(v, step.squareScale)), step.epsilon);
        const move = tf.div(tf.mul(m, step.rate * step.meanScale), scaled);
        w.assign(tf.sub(tf.sub(w, move), tf.mul(w, step.rate * step.detached)));
      }),
  };
}

/** Registers the engine's own steps. */
export function registerOptimizerSteps(define: Define, backend: EngineBackend): void {
  const steps: readonly [string, string, readonly string[], readonly string[]][] = [
    ['PipeSgd', 'sgdStep', ['w', 'g'], ['rate', 'decay']],
    ['PipeMomentum', 'momentumStep', ['w', 'g', 'v'], ['rate', 'momentum', 'nesterov', 'decay']],
    ['PipeRmsprop', 'rmspropStep', ['w', 'g', 'v'], ['rate', 'keep', 'epsilon', 'decay']],
    [
      'PipeAdam',
      'adamStep',
      ['w', 'g', 'm', 'v'],
      ['rate', 'beta1', 'beta2', 'epsilon', 'meanScale', 'squareScale', 'decay', 'detached'],
    ],
  ];
  for (const [name, kernel, tensors, numbers] of steps) {
    define(name, (inputs, attrs) => {
      const size = sizeOf(need(inputs, 'w').shape);
      const places = tensors.map((each) => backend.address(need(inputs, each)));
      const values = numbers.map((each) => Number(attrs[each]));
      backend.pool.run(kernel, [...places, size, ...values], size, size * 4, 1024);
      for (const each of tensors) if (each !== 'g') backend.changed(need(inputs, each));
      return [];
    });
  }
}
