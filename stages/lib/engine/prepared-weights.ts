/**
 * What kernels make of weights before they multiply by them, kept as long as the weights stay as they are.
 *
 * Filters are packed and transformed anew for every batch otherwise, which takes a fifth of a forward pass of ResNet18. Only what is asked
 * for a second time is kept: in training weights change after every step, so there nothing is. A tensor's values change where they
 * are written in place or given up, and nowhere else; `forget` has to be called there.
 */
import type { DataId } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.ts';

interface Block {
  readonly name: string;
  /** All tensors it was made of. */
  readonly of: readonly DataId[];
  readonly address: number;
  readonly bytes: number;
}

interface Known {
  readonly asked: Set<string>;
  readonly blocks: Set<Block>;
}

export class PreparedWeights {
  readonly #heap: Heap;
  readonly #largestBytes: number;
  readonly #known = new Map<DataId, Known>();
  /** Blocks whose addresses the kernel that runs now was given. */
  readonly #inUse = new Set<Block>();
  #keptBytes = 0;

  /** @param largestBytes  of all that is kept */
  constructor(heap: Heap, largestBytes: number) {
    this.#heap = heap;
    this.#largestBytes = largestBytes;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** @returns the address of what was kept under this name for these tensors, or null. */
  find(name: string, of: readonly DataId[]): number | null {
    for (const block of this.#known.get(of[0] as DataId)?.blocks ?? []) {
      if (block.name !== name || block.of.length !== of.length || !block.of.every((each, i) => each === of[i]))
        continue;
      this.#inUse.add(block);
      return block.address;
    }
    return null;
  }

  /** Whether it was asked for before, and there is room: then the caller is to hand it over to `keep`. */
  isWorthKeeping(name: string, of: readonly DataId[], bytes: number): boolean {
    const { asked } = this.#of(of[0] as DataId);
    const isAsked = asked.has(name);
    asked.add(name);
    return isAsked && this.#keptBytes + bytes <= this.#largestBytes;
  }

  /** Takes over a block of the heap, which the kernel that runs now still uses. */
  keep(name: string, of: readonly DataId[], address: number, bytes: number): void {
    const block = { name, of, address, bytes };
    this.#inUse.add(block);
    this.#keptBytes += bytes;
    for (const each of of) this.#of(each).blocks.add(block);
  }

  /** To be called when a tensor's values change or are given up. */
  forget(dataId: DataId): void {
    const known = this.#known.get(dataId);
    if (known === undefined) return;
    for (const block of known.blocks) this.#release(block);
    this.#known.delete(dataId);
  }

  /** The kernel has ended. */
  endUse(): void {
    this.#inUse.clear();
  }

  /** Releases all that no running kernel uses. @returns whether there was any. */
  releaseAll(): boolean {
    const before = this.#keptBytes;
    for (const { blocks } of [...this.#known.values()]) {
      for (const block of blocks) if (!this.#inUse.has(block)) this.#release(block);
    }
    return this.#keptBytes < before;
  }

  #release(block: Block): void {
    for (const each of block.of) this.#known.get(each)?.blocks.delete(block);
    this.#heap.release(block.address);
    this.#keptBytes -= block.bytes;
  }

  #of(dataId: DataId): Known {
    let known = this.#known.get(dataId);
    if (known === undefined) {
      known = { asked: new Set(), blocks: new Set() };
      this.#known.set(dataId, known);
    }
    return known;
  }
}
