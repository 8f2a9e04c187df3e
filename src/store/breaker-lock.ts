/**
 * A lock that may be broken when its holder dies, out of nothing but folders. Rarely needed, so it may be slow: it guards
 * the removal of dead holders' lock files (`lock-files.ts`).
 *
 * The lock is a folder. Empty or missing: free. Held: it contains one file, whose name is the holder's token. To take it, a
 * process makes a folder of its own with its token in it and renames that folder to the lock's name. rename(2) replaces a
 * missing or empty folder in one step and refuses a folder that has something in it.
 *
 * Why no two processes ever hold it, also when holders are killed at any moment:
 * 1. Tokens get into the folder only by that rename, which succeeds only when no token is in it.
 * 2. A token is removed only by its holder, or by someone who found its process dead. Dead stays dead, and a token is never
 *    used twice: a slow remover can only remove the very holding it examined, never a later one.
 * So there is no moment between "the holder is dead" and "I take over" at which someone else's holding could be removed.
 */
import { closeSync, mkdirSync, openSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { liveTokens } from './live-tokens.ts';
import { newToken } from './process-identity.ts';
import { errnoOf } from './store-problem.ts';

/**
 * Does something while holding the lock.
 *
 * @param lock  absolute path of the lock's folder; its parent exists.
 * @returns     false, having done nothing, when another process holds it.
 */
export function withBreakerLock(lock: string, action: () => void): boolean {
  const token = newToken();
  const own = path.join(path.dirname(lock), `try.${token}`);
  mkdirSync(own);
  closeSync(openSync(path.join(own, token), 'wx'));
  if (!take(own, lock)) {
    rmSync(own, { recursive: true });
    return false;
  }
  try {
    action();
  } finally {
    rmSync(path.join(lock, token), { force: true });
    removeIfEmpty(lock);
  }
  return true;
}

function take(own: string, lock: string): boolean {
  for (;;) {
    try {
      renameSync(own, lock);
      return true;
    } catch (error) {
      if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error;
    }
    if (liveTokens(lock, Date.now()).length > 0) return false;
  }
}

/** Leaves a folder that someone has taken since. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}
