/** What a numeric backend is to the code that trains with it, and what became of an attempt to open one. */
import type { BackendName } from '../../../src/base/backends.ts';
import type { ProblemCode } from '../../../src/base/problem-codes.ts';
import type { Result } from '../../../src/base/result.ts';
import type { JsonObject } from '../../../src/sdk/index.ts';
import type { Layers, Tf } from './tensorflow.ts';

export interface Backend {
  readonly name: BackendName;
  readonly tf: Tf;
  readonly layers: Layers;
  /** What to record with a result: backend, version, threads, device. */
  readonly provenance: JsonObject;
  /** The device is emulated by the processor: used when asked for by name, never chosen. */
  readonly isEmulated: boolean;
}

/** Why a backend cannot be used here: not installed (E1151), does not load (E1152), no device (E1158), computes wrong (E1153). */
export interface Unavailable {
  readonly code: ProblemCode;
  /** Lower case, no final period. */
  readonly message: string;
  readonly hint: string;
}

/** The part of the provenance that only the backend itself knows. */
export interface Started {
  readonly version: string;
  readonly device: string;
  readonly details?: JsonObject;
  readonly isEmulated?: boolean;
}

/** Makes a backend the library's current one. Starts nothing when it cannot be used. */
export type StartBackend = (tf: Tf, threads: number) => Promise<Result<Started, Unavailable>>;
