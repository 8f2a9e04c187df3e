/** Bounds the memory of images that are decoded at the same time, whatever their sizes. */

interface Waiting {
  readonly pixels: number;
  readonly start: () => void;
}

export class PixelBudget {
  readonly #limit: number;
  #used = 0;
  readonly #waiting: Waiting[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `work` when its pixels fit beside those in work, in the order asked. An image of the whole budget works alone. */
  async within<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || this.#used + pixels > this.#limit) {
      await new Promise<void>((start) => {
        this.#waiting.push({ pixels, start });
        this.#startFitting();
      });
    } else this.#used += pixels;
    try {
      return await work();
    } finally {
      this.#used -= pixels;
      this.#startFitting();
    }
  }

  #startFitting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#used > 0 && this.#used + next.pixels > this.#limit) return;
      this.#waiting.shift();
      this.#used += next.pixels;
      next.start();
    }
  }
}
