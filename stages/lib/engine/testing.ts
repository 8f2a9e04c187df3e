/** What the engine's tests share: the library with both backends, and results of both side by side. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { randomStream } from '../../../src/sdk/index.ts';
import { loadCore, loadLayers } from '../backend/library.ts';
import type { Layers, Tf } from '../backend/tensorflow.ts';
import { ENGINE_NAME } from './engine-backend.ts';
import { registerEngine } from './register-engine.ts';

export interface Opened {
  readonly tf: Tf;
  readonly layers: Layers;
}

let opening: Promise<Opened> | null = null;

/** The library with the engine on two threads and the cpu backend as its reference. */
export function openEngine(): Promise<Opened> {
  opening ??= (async () => {
    const tf = await loadCore();
    tf.env().set('PROD', true);
    const layers = await loadLayers();
    await registerEngine(tf, { threads: 2 });
    return { tf, layers };
  })();
  return opening;
}

/** Normally distributed values of a stream with this name. */
export function normal(tf: Tf, shape: readonly number[], name: string): Tensor {
  const random = randomStream(7, name);
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    [...shape],
  );
}

/** A number that depends on all values, on each in another way. */
export function weighted(tf: Tf, y: Tensor): Tensor {
  return tf.sum(tf.mul(tf.cast(y, 'float32'), normal(tf, y.shape, 'weights')));
}

/** The values of some tensors, computed by a backend. */
export async function valuesOn(tf: Tf, backend: string, compute: () => Tensor | Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  try {
    return tf.tidy(() => [compute()].flat().map((each) => Array.from(each.dataSync())));
  } finally {
    await tf.setBackend(ENGINE_NAME);
  }
}

/**
 * The largest difference between what the engine and the cpu backend compute, relative to the largest value (at least 1).
 *
 * Infinite where one has a number and the other has none.
 */
export async function difference(tf: Tf, compute: () => Tensor | Tensor[]): Promise<number> {
  const own = await valuesOn(tf, ENGINE_NAME, compute);
  const reference = await valuesOn(tf, 'cpu', compute);
  let largest = 1;
  let worst = own.length === reference.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [i, values] of reference.entries()) {
    const found = own[i] ?? [];
    if (found.length !== values.length) return Number.POSITIVE_INFINITY;
    for (const [j, value] of values.entries()) {
      if (Object.is(found[j], value) || found[j] === value) continue;
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
      const apart = Math.abs((found[j] as number) - value);
      worst = Math.max(worst, Number.isFinite(apart) ? apart : Number.POSITIVE_INFINITY);
    }
  }
  return worst / largest;
}
