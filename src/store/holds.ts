/**
 * Holds names against other runs and against other tasks of this one.
 *
 * Tasks of this process wait for each other in memory; the one whose turn it is takes the lock on disk
 * (`lock-files.ts`), looking again after 20 ms, then ever more rarely, up to 200 ms.
 */
import { createHash } from 'node:crypto';
import { RENEW_MS } from './live-tokens.ts';
import { LockFiles } from './lock-files.ts';
import type { Hold } from './store.ts';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 200;

export class Holds {
  readonly #locks: LockFiles;
  /** Names held or being taken by this process, with a promise that resolves when they are free again. */
  readonly #local = new Map<string, Promise<void>>();
  #held = 0;
  #renewal: NodeJS.Timeout | null = null;

  /** @param folder absolute; made when needed. */
  constructor(folder: string) {
    this.#locks = new LockFiles(folder);
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

  /** Whether no live process holds a name, this one included. */
  isFree(name: string): boolean {
    return !this.#local.has(name) && this.#locks.isFree(lockName(name));
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
      const lock = lockName(name);
      for (let waitMs = FIRST_WAIT_MS; !this.#locks.take(lock); waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.5)) {
        tell(name);
        await orAborted(new Promise((resolve) => setTimeout(resolve, waitMs)), signal);
      }
      this.#count(1);
      return () => {
        this.#locks.release(lock);
        this.#count(-1);
        freeLocally();
      };
    } catch (error) {
      freeLocally();
      throw error;
    }
  }

  /** Gives signs of life while anything is held. */
  #count(change: 1 | -1): void {
    this.#held += change;
    if (this.#held > 0) this.#renewal ??= setInterval(() => this.#locks.renew(), RENEW_MS).unref();
    else if (this.#renewal !== null) {
      clearInterval(this.#renewal);
      this.#renewal = null;
    }
  }
}

/** Names hold anything; file names do not. */
function lockName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
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
