/**
 * A lock between processes that dies with its holder, out of nothing but folders.
 *
 * A lock is a folder. Empty or missing: free. Held: it contains one file, whose name is the holder's token. To take it, a
 * process makes a folder of its own with its token in it and renames that folder to the lock's name. rename(2) replaces a
 * missing or empty folder in one step and refuses a folder that has something in it.
 *
 * Why no two processes ever hold one lock, also when holders are killed at any moment:
 * 1. Tokens get into a lock's folder only by that rename, which succeeds only when no token is in it.
 * 2. A token is removed only by its holder, or by someone who found its process dead. Dead stays dead, and a token is never
 *    used twice: a slow remover can only remove the very holding it examined, never a later one.
 * So there is no moment between "the holder is dead" and "I take over" at which someone else's holding could be removed.
 *
 * A token of another machine or container cannot be examined. Its holder shows life by writing to it (`renew`); one that
 * did not for `LEASE_MS` counts as dead. Within one machine nothing depends on clocks.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { liveness, newToken } from './process-identity.ts';
import { errnoOf } from './store-problem.ts';

/** Six missed renewals. */
const LEASE_MS = 120_000;
/** How often holders show life. */
export const RENEW_MS = 20_000;

/** A try at one lock: prepared once, made as often as needed. */
export interface Claim {
  /** Takes the lock if it is free or its holder is dead. */
  take(): boolean;
  /** Frees the lock; gives up the try when it was not taken. */
  release(): void;
  /** Shows life to other machines. */
  renew(): void;
}

/** @param lock absolute path of the lock's folder; its parent exists. */
export function claim(lock: string): Claim {
  const token = newToken();
  const own = path.join(path.dirname(lock), `try.${token}`);
  let isTaken = false;
  mkdirSync(own);
  closeSync(openSync(path.join(own, token), 'wx'));
  const tokenFile = () => path.join(isTaken ? lock : own, token);
  return {
    take() {
      while (!isTaken) {
        if (rename(own, lock)) isTaken = true;
        else {
          renew(tokenFile());
          if (!removeDead(lock, statSync(tokenFile()).mtimeMs)) return false;
        }
      }
      return true;
    },
    release() {
      rmSync(tokenFile(), { force: true });
      // Fails when someone has taken the lock since: then it is theirs.
      removeIfEmpty(isTaken ? lock : own);
    },
    renew: () => renew(tokenFile()),
  };
}

/** Names of the tokens in a folder whose processes may be alive. Removes the others. @param nowMs by the folder's file system. */
export function liveTokens(folder: string, nowMs: number): readonly string[] {
  return listNames(folder).filter((token) => {
    const file = path.join(folder, token);
    if (!isDead(token, file, nowMs)) return true;
    rmSync(file, { force: true });
    return false;
  });
}

/** True when the lock may be free now: it was, or its holder is dead and was removed. */
function removeDead(lock: string, nowMs: number): boolean {
  return liveTokens(lock, nowMs).length === 0;
}

function isDead(token: string, file: string, nowMs: number): boolean {
  const life = liveness(token);
  if (life !== 'elsewhere') return life === 'dead';
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined || nowMs - stats.mtimeMs > LEASE_MS;
}

function rename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes, rather than sets a time: the time is then the file system's own. Never makes a file that someone removed. */
export function renew(file: string): void {
  try {
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, '.', 0);
    closeSync(descriptor);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}
