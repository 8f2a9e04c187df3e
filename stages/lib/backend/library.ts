/**
 * Loads TensorFlow.js by `require`, in a quarter of the time: when a CommonJS file is imported, Node first searches its whole
 * text for the names it exports, 0.25 s for this library. A version that is an ES module can only be imported.
 */
import { createRequire } from 'node:module';
import type { Layers, Tf } from './tensorflow.ts';

const required = createRequire(import.meta.url);

export async function loadCore(): Promise<Tf> {
  return load('@tensorflow/tfjs-core', () => import('@tensorflow/tfjs-core'));
}

export async function loadLayers(): Promise<Layers> {
  return load('@tensorflow/tfjs-layers', () => import('@tensorflow/tfjs-layers'));
}

/** Registers the reference kernels. */
export async function loadCpuKernels(): Promise<void> {
  await load('@tensorflow/tfjs-backend-cpu', () => import('@tensorflow/tfjs-backend-cpu'));
}

/** @param imported  written out by the caller, since from it the stage's code is known to reach the package. */
async function load<T>(name: string, imported: () => Promise<T>): Promise<T> {
  try {
    return required(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw error;
    return imported();
  }
}
