/** Moving files and folders so that a kill at any moment leaves the old or the new, also between file systems. */
import fs from 'node:fs';
import path from 'node:path';

/** Moves to a place where nothing is. A cache mounted from another disk is usual: then it is copied beside the target first. */
export function move(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const copy = `${to}.pipe-copy`;
    fs.rmSync(copy, { recursive: true, force: true });
    fs.cpSync(from, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    fs.renameSync(copy, to);
    fs.rmSync(from, { recursive: true, force: true });
  }
}

/** Moves to a place and drops what was there: a file in one step, a folder by way of a name beside it. */
export function moveOver(from: string, to: string): void {
  const old = `${to}.pipe-old`;
  fs.rmSync(old, { recursive: true, force: true });
  // A file is replaced by the rename itself; a folder has to be out of the way.
  if (fs.lstatSync(to, { throwIfNoEntry: false })?.isDirectory()) fs.renameSync(to, old);
  move(from, to);
  fs.rmSync(old, { recursive: true, force: true });
}
