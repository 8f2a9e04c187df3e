/**
 * Who uses the store: any number of runs, or one process that removes things.
 *
 * A run leaves its mark, then looks whether someone removes; a remover takes its lock, then looks for marks. Whichever came
 * first is seen by the other, so that never both go on. A remover does not wait for runs, which may take days, and does
 * not keep new ones waiting: it is refused. Marks and the lock of killed processes count for nothing.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Holds } from './holds.ts';
import { liveTokens, RENEW_MS } from './live-tokens.ts';
import { newToken, processOf } from './process-identity.ts';
import type { Hold } from './store.ts';
import { storeInUse } from './store-problem.ts';

const REMOVING = 'removing from the store';

export class StoreUse {
  readonly #root: string;
  readonly #users: string;
  readonly #holds: Holds;

  constructor(root: string, holds: Holds) {
    this.#root = root;
    this.#users = path.join(root, 'users');
    this.#holds = holds;
  }

  /** Marks the store as used, once nobody removes from it any more. Rejects with the signal's reason when it aborts. */
  async use(onWait: (name: string) => void, signal: AbortSignal): Promise<Hold> {
    for (;;) {
      const release = this.#mark();
      if (this.#holds.isFree(REMOVING)) return { release };
      release();
      // Not held beyond this line: several runs may use the store.
      (await this.#holds.hold([REMOVING], onWait, signal)).release();
    }
  }

  /** The store for this process alone; a problem when any run uses it. */
  async exclusive(signal: AbortSignal): Promise<Result<Hold, Problem>> {
    const hold = await this.#holds.hold([REMOVING], () => {}, signal);
    const users = liveTokens(this.#users, Date.now());
    if (users.length === 0) return ok(hold);
    hold.release();
    return fail(storeInUse(this.#root, users.map(processOf)));
  }

  #mark(): () => void {
    mkdirSync(this.#users, { recursive: true });
    const token = newToken();
    const file = path.join(this.#users, token);
    writeFileSync(file, '.');
    const renewal = setInterval(() => renew(file), RENEW_MS).unref();
    return () => {
      clearInterval(renewal);
      rmSync(file, { force: true });
    };
  }
}

/** A mark that someone deleted is made again: the run still goes on. */
function renew(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '.');
}
