/**
 * Bounds the memory of images that are decoded at the same time, whatever their sizes, in one thread or in all of a pool.
 *
 * Within a thread images wait in the order asked. A thread that works on nothing itself and finds the others at the limit
 * sleeps until one of them is done.
 */

/** An image of more pixels is not decoded: a file of a few bytes can announce more than fits into memory. */
export const MAX_PIXELS = 100_000_000;

interface Waiting {
  readonly pixels: number;
  readonly start: () => void;
}

export class PixelBudget {
  /** One number: pixels in work in all threads that have it. */
  readonly #shared: Int32Array;
  readonly #limit: number;
  /** Pixels in work in this thread. */
  #own = 0;
  readonly #waiting: Waiting[] = [];

  constructor(limit: number, shared: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.#limit = limit;
    this.#shared = shared;
  }

  /** Starts `work` when its pixels fit beside those in work. An image of the whole budget works alone. */
  async within<T>(pixels: number, work: () => T | Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#take(pixels)) {
      await new Promise<void>((start) => {
        this.#waiting.push({ pixels, start });
        this.#startFitting();
      });
    }
    try {
      return await work();
    } finally {
      this.#own -= pixels;
      Atomics.sub(this.#shared, 0, pixels);
      Atomics.notify(this.#shared, 0);
      this.#startFitting();
    }
  }

  #startFitting(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#take(next.pixels); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.start();
    }
  }

  /** False when it does not fit and work of this thread will make room. */
  #take(pixels: number): boolean {
    for (;;) {
      const used = Atomics.load(this.#shared, 0);
      if (used === 0 || used + pixels <= this.#limit) {
        if (Atomics.compareExchange(this.#shared, 0, used, used + pixels) !== used) continue;
        this.#own += pixels;
        return true;
      }
      if (this.#own > 0) return false;
      Atomics.wait(this.#shared, 0, used);
    }
  }
}

/** As many pixels are in work at once as the largest image may have, 300 MB of them. */
export let pixelsInWork = new PixelBudget(MAX_PIXELS);

/** Makes this thread count with those that have `shared`. Before its first image. */
export function sharePixelsInWork(shared: Int32Array): void {
  pixelsInWork = new PixelBudget(MAX_PIXELS, shared);
}
