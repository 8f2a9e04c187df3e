/** Writes a file so that whoever reads it, at any moment and after any crash, sees the old text or the new one. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes beside the file, then renames. Makes missing folders. @throws the file system's error, leaving nothing behind. */
export function replaceFile(file: string, content: Uint8Array | string): void {
  const temporary = `${file}.${randomUUID()}`;
  try {
    writeMakingFolder(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeMakingFolder(file: string, content: Uint8Array | string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
