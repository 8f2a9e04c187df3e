/**
 * Pieces of a walk that several threads can take: whoever claims a piece first does it.
 *
 * Results go into shared memory, so that no thread waits for another's event loop. A piece that its claimer never finishes
 * (its thread died) may be done again by someone else: doing it twice writes the same numbers.
 */
import { lstatSync } from 'node:fs';
import { signEntries } from './signature.ts';

/** Numbers per entry that `stat` gives: size, mtimeMs, ctimeMs, ino, mode. */
export const STAT_FIELDS = 5;
/** In place of `mode`: the entry is gone, or cannot be looked at. */
export const GONE = 0;
export const UNREADABLE = -1;

const FREE = 0;
const TAKEN = 1;
const DONE = 2;
/** A thread that needs longer than this for one piece is taken for dead. */
const PATIENCE_MS = 10_000;

/** `claim` is one shared Int32. `names` are joined by `/`, which no name holds: one string crosses threads faster than many. */
export type ScanTask =
  | {
      readonly kind: 'stat';
      readonly claim: Int32Array;
      readonly folder: string;
      readonly names: string;
      readonly stats: Float64Array;
    }
  | {
      readonly kind: 'sign';
      readonly claim: Int32Array;
      readonly top: string;
      readonly folder: string;
      readonly names: string;
      readonly sums: Float64Array;
    };

/** Shared memory for results, and a claim. */
export function sharedNumbers(count: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(count * 8));
}
export function newClaim(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Does the task unless another thread has it. */
export function performIfFree(task: ScanTask): void {
  if (Atomics.compareExchange(task.claim, 0, FREE, TAKEN) !== FREE) return;
  perform(task);
}

/** Returns when the task is done, by its claimer or, failing that, here. */
export function awaitDone(task: ScanTask): void {
  while (Atomics.load(task.claim, 0) !== DONE) {
    if (Atomics.wait(task.claim, 0, TAKEN, PATIENCE_MS) === 'timed-out') perform(task);
  }
}

function perform(task: ScanTask): void {
  if (task.kind === 'stat') statNames(task.folder, task.names.split('/'), task.stats);
  else writeSums(task);
  Atomics.store(task.claim, 0, DONE);
  Atomics.notify(task.claim, 0);
}

/** Writes the stat of each name, `STAT_FIELDS` numbers apiece. Never throws: see `GONE` and `UNREADABLE`. */
export function statNames(folder: string, names: readonly string[], stats: Float64Array): void {
  let at = 0;
  for (const name of names) {
    try {
      const found = lstatSync(`${folder}/${name}`, { throwIfNoEntry: false });
      if (found === undefined) stats[at + 4] = GONE;
      else {
        stats[at] = found.size;
        stats[at + 1] = found.mtimeMs;
        stats[at + 2] = found.ctimeMs;
        stats[at + 3] = found.ino;
        stats[at + 4] = found.mode;
      }
    } catch {
      stats[at + 4] = UNREADABLE;
    }
    at += STAT_FIELDS;
  }
}

/** Numbers of a signature in shared memory: count, a, b, settledMs, whether links to folders were followed. */
export const SIGNATURE_FIELDS = 5;
/** In place of `count`: some part could not be looked at. */
export const CANNOT_SIGN = -2;

function writeSums(task: ScanTask & { readonly kind: 'sign' }): void {
  try {
    const sum = signEntries(task.top, task.folder, task.names.split('/'), null);
    task.sums.set([sum.count, sum.a, sum.b, sum.settledMs, sum.followedFolders ? 1 : 0]);
  } catch {
    task.sums[0] = CANNOT_SIGN;
  }
}
