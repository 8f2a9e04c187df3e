/**
 * Locks between processes, each a file: there, it is held; its text is the holder's token.
 *
 * A process has one file of its own with its token in it. Taking a lock gives that file the lock's name as a second name:
 * link(2) does so in one step or fails because the name exists. Releasing removes the name. Two cheap system calls.
 *
 * Taking over from a dead holder: under the breaker lock of that name, look whether the holder is dead, and remove the file.
 * Between the look and the removal the file cannot become someone else's: only its holder (dead, and dead stays dead) or
 * another breaker (shut out) would remove it, and nothing replaces it while it is there. A breaker that is killed frees
 * the breaker lock by dying.
 *
 * A holder on another machine or in another container shows life by writing to its own file, which all its locks are names
 * of; see `live-tokens.ts`. Within one machine nothing depends on clocks.
 */
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { withBreakerLock } from './breaker-lock.ts';
import { isDead } from './live-tokens.ts';
import { newToken } from './process-identity.ts';
import { errnoOf } from './store-problem.ts';

const OWN = 'own.';

export class LockFiles {
  readonly #folder: string;
  /** Absolute path of this process's own file. */
  #own: string | null = null;

  /** @param folder absolute; made when needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** True when the lock is ours now. @param name of letters and digits. @throws the file system's error. */
  take(name: string): boolean {
    const lock = path.join(this.#folder, name);
    for (;;) {
      try {
        linkSync(this.#ownFile(), lock);
        return true;
      } catch (error) {
        if (errnoOf(error) === 'ENOENT')
          this.#own = null; // someone deleted the folder
        else if (errnoOf(error) !== 'EEXIST') throw error;
        else if (!this.#breakDead(lock)) return false;
      }
    }
  }

  release(name: string): void {
    try {
      unlinkSync(path.join(this.#folder, name));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }

  /** Whether no live process holds a lock. */
  isFree(name: string): boolean {
    return this.#isDead(path.join(this.#folder, name));
  }

  /** Shows life to other machines. Writes, rather than sets a time: the time is then the file system's own. */
  renew(): void {
    if (this.#own === null) return;
    try {
      const descriptor = openSync(this.#own, 'r+');
      writeSync(descriptor, path.basename(this.#own).slice(OWN.length), 0);
      closeSync(descriptor);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }

  /** True when the lock may be free now. */
  #breakDead(lock: string): boolean {
    if (!this.#isDead(lock)) return false;
    return withBreakerLock(`${lock}.break`, () => {
      if (this.#isDead(lock)) rmSync(lock, { force: true });
    });
  }

  #isDead(lock: string): boolean {
    const token = readToken(lock);
    if (token === null) return true;
    this.renew();
    return isDead(token, statSync(lock, { throwIfNoEntry: false }), statSync(this.#ownFile()).mtimeMs);
  }

  #ownFile(): string {
    if (this.#own !== null) return this.#own;
    mkdirSync(this.#folder, { recursive: true });
    this.#removeDeadOwnFiles();
    const token = newToken();
    this.#own = path.join(this.#folder, `${OWN}${token}`);
    writeFileSync(this.#own, token, { flag: 'wx' });
    return this.#own;
  }

  #removeDeadOwnFiles(): void {
    for (const name of readdirSync(this.#folder)) {
      const file = path.join(this.#folder, name);
      if (!name.startsWith(OWN)) continue;
      if (isDead(name.slice(OWN.length), statSync(file, { throwIfNoEntry: false }), Date.now()))
        rmSync(file, { force: true });
    }
  }
}

function readToken(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
