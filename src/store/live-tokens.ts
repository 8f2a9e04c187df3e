/** Which of the processes that left their tokens in a folder may be alive. */
import { readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { liveness } from './process-identity.ts';
import { errnoOf } from './store-problem.ts';

/** A process on another machine or in another container cannot be examined: this long without a sign of life, it is dead. */
const LEASE_MS = 120_000;
/** How often processes give signs of life: often enough that five may be lost. */
export const RENEW_MS = 20_000;

/** @param stats of a file that the process writes to as a sign of life. @param nowMs by the clock of that file's system. */
export function isDead(token: string, stats: Stats | undefined, nowMs: number): boolean {
  const life = liveness(token);
  if (life !== 'elsewhere') return life === 'dead';
  return stats === undefined || nowMs - stats.mtimeMs > LEASE_MS;
}

/** Tokens that are names of files in a folder. Removes those of dead processes; a missing folder has none. */
export function liveTokens(folder: string, nowMs: number): readonly string[] {
  return listNames(folder).filter((token) => {
    const file = path.join(folder, token);
    if (!isDead(token, statSync(file, { throwIfNoEntry: false }), nowMs)) return true;
    rmSync(file, { force: true });
    return false;
  });
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
