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

export function openWorkFolders(): WorkFolders {
  const roots = new Map<string, string>();
  let count = 0;

  function rootIn(parent: string): string {
    // Links would make two names of one folder; strace and Bubblewrap see the true one.
    const root = roots.get(parent) ?? fs.realpathSync(fs.mkdtempSync(path.join(parent, 'pipe-verify-')));
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
    makeWritable(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function makeWritable(folder: string): void {
  fs.chmodSync(folder, 0o700);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(path.join(folder, entry.name));
}
