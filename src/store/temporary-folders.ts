/** Private folders under `cache/tmp`: each process has one, and whoever comes later clears those of the dead. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { liveness, newToken } from './process-identity.ts';
import { errnoOf } from './store-problem.ts';

/** Makes this process's folder. @throws the file system's error. */
export function makeTemporaryFolder(root: string): string {
  const parent = path.join(root, 'tmp');
  removeDeadFolders(root);
  const folder = path.join(parent, newToken());
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Removes what dead processes left; returns how many folders. Best effort: what cannot be removed is left to the next. */
export function removeDeadFolders(root: string): number {
  const parent = path.join(root, 'tmp');
  let removed = 0;
  for (const token of deadFolders(parent)) {
    try {
      rmSync(path.join(parent, token), { recursive: true, force: true });
      removed++;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }
  return removed;
}

function deadFolders(parent: string): readonly string[] {
  try {
    return readdirSync(parent).filter((token) => liveness(token) === 'dead');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}
