/**
 * Holds names against other runs and against other tasks of this one.
 *
 * Tasks of this process wait for each other in memory; the one whose turn it is takes the lock on disk (`name-lock.ts`),
 * looking again after 20 ms, then ever more rarely, up to 200 ms.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Claim, claim, RENEW_MS } from './name-lock.ts';
import type { Hold } from './store.ts';
import { errnoOf } from './store-problem.ts';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 200;

export class Holds {
  readonly #folder: string;
  /** Names held or being taken by this process, with a promise that resolves when they are free again. */
  readonly #local = new Map<string, Promise<void>>();
  readonly #claims = new Set<Claim>();
  #renewal: NodeJS.Timeout | null = null;

  /** @param folder absolute; made when needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** See `Store.hold`. Rejects with the signal's reason, holding nothing, when the signal aborts. */
  async hold(names: readonly string[], onWait: (name: string) => void, signal: AbortSignal): Promise<Hold> {
    const taken: (() => void)[] = [];
    const release = () => {
      for (const each of taken.splice(0).reverse()) each();
    };
    let hasWaited = false;
    const tell = (name: string) => {
      if (!hasWaited) onWait(name);
      hasWaited = true;
    };
    try {
      for (const name of [...new Set(names)].sort()) taken.push(await this.#take(name, tell, signal));
      return { release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #take(name: string, tell: (name: string) => void, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    for (let free = this.#local.get(name); free !== undefined; free = this.#local.get(name)) {
      tell(name);
      await orAborted(free, signal);
    }
    let setFree = () => {};
    this.#local.set(name, new Promise((resolve) => (setFree = resolve)));
    const freeLocally = () => {
      this.#local.delete(name);
      setFree();
    };
    try {
      const held = await this.#takeOnDisk(name, tell, signal);
      return () => {
        this.#drop(held);
        freeLocally();
      };
    } catch (error) {
      freeLocally();
      throw error;
    }
  }

  async #takeOnDisk(name: string, tell: (name: string) => void, signal: AbortSignal): Promise<Claim> {
    const wanted = this.#claim(createHash('sha256').update(name).digest('hex').slice(0, 32));
    try {
      for (let waitMs = FIRST_WAIT_MS; !wanted.take(); waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.5)) {
        tell(name);
        await orAborted(new Promise((resolve) => setTimeout(resolve, waitMs)), signal);
      }
      this.#claims.add(wanted);
      this.#renewal ??= setInterval(() => this.#renew(), RENEW_MS).unref();
      return wanted;
    } catch (error) {
      wanted.release();
      throw error;
    }
  }

  #claim(lock: string): Claim {
    try {
      return claim(path.join(this.#folder, lock));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      mkdirSync(this.#folder, { recursive: true });
      return claim(path.join(this.#folder, lock));
    }
  }

  #drop(held: Claim): void {
    held.release();
    this.#claims.delete(held);
    if (this.#claims.size > 0 || this.#renewal === null) return;
    clearInterval(this.#renewal);
    this.#renewal = null;
  }

  #renew(): void {
    for (const held of this.#claims) held.renew();
  }
}

/** Waits for a promise, but no longer than the signal allows. */
async function orAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    signal.throwIfAborted();
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
