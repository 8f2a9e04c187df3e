/** WebAssembly on the processor: part of this program, the same bits on every machine. */
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ok } from '../../../src/base/result.ts';
import type { StartBackend } from './backend.ts';
import { registerConvolutionGradients } from './convolution-gradients.ts';
import { registerMaxPoolGradient } from './max-pool-gradient.ts';

export const startWasm: StartBackend = async (tf) => {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const packageFile = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  wasm.setWasmPaths(`${path.join(path.dirname(packageFile), 'dist')}${path.sep}`);
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend did not start');
  await tf.ready();
  registerConvolutionGradients(tf);
  registerMaxPoolGradient(tf);
  return ok({ version: wasm.version_wasm, device: os.cpus()[0]?.model ?? os.arch() });
};
