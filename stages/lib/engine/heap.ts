/**
 * Places in the engine's memory: one WebAssembly memory that all its threads share.
 *
 * Small blocks come from lists by size. Large ones are cut from free ranges, the smallest that fits, and grow together again
 * with their neighbours when they are released: training asks for the same sizes in every step, so memory stays flat.
 */
import { StageError } from '../../../src/sdk/index.ts';

const PAGE_BYTES = 65_536;
/** WebAssembly addresses 4 GiB. */
const MAXIMUM_PAGES = 65_536;
const SMALL_BYTES = 32_768;
const CUT_BYTES = 4_096;
/** Kernels load whole vectors, up to four at a time, past the end of a block. */
const MARGIN_BYTES = 64;

export class Heap {
  readonly memory: WebAssembly.Memory;
  #top: number;
  readonly #maximumPages: number;
  readonly #sizes = new Map<number, number>();
  readonly #small = new Map<number, number[]>();
  /** Free ranges by address: start and length, in order. */
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  #usedBytes = 0;

  /**
   * @param reservedBytes  at the beginning, for the module's own tables
   * @param maximumBytes   to stay below, for tests; at most 4 GiB
   */
  constructor(reservedBytes: number, maximumBytes = MAXIMUM_PAGES * PAGE_BYTES) {
    this.#maximumPages = Math.floor(maximumBytes / PAGE_BYTES);
    // The module declares the largest memory there is; one that may grow less would not fit its import.
    this.memory = new WebAssembly.Memory({ initial: 64, maximum: MAXIMUM_PAGES, shared: true });
    this.#top = reservedBytes;
  }

  get maximumBytes(): number {
    return this.#maximumPages * PAGE_BYTES;
  }

  /** Bytes of all blocks that are not released. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @returns the address, divisible by 64. @throws StageError when there is no room. */
  allocate(wantedBytes: number): number {
    const bytes = roundUp(wantedBytes + MARGIN_BYTES);
    const address = bytes <= SMALL_BYTES ? this.#takeSmall(bytes) : this.#takeLarge(bytes);
    this.#sizes.set(address, bytes);
    this.#usedBytes += bytes;
    return address;
  }

  release(address: number): void {
    const bytes = this.#sizes.get(address);
    if (bytes === undefined) throw new Error(`no block begins at ${address}`);
    this.#sizes.delete(address);
    this.#usedBytes -= bytes;
    if (bytes > SMALL_BYTES) this.#giveBack(address, bytes);
    else this.#small.get(bytes)?.push(address);
  }

  #takeSmall(bytes: number): number {
    let list = this.#small.get(bytes);
    if (list === undefined) {
      list = [];
      this.#small.set(bytes, list);
    }
    const free = list.pop();
    if (free !== undefined) return free;
    const slab = this.#takeLarge(SMALL_BYTES * 2);
    for (let at = slab + SMALL_BYTES * 2 - bytes; at > slab; at -= bytes) list.push(at);
    return list.pop() ?? slab;
  }

  #takeLarge(bytes: number): number {
    let best = -1;
    for (let i = 0; i < this.#lengths.length; i++) {
      const length = this.#lengths[i] as number;
      if (length >= bytes && (best < 0 || length < (this.#lengths[best] as number))) best = i;
    }
    if (best < 0) return this.#extend(bytes);
    const start = this.#starts[best] as number;
    const length = this.#lengths[best] as number;
    if (length === bytes) {
      this.#starts.splice(best, 1);
      this.#lengths.splice(best, 1);
    } else {
      this.#starts[best] = start + bytes;
      this.#lengths[best] = length - bytes;
    }
    return start;
  }

  /** Takes from the end of the memory; a free range that lies there is used first. */
  #extend(bytes: number): number {
    const last = this.#starts.length - 1;
    let start = this.#top;
    const touchesEnd = last >= 0 && (this.#starts[last] as number) + (this.#lengths[last] as number) === this.#top;
    if (touchesEnd) start = this.#starts[last] as number;
    const end = start + bytes;
    const size = this.memory.buffer.byteLength;
    // The last page stays free: kernels may load past the end of the last block.
    if (end + PAGE_BYTES > size) {
      const pages = Math.ceil((end + PAGE_BYTES - size) / PAGE_BYTES);
      const room = this.#maximumPages - size / PAGE_BYTES;
      if (pages > room) throw this.#full(bytes);
      try {
        this.memory.grow(Math.min(room, pages + 128));
      } catch {
        throw this.#full(bytes);
      }
    }
    if (touchesEnd) {
      this.#starts.pop();
      this.#lengths.pop();
    }
    this.#top = end;
    return start;
  }

  #giveBack(address: number, bytes: number): void {
    let at = 0;
    while (at < this.#starts.length && (this.#starts[at] as number) < address) at++;
    const before = at - 1;
    const joinsBefore = before >= 0 && (this.#starts[before] as number) + (this.#lengths[before] as number) === address;
    const joinsAfter = at < this.#starts.length && address + bytes === this.#starts[at];
    if (joinsBefore) {
      this.#lengths[before] =
        (this.#lengths[before] as number) + bytes + (joinsAfter ? (this.#lengths[at] as number) : 0);
      if (!joinsAfter) return;
      this.#starts.splice(at, 1);
      this.#lengths.splice(at, 1);
    } else if (joinsAfter) {
      this.#starts[at] = address;
      this.#lengths[at] = (this.#lengths[at] as number) + bytes;
    } else {
      this.#starts.splice(at, 0, address);
      this.#lengths.splice(at, 0, bytes);
    }
  }

  #full(bytes: number): StageError {
    const limit = this.#maximumPages * PAGE_BYTES;
    if (bytes > limit / 2) {
      return new StageError(
        `one tensor of ${megabytes(bytes)} MB, where the engine has ${megabytes(limit)} MB for all`,
        {
          code: 'E1101',
          hint: 'make the largest layer smaller, such as the one after `flatten`, or use `globalAverage` before it',
        },
      );
    }
    return new StageError(
      `the engine's ${megabytes(limit)} MB are full: ${megabytes(this.#usedBytes)} MB in use, ${megabytes(bytes)} MB more wanted`,
      { code: 'E1100', hint: 'halve `batchSize`' },
    );
  }
}

/** Small sizes in eighths of a power of two, so that few lists serve all; large ones in whole cuts. */
function roundUp(bytes: number): number {
  if (bytes > SMALL_BYTES) return Math.ceil(bytes / CUT_BYTES) * CUT_BYTES;
  const step = Math.max(64, 2 ** Math.floor(Math.log2(bytes) - 3));
  return Math.ceil(bytes / step) * step;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
