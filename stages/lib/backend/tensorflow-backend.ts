/**
 * TensorFlow's C library through `@tensorflow/tfjs-node`, on the processor or on a CUDA device.
 *
 * The two packages differ in their name and in the library they fetch. Whether there is a device is asked of the library.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { OptionalBackend } from '../../../src/base/backends.ts';
import { fail, ok } from '../../../src/base/result.ts';
import type { StartBackend, Unavailable } from './backend.ts';
import { findPackages } from './find-package.ts';

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

const PACKAGES = { gpu: '@tensorflow/tfjs-node-gpu', tensorflow: '@tensorflow/tfjs-node' } as const;
const NVIDIA = '/proc/driver/nvidia/gpus';

export const startTensorflow: StartBackend = (tf, threads) => start('tensorflow', tf, threads);
export const startGpu: StartBackend = (tf, threads) => start('gpu', tf, threads);

async function start(backend: keyof typeof PACKAGES, ...[tf, threads]: Parameters<StartBackend>) {
  const found = findPackages(backend);
  if (!found.ok) return found;
  const { main = '', version = '' } = found.value[PACKAGES[backend]] ?? {};
  prepare(threads);
  const load = createRequire(main);
  try {
    load(main);
  } catch (error) {
    return fail(loadFailure(backend, error));
  }
  if (!(await tf.setBackend('tensorflow'))) {
    return fail<Unavailable>({ code: 'E1152', message: 'its native library does not start', hint: reinstall(backend) });
  }
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NodeBackend;
  if (backend === 'gpu' && !isUsingGpuDevice) {
    return fail<Unavailable>({
      code: 'E1158',
      message: `TensorFlow ${binding.TF_Version} lists no GPU`,
      // The library the package fetches knows CUDA 11.2.
      hint: binding.TF_Version.startsWith('2.9.') ? 'pipe backend install gpu --python python3' : 'nvidia-smi',
    });
  }
  const device = isUsingGpuDevice ? gpuName() : (os.cpus()[0]?.model ?? os.arch());
  return ok({ version, device, details: { tensorflow: binding.TF_Version } });
}

/** What the library reads from the environment while it is loaded. */
function prepare(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  // Nothing below warnings: it greets with a list of processor features.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  // Removed in Node 23; version 4.22.0, the last one, still calls it.
  const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function loadFailure(backend: OptionalBackend, error: unknown): Unavailable {
  const text = error instanceof Error ? error.message : String(error);
  const message = /tfjs_binding\.node\) can not be found/.test(text)
    ? 'its native addon is missing: the package was installed without it'
    : `its native addon does not load: ${text.split('\n', 1)[0]?.trim()}`;
  return { code: 'E1152', message, hint: reinstall(backend) };
}

function reinstall(backend: OptionalBackend): string {
  return `pipe backend install ${backend}`;
}

/** As the driver calls the first one. */
function gpuName(): string {
  try {
    const [first = ''] = readdirSync(NVIDIA);
    const text = readFileSync(path.join(NVIDIA, first, 'information'), 'utf8');
    return /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? 'CUDA device';
  } catch {
    return 'CUDA device';
  }
}
