/** Private folders of a verification: on the disk for temporary files, and small ones in memory where that is wanted. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface WorkFolders {
  /**
   * A new empty folder, absolute.
   *
   * @param sizeBytes  what it will hold, if it may lie in memory; null: it lies on the disk.
   */
  make(sizeBytes: number | null): string;
  remove(folder: string): void;
  close(): void;
}

/** A file system in memory, where Linux has one. */
const MEMORY = '/dev/shm';
/** So much is more than is known of: temporary files. And so many times as much as that has to be free. */
const UNKNOWN_BYTES = 4 * 2 ** 20;
const SPARE = 4;
/** More is better left to programs. */
const MOST_BYTES = 256 * 2 ** 20;

const NAME = 'pipe-verify-';
const LEFTOVER_MS = 3_600_000;

/** Removes what verifications that were killed left behind: in memory it would stay until the machine stops. */
function removeLeftovers(parent: string): void {
  for (const name of namesIn(parent)) {
    const owner = Number(new RegExp(`^${NAME}(\\d+)-`).exec(name)?.[1]);
    if (Number.isInteger(owner) && !isRunning(owner) && isOld(path.join(parent, name)))
      removeTree(path.join(parent, name));
  }
}

/** The process may run in another container that shares the folder: its number says nothing here. */
function isOld(folder: string): boolean {
  const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > LEFTOVER_MS;
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** Of another user's process one may not ask more than whether it is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function openWorkFolders(): WorkFolders {
  for (const parent of [os.tmpdir(), MEMORY]) removeLeftovers(parent);
  const roots = new Map<string, string>();
  let count = 0;

  function rootIn(parent: string): string {
    // Links would make two names of one folder; strace and Bubblewrap see the true one.
    const root = roots.get(parent) ?? fs.realpathSync(fs.mkdtempSync(path.join(parent, `${NAME}${process.pid}-`)));
    roots.set(parent, root);
    return root;
  }

  return {
    make(sizeBytes) {
      const folder = path.join(
        rootIn(sizeBytes !== null && hasMemory(sizeBytes) ? MEMORY : os.tmpdir()),
        String(++count),
      );
      fs.mkdirSync(folder);
      return folder;
    },
    remove: (folder) => removeTree(folder),
    close() {
      for (const root of roots.values()) removeTree(root);
    },
  };
}

function hasMemory(sizeBytes: number): boolean {
  try {
    if (sizeBytes > MOST_BYTES) return false;
    const { bavail, bsize } = fs.statfsSync(MEMORY);
    fs.accessSync(MEMORY, fs.constants.W_OK);
    return Math.min(bavail * bsize, os.freemem()) >= SPARE * (sizeBytes + UNKNOWN_BYTES);
  } catch {
    return false;
  }
}

/** Stages may leave folders without permission to write. */
function removeTree(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch {
    try {
      makeWritable(folder);
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
}

function makeWritable(folder: string): void {
  fs.chmodSync(folder, 0o700);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(path.join(folder, entry.name));
}
