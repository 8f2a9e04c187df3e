/**
 * The engine: TensorFlow.js on WebAssembly kernels of our own, which train fast without any native library and give the same
 * bits on every machine and on any number of threads.
 *
 * Layers of this folder: `engine.wasm` (kernels, from `build/wasm/assembly`), `heap.ts` (places in its memory),
 * `worker-pool.ts` (threads), `engine-backend.ts` (tensors), `*-kernels.ts` (which kernel does which operation),
 * `fused-layers.ts` (layers that do several operations in one kernel). docs/design/0012-engine.md tells why.
 */
import { loadCpuKernels, loadLayers } from '../backend/library.ts';
import type { Tf } from '../backend/tensorflow.ts';
import { registerConvolutions } from './convolution-kernels.ts';
import { type CpuBackend, fallBackOn } from './define-kernels.ts';
import { registerDepthwise } from './depthwise-kernels.ts';
import { registerElementwise } from './elementwise-kernels.ts';
import { createBackend, ENGINE_NAME } from './engine-backend.ts';
import { fuseLayers } from './fused-layers.ts';
import { registerProducts } from './matmul-kernels.ts';
import { registerNormalization } from './normalization-kernels.ts';
import { registerOptimizerSteps } from './optimizer-steps.ts';
import { registerPooling } from './pooling-kernels.ts';
import { registerReductions } from './reduction-kernels.ts';
import { registerShapes } from './shape-kernels.ts';

/** Counts up with every change that changes bits. */
export const ENGINE_VERSION = '2';

export interface EngineProvenance {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
}

export interface EngineOptions {
  /** At least 1; the calling thread is one of them. */
  readonly threads: number;
  /** For tests: memory is full before 4 GiB. */
  readonly maximumBytes?: number;
}

/**
 * Makes the engine the backend of `tf`, and lets the library's layers use its joined kernels.
 *
 * @param tf  the library, of which a process has one
 * @returns   what to record with a result
 */
export async function registerEngine(tf: Tf, options: EngineOptions): Promise<EngineProvenance> {
  const started = engines.get(tf);
  const provenance = started ?? start(tf, options);
  engines.set(tf, provenance);
  await provenance;
  if (!(await tf.setBackend(ENGINE_NAME))) throw new Error('the engine did not start');
  await tf.ready();
  return provenance;
}

/** A library has one engine: the first call decides how many threads it has. */
const engines = new WeakMap<Tf, Promise<EngineProvenance>>();

async function start(tf: Tf, options: EngineOptions): Promise<EngineProvenance> {
  const [backend, layers] = await Promise.all([
    createBackend(tf, options.threads, options.maximumBytes),
    loadLayers(),
    loadCpuKernels(),
  ]);
  tf.registerBackend(ENGINE_NAME, () => backend, 4);
  const cpu = tf.findBackend('cpu') ?? tf.engine().registryFactory.cpu?.factory();
  const define = fallBackOn(tf, backend, cpu as unknown as CpuBackend);
  registerProducts(tf, define, backend);
  registerConvolutions(tf, define, backend);
  registerPooling(tf, define, backend);
  registerDepthwise(tf, define, backend);
  registerElementwise(tf, define, backend);
  registerNormalization(define, backend);
  registerReductions(tf, define, backend);
  registerShapes(tf, define, backend);
  registerOptimizerSteps(define, backend);
  fuseLayers(tf, layers);
  return { name: ENGINE_NAME, version: ENGINE_VERSION, threads: options.threads };
}
