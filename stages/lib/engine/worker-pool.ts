/**
 * Runs kernels on several threads that share one memory.
 *
 * A kernel's outputs are parted, never its sums, so the number of threads changes no bit. The caller takes part and blocks:
 * kernels look synchronous to the library above. Threads look for work for a moment, then sleep.
 */
import { Worker } from 'node:worker_threads';
import { takeParts } from './parts.mjs';

const LARGEST_ARGUMENTS = 48;
/** Parts for each thread: some, so that none waits long for the last. */
const PARTS_PER_THREAD = 4;
/** Operations that are not worth waking another thread for. */
const SMALL_JOB = 60_000;
const LOOKS = 4000;

/** A kernel's last arguments are the first item to do, the one to stop before, and the thread's number. */
export type Kernels = Readonly<Record<string, (...args: number[]) => number>>;

export class WorkerPool {
  readonly threads: number;
  readonly #names: readonly string[];
  readonly #list: readonly ((...args: number[]) => number)[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #words = new Int32Array(new SharedArrayBuffer(64));
  readonly #values = new Float64Array(new SharedArrayBuffer(8 * LARGEST_ARGUMENTS));
  readonly #workers: Worker[] = [];

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, kernels: Kernels, threads: number) {
    this.threads = threads;
    this.#names = Object.keys(kernels).filter((name) => typeof kernels[name] === 'function');
    this.#list = this.#names.map((name) => kernels[name] as (...args: number[]) => number);
    this.#index = new Map(this.#names.map((name, i) => [name, i]));
    for (let worker = 1; worker < threads; worker++) {
      const started = new Worker(new URL('./pool-worker.mjs', import.meta.url), {
        execArgv: [],
        workerData: {
          module,
          memory,
          control: this.#words.buffer,
          args: this.#values.buffer,
          names: this.#names,
          worker,
        },
      });
      started.unref();
      this.#workers.push(started);
    }
  }

  /**
   * @param args        of the kernel, without the last three
   * @param items       that the kernel can be parted by
   * @param operations  about how many there are in all
   * @param unit        items that stay together
   */
  run(name: string, args: readonly number[], items: number, operations: number, unit = 1): void {
    const index = this.#index.get(name);
    const kernel = index === undefined ? undefined : this.#list[index];
    if (index === undefined || kernel === undefined) throw new Error(`no kernel is called ${name}`);
    const units = Math.ceil(items / unit);
    if (units === 0) return;
    if (this.threads === 1 || units === 1 || operations < SMALL_JOB) {
      kernel(...args, 0, items, 0);
      return;
    }
    const parts = Math.min(units, this.threads * PARTS_PER_THREAD, 1000);
    const words = this.#words;
    this.#values.set(args);
    words[3] = index;
    words[4] = args.length;
    words[5] = items;
    words[6] = unit;
    Atomics.store(words, 2, 0);
    Atomics.store(words, 1, parts << 10);
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);
    takeParts(words, this.#values, this.#list, 0);
    for (let look = 0; ; look++) {
      const done = Atomics.load(words, 2);
      if (done === parts) break;
      if (look > LOOKS) Atomics.wait(words, 2, done, 5);
    }
    if (Atomics.load(words, 7) !== 0) throw new Error(`the kernel ${name} failed`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
