/**
 * The numeric backend: what multiplies and adds while a model trains.
 *
 * Everything above this file uses TensorFlow.js's own interfaces and works with any backend of it. This one is its
 * WebAssembly backend with the kernels it lacks or does slowly; another can be put in its place here. No threads, so equal
 * seeds give equal bytes.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { JsonObject } from '../../../src/sdk/index.ts';
import { registerConvolutionGradients } from './convolution-gradients.ts';
import { registerMaxPoolGradient } from './max-pool-gradient.ts';
import type { Layers, Tf } from './tensorflow.ts';

export interface Backend {
  readonly tf: Tf;
  readonly layers: Layers;
  /** What to record with a result. */
  readonly provenance: JsonObject;
}

let opening: Promise<Backend> | null = null;

/** Loads it at the first call; a process has one. */
export function openBackend(): Promise<Backend> {
  opening ??= open();
  return opening;
}

async function open(): Promise<Backend> {
  const tf = await import('@tensorflow/tfjs-core');
  // The library greets people with advice about another package, once.
  tf.env().set('PROD', true);
  const [layers, wasm] = await Promise.all([
    import('@tensorflow/tfjs-layers'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  const packageFile = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  wasm.setWasmPaths(`${path.join(path.dirname(packageFile), 'dist')}${path.sep}`);
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend did not start');
  await tf.ready();
  registerConvolutionGradients(tf);
  registerMaxPoolGradient(tf);
  return { tf, layers, provenance: { name: 'tfjs-wasm', version: wasm.version_wasm } };
}
