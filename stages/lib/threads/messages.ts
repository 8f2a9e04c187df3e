/** What a pool and its threads say to one another, and which memory goes over without being copied. */
import { StageError } from '../../../src/sdk/index.ts';

export interface PoolData {
  /** Pixels in work in all threads. */
  readonly pixels: Int32Array;
}

export interface JobMessage {
  readonly id: number;
  readonly job: unknown;
}

export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: Thrown };

/** An error with what would be lost on the way: its name, and what a StageError carries. */
export type Thrown = Pick<Error, 'name' | 'message' | 'stack'> & ConstructorParameters<typeof StageError>[1];

export function describeThrown(thrown: unknown): Thrown {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { name, message, stack } = thrown;
  const said = { name, message, ...(stack === undefined ? {} : { stack }) };
  if (!(thrown instanceof StageError)) return said;
  const { hint, code, param } = thrown;
  return {
    ...said,
    ...(hint === undefined ? {} : { hint }),
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  };
}

export function restoreThrown({ name, message, stack, ...details }: Thrown): Error {
  const error = name === 'StageError' ? new StageError(message, details) : new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/**
 * Memory that may be given away with a job or a result: arrays that have theirs for themselves, in it or in its members. A
 * Buffer may share its memory with others, or have it from a library: those are copied, with all of the block they lie in.
 */
export function ownMemory(value: unknown): ArrayBuffer[] {
  const members = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? Object.values(value) : [];
  return [value, ...members].flatMap((each) =>
    each instanceof Uint8Array &&
    !Buffer.isBuffer(each) &&
    each.buffer instanceof ArrayBuffer &&
    each.byteLength === each.buffer.byteLength
      ? [each.buffer]
      : [],
  );
}
