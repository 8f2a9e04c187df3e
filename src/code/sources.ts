/**
 * The files an answer about code was computed from, and whether they are still what they were.
 *
 * A file counts as unchanged when size, mtime, ctime and inode are the same; otherwise its bytes decide, so that a fresh
 * checkout of the same commit costs a read and no bundling. A stamp taken within a clock tick of the file's last change
 * proves nothing (the racy-clean rule of git's index): such a file is read as well.
 */
import { readFileSync, statSync } from 'node:fs';
import { type Digest, digestBytes } from '../base/digest.ts';

/** A file as it was when it was read. `digest` is of its raw bytes; null: nothing was there. */
export interface Source {
  readonly path: string;
  readonly digest: Digest | null;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
  readonly readAtMs: number;
}

/** Twice the coarsest clock tick of the usual Linux file systems. */
const TICK_MS = 20;

/** Reads a file together with its stamp. The stamp is taken first, so a write in between is noticed later. */
export function readSource(path: string): { source: Source; bytes: Buffer | null } {
  const readAtMs = Date.now();
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return { source: absent(path, readAtMs), bytes: null };
  const bytes = readFileSync(path);
  const { size: sizeBytes, mtimeMs, ctimeMs, ino: inode } = stats;
  return { source: { path, digest: digestBytes(bytes), sizeBytes, mtimeMs, ctimeMs, inode, readAtMs }, bytes };
}

/** The source itself while it is unchanged, the same source with a new stamp when only its stamp moved, else null. */
export function recheck(source: Source): Source | null {
  const stats = statSync(source.path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return source.digest === null ? source : null;
  const sameStamp =
    stats.size === source.sizeBytes &&
    stats.mtimeMs === source.mtimeMs &&
    stats.ctimeMs === source.ctimeMs &&
    stats.ino === source.inode;
  if (sameStamp && Math.max(stats.mtimeMs, stats.ctimeMs) < source.readAtMs - TICK_MS) return source;
  const now = readSource(source.path).source;
  return now.digest === source.digest ? now : null;
}

function absent(path: string, readAtMs: number): Source {
  return { path, digest: null, sizeBytes: 0, mtimeMs: 0, ctimeMs: 0, inode: 0, readAtMs };
}
