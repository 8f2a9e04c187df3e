/**
 * A backend of TensorFlow.js whose tensors lie in the engine's own memory.
 *
 * It keeps tensors and runs kernels on threads; the kernels themselves are registered by the files named `*-kernels.ts`.
 */
import type { BackendValues, DataId, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { loadModule, MODULE_BYTES } from './engine-module.ts';
import { Heap } from './heap.ts';
import { PreparedWeights } from './prepared-weights.ts';
import { WorkerPool } from './worker-pool.ts';

export const ENGINE_NAME = 'pipe-wasm';

export type Values = Float32Array | Int32Array | Uint8Array;

interface Entry {
  readonly dtype: DataType;
  readonly size: number;
  /** -1 for text, which does not lie in the engine's memory. */
  readonly address: number;
  readonly texts: BackendValues | null;
  references: number;
}

export type EngineBackend = InstanceType<ReturnType<typeof defineBackend>>;

/** @param maximumBytes  of memory, for tests of what happens when it is full */
export async function createBackend(tf: Tf, threads: number, maximumBytes?: number): Promise<EngineBackend> {
  const heap = new Heap(MODULE_BYTES, maximumBytes);
  const { module, kernels } = await loadModule(heap.memory);
  const pool = new WorkerPool(module, heap.memory, kernels, threads);
  const Backend = defineBackend(tf);
  return new Backend(heap, pool, kernels);
}

// The class can only be made once the library is there, which is loaded when it is needed.
function defineBackend(tf: Tf) {
  return class extends tf.KernelBackend {
    readonly heap: Heap;
    readonly pool: WorkerPool;
    readonly kernels: Awaited<ReturnType<typeof loadModule>>['kernels'];
    /** Fetches a tensor from the backend it lies in, if that is another one. */
    readonly #entries = new tf.DataStorage<Entry>(this, tf.engine());
    readonly #prepared: PreparedWeights;
    #scratch: number[] = [];

    constructor(heap: Heap, pool: WorkerPool, kernels: Awaited<ReturnType<typeof loadModule>>['kernels']) {
      super();
      this.heap = heap;
      this.pool = pool;
      this.kernels = kernels;
      this.#prepared = new PreparedWeights(heap, heap.maximumBytes / 4);
    }

    /** A new tensor whose values are whatever lay there. */
    output(shape: readonly number[], dtype: DataType): TensorInfo {
      const dataId = {};
      this.#place(dataId, sizeOf(shape), dtype);
      return { dataId, shape: [...shape], dtype };
    }

    /** The same values under another shape. */
    alias(x: TensorInfo, shape: readonly number[]): TensorInfo {
      this.incRef(x.dataId);
      return { dataId: x.dataId, shape: [...shape], dtype: x.dtype };
    }

    address(x: TensorInfo): number {
      return this.#entry(x.dataId).address;
    }

    /** The values where they lie: of use only until the next allocation. */
    view(x: TensorInfo): Values {
      const { address, size, dtype } = this.#entry(x.dataId);
      return viewOf(this.heap.memory.buffer, address, size, dtype);
    }

    /** Memory for the kernel that runs now. */
    scratch(floats: number): number {
      const address = this.#allocate(floats * 4);
      this.#scratch.push(address);
      return address;
    }

    /** Integers as scratch, such as the lengths and steps of axes. */
    scratchIntegers(values: readonly number[]): number {
      const address = this.scratch(Math.max(1, values.length));
      new Int32Array(this.heap.memory.buffer, address, values.length).set(values);
      return address;
    }

    releaseScratch(): void {
      for (const address of this.#scratch) this.heap.release(address);
      this.#scratch = [];
      this.#prepared.endUse();
    }

    /**
     * What is made of weights before they are used: made now, or kept from before if no tensor it is made of has changed.
     *
     * @param name    tells apart what is made of the same tensors
     * @param floats  that `make` writes to the address it gets
     */
    prepared(name: string, of: readonly TensorInfo[], floats: number, make: (to: number) => void): number {
      const ids = of.map(({ dataId }) => dataId);
      // The same values may have another shape elsewhere: then something else is made of them.
      const shaped = `${name} ${of[0]?.shape}`;
      const kept = this.#prepared.find(shaped, ids);
      if (kept !== null) return kept;
      const isKept = this.#prepared.isWorthKeeping(shaped, ids, floats * 4);
      const address = this.scratch(floats);
      make(address);
      if (isKept) {
        this.#scratch = this.#scratch.filter((each) => each !== address);
        this.#prepared.keep(shaped, ids, address, floats * 4);
      }
      return address;
    }

    /** To be called by a kernel that changes a tensor in place. */
    changed(x: TensorInfo): void {
      this.#prepared.forget(x.dataId);
    }

    /** Bytes of what is kept of weights. */
    get preparedBytes(): number {
      return this.#prepared.keptBytes;
    }

    /** Runs a kernel that is not parted, on this thread. */
    call(name: string, ...args: number[]): number {
      const kernel = this.kernels[name];
      if (kernel === undefined) throw new Error(`no kernel is called ${name}`);
      return kernel(...args);
    }

    textsOf(x: TensorInfo): BackendValues | null {
      return this.#entry(x.dataId).texts;
    }

    #entry(dataId: DataId): Entry {
      return this.#entries.get(dataId);
    }

    #place(dataId: DataId, size: number, dtype: DataType, references = 1): number {
      const address = this.#allocate(size * bytesOf(dtype));
      this.#entries.set(dataId, { dtype, size, address, texts: null, references });
      return address;
    }

    /** What is kept of weights makes room before memory is said to be full. */
    #allocate(bytes: number): number {
      try {
        return this.heap.allocate(bytes);
      } catch (error) {
        if (!this.#prepared.releaseAll()) throw error;
        return this.heap.allocate(bytes);
      }
    }

    // From here on: what the library calls.

    override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
      const dataId = {};
      this.move(dataId, values, shape, dtype, 1);
      return dataId;
    }

    override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
      if (dtype === 'string' || dtype === 'complex64') {
        this.#entries.set(dataId, { dtype, size: 0, address: -1, texts: values, references: refCount });
        return;
      }
      const size = sizeOf(shape);
      const address = this.#place(dataId, size, dtype, refCount);
      if (values !== null && values !== undefined) {
        viewOf(this.heap.memory.buffer, address, size, dtype).set(values as Values);
      }
    }

    override readSync(dataId: DataId): BackendValues {
      const { address, size, dtype, texts } = this.#entry(dataId);
      return texts ?? viewOf(this.heap.memory.buffer, address, size, dtype).slice();
    }

    override async read(dataId: DataId): Promise<BackendValues> {
      return this.readSync(dataId);
    }

    override disposeData(dataId: DataId, force = false): boolean {
      if (!this.#entries.has(dataId)) return true;
      const entry = this.#entries.get(dataId);
      entry.references--;
      if (!force && entry.references > 0) return false;
      this.#prepared.forget(dataId);
      if (entry.address >= 0) this.heap.release(entry.address);
      this.#entries.delete(dataId);
      return true;
    }

    override refCount(dataId: DataId): number {
      return this.#entries.has(dataId) ? this.#entries.get(dataId).references : 0;
    }

    override incRef(dataId: DataId): void {
      this.#entry(dataId).references++;
    }

    override numDataIds(): number {
      return this.#entries.numDataIds();
    }

    override memory(): { unreliable: boolean } {
      return { unreliable: false };
    }

    override timerAvailable(): boolean {
      return false;
    }

    override floatPrecision(): 16 | 32 {
      return 32;
    }

    override epsilon(): number {
      return 1e-7;
    }

    override dispose(): void {
      void this.pool.close();
    }
  };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function bytesOf(dtype: DataType): number {
  return dtype === 'bool' ? 1 : 4;
}

function viewOf(buffer: ArrayBufferLike, address: number, size: number, dtype: DataType): Values {
  if (dtype === 'float32') return new Float32Array(buffer, address, size);
  if (dtype === 'int32') return new Int32Array(buffer, address, size);
  return new Uint8Array(buffer, address, size);
}
