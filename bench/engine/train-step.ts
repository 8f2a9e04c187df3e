/**
 * Training steps and forward passes of the measured networks on fixed data, with losses and Adam as a training loop has them.
 */
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { loadCore, loadLayers } from '../../stages/lib/backend/library.ts';
import { startTensorflow } from '../../stages/lib/backend/tensorflow-backend.ts';
import { optimizerSteps } from '../../stages/lib/engine/optimizer-steps.ts';
import { registerEngine } from '../../stages/lib/engine/register-engine.ts';
import { buildMeasured } from './models.ts';

export interface Prepared {
  /** Does one step. @returns the loss, or one output of a forward pass. */
  step(): number;
  /** Values of all weights, in the model's order. */
  weights(): Float32Array[];
  /** What the last forward pass gave. */
  outputs(): Float32Array;
  tensors(): number;
}

/**
 * @param batch    images; the same in every step
 * @param backend  our engine, or TensorFlow through tfjs-node where that is installed
 */
export async function prepareSteps(
  name: string,
  batch: number,
  threads: number,
  backend: 'engine' | 'tensorflow' = 'engine',
): Promise<Prepared> {
  const tf = await loadCore();
  tf.env().set('PROD', true);
  const layers = await loadLayers();
  if (backend === 'engine') await registerEngine(tf, { threads });
  else {
    const started = await startTensorflow(tf, threads);
    if (!started.ok) throw new Error(started.failure.message);
  }

  let state = 7;
  const uniform = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const { model, input, outputs, task } = buildMeasured(layers, name);
  const pixels = Float32Array.from({ length: batch * input[0] * input[1] * input[2] }, uniform);
  const x = tf.tensor(pixels, [batch, ...input]);
  const y =
    task === 'classes'
      ? tf.oneHot(
          tf.tensor1d(
            Array.from({ length: batch }, () => Math.floor(uniform() * outputs)),
            'int32',
          ),
          outputs,
        )
      : tf.tensor(
          Float32Array.from({ length: batch * outputs }, () => (uniform() > 0.5 ? 1 : 0)),
          [batch, outputs],
        );

  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const steps = optimizerSteps(tf);
  const slots = variables.map((each) => [tf.variable(tf.zerosLike(each)), tf.variable(tf.zerosLike(each))] as const);
  let decays: [number, number] = [1, 1];

  function lossOf(): Scalar {
    const output = tf.clipByValue(model.apply(x, { training: true }) as Tensor, 1e-7, 1 - 1e-7);
    if (task === 'classes') return tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(output)), -1)));
    const wrong = tf.mul(tf.sub(1, y), tf.log(tf.sub(1, output)));
    return tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(output)), wrong)));
  }

  let last = new Float32Array(0);
  function step(): number {
    if (task === null) {
      last = tf.tidy(() => (model.apply(x) as Tensor).dataSync() as Float32Array<ArrayBuffer>);
      return last[0] ?? 0;
    }
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(lossOf, variables);
      decays = [decays[0] * 0.9, decays[1] * 0.999];
      const scales = { meanScale: 1 / (1 - decays[0]), squareScale: 1 / (1 - decays[1]) };
      for (const [i, variable] of variables.entries()) {
        const [mean, square] = slots[i] as (typeof slots)[number];
        const rates = { rate: 0.001, decay: 0, detached: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
        steps.adam(variable, grads[variable.name] as Tensor, mean, square, { ...rates, ...scales });
      }
      return value.dataSync()[0] ?? 0;
    });
  }

  return {
    step,
    outputs: () => last,
    weights: () => model.getWeights().map((weight) => weight.dataSync() as Float32Array),
    tensors: () => tf.memory().numTensors,
  };
}
