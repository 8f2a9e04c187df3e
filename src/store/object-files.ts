/** The files of the objects' folders, and what each is named for. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isDigest } from '../base/digest.ts';
import { errnoOf } from './store-problem.ts';

/** Every file in the objects' folders, absolute. */
export function* walkObjects(root: string): Generator<string> {
  const top = path.join(root, 'objects');
  for (const folder of namesIn(top))
    for (const name of namesIn(path.join(top, folder))) yield path.join(top, folder, name);
}

/** Whether a file there has the name of an object: anything else was put there by somebody. */
export function isObjectFile(file: string): boolean {
  return isDigest(`${path.basename(path.dirname(file))}${path.basename(file).replace(/-x$/, '')}`);
}

/** Names in a folder; none where there is no folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
