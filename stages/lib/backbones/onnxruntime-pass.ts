/**
 * Runs a frozen backbone in onnxruntime, where somebody has installed `onnxruntime-node`: several times as fast as the engine.
 *
 * Never needed, and never part of a key. Its values are those of the engine up to rounding, so a result made with it is recorded
 * as such, and whoever names a numeric backend gets that backend.
 */
import { createRequire } from 'node:module';
import { BACKEND_VARIABLE } from '../../../src/base/backends.ts';
import { findPackage } from '../backend/find-package.ts';
import { foldNormalization } from './fold-normalization.ts';
import type { FrozenPass, FrozenWork } from './frozen-pass.ts';
import { ONNX_INPUT, ONNX_OUTPUT, writeOnnx } from './write-onnx.ts';

const PACKAGE = 'onnxruntime-node';
const BATCH_IMAGES = 8;

/** The part of its interface that is used here. */
interface Onnxruntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', values: Float32Array, shape: readonly number[]) => unknown;
}

interface Session {
  run(inputs: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>;
  release(): Promise<void>;
}

/** Null: it is not installed, does not load, or cannot run this network; or a backend was asked for by name. */
export async function openOnnxruntimePass(work: FrozenWork, threads: number): Promise<FrozenPass | null> {
  const named = process.env[BACKEND_VARIABLE] ?? '';
  if (named !== '' && named !== 'auto') return null;
  const found = findPackage('onnxruntime', PACKAGE);
  if (found === null) return null;
  const { cut, shape, isPooled } = work;
  const file = writeOnnx(foldNormalization(cut), { shape, isPooled, batch: BATCH_IMAGES });
  if (file === null) return null;
  let runtime: Onnxruntime;
  let session: Session;
  try {
    runtime = createRequire(found.main)(found.main) as Onnxruntime;
    session = await runtime.InferenceSession.create(file, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Only errors: it warns of what it optimises.
      logSeverityLevel: 3,
    });
  } catch {
    // Made for another platform, or for another version of Node: the backend does the work.
    return null;
  }
  return {
    by: `onnxruntime ${found.version}`,
    batch: BATCH_IMAGES,
    async run(pixels) {
      const images = new runtime.Tensor('float32', pixels, [BATCH_IMAGES, ...shape]);
      const made = await session.run({ [ONNX_INPUT]: images });
      return Float32Array.from(made[ONNX_OUTPUT]?.data ?? []);
    },
    close: () => void session.release(),
  };
}
