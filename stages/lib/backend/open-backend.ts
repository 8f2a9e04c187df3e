/**
 * Opens the numeric backend: what multiplies and adds while a model trains.
 *
 * Which one is the environment's to say, not a param's: it is no part of a key, and is recorded with the result instead. None
 * is used before it has passed the self-test. Everything above this folder uses TensorFlow.js's own interfaces.
 */
import {
  AUTO_ORDER,
  BACKEND_CHOICES,
  BACKEND_VARIABLE,
  type BackendName,
  isBackendChoice,
} from '../../../src/base/backends.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { type JsonObject, StageError } from '../../../src/sdk/index.ts';
import type { Backend, StartBackend, Unavailable } from './backend.ts';
import { loadCore, loadLayers } from './library.ts';
import { selfTest } from './self-test.ts';

export type { Backend } from './backend.ts';

export interface OpenOptions {
  /** Threads it may keep busy (default: 1). The first call of a process decides. */
  readonly threads?: number;
}

/** Loaded when asked for: none pays for another. */
const STARTS: Readonly<Record<BackendName, () => Promise<StartBackend>>> = {
  gpu: async () => (await import('./tensorflow-backend.ts')).startGpu,
  tensorflow: async () => (await import('./tensorflow-backend.ts')).startTensorflow,
  webgpu: async () => (await import('./webgpu-backend.ts')).startWebgpu,
  wasm: async () => (await import('./wasm-backend.ts')).startWasm,
  cpu: async () => (await import('./cpu-backend.ts')).startCpu,
};

let opening: Promise<Backend> | null = null;

/**
 * Opens it at the first call; a process has one.
 *
 * @throws StageError E1150 to E1153 or E1158 when the backend asked for cannot be used.
 */
export function openBackend(options: OpenOptions = {}): Promise<Backend> {
  opening ??= chooseBackend(process.env[BACKEND_VARIABLE] || 'auto', options.threads ?? 1);
  return opening;
}

/** The backend of a name; for `auto`, the first of AUTO_ORDER that can be used. @throws StageError as `openBackend` does. */
export async function chooseBackend(choice: string, threads: number): Promise<Backend> {
  if (!isBackendChoice(choice)) {
    throw new StageError(
      `\`${BACKEND_VARIABLE}\` is \`${choice}\`, expected one of ${BACKEND_CHOICES.map((each) => `\`${each}\``).join(', ')}`,
      { code: 'E1150', hint: 'pipe backend' },
    );
  }
  const candidates = choice === 'auto' ? AUTO_ORDER : [choice];
  const passedOver: Record<string, string> = {};
  let last: Unavailable | null = null;
  for (const name of candidates) {
    const tried = await tryBackend(name, threads, choice === 'auto');
    if (tried.ok) {
      const { provenance } = tried.value;
      return Object.keys(passedOver).length === 0
        ? tried.value
        : { ...tried.value, provenance: { ...provenance, passedOver } };
    }
    last = tried.failure;
    // What is not installed is no news.
    if (last.code !== 'E1151') passedOver[name] = last.message;
  }
  throw new StageError(`the backend \`${candidates.at(-1)}\` cannot be used: ${last?.message}`, {
    ...(last === null ? {} : { code: last.code, hint: last.hint }),
  });
}

/**
 * Opens a backend and tests it.
 *
 * @param realOnly  refuse a device that is emulated by the processor.
 */
export async function tryBackend(
  name: BackendName,
  threads: number,
  realOnly = false,
): Promise<Result<Backend, Unavailable>> {
  const tf = await loadCore();
  // The library greets people with advice about another package, and tells of kernels registered twice.
  tf.env().set('PROD', true);
  const [layers, start] = await Promise.all([loadLayers(), STARTS[name]()]);
  const started = await start(tf, threads);
  if (!started.ok) return started;
  const { version, device, details, isEmulated = false } = started.value;
  if (realOnly && isEmulated) {
    return fail({
      code: 'E1158',
      message: `${device} computes on the processor`,
      hint: `PIPE_BACKEND=${name} pipe run`,
    });
  }
  const fault = await selfTest(tf);
  if (fault !== null) {
    return fail({
      code: 'E1153',
      message: fault,
      hint: `pipe run --backend ${name === 'wasm' ? 'cpu' : 'wasm'}`,
    });
  }
  const provenance: JsonObject = { name, version, threads, device, ...(details ?? {}) };
  return ok({ name, tf, layers, provenance, isEmulated });
}
