/** Reads every object and removes those whose bytes are not what their name says: what needs them is made anew. */
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Digest, isDigest } from '../base/digest.ts';
import type { Objects } from './objects.ts';
import { errnoOf } from './store-problem.ts';

export interface ObjectFile {
  readonly digest: Digest;
  readonly executable: boolean;
  /** Absolute. */
  readonly file: string;
}

export interface Verification {
  readonly objects: number;
  readonly sizeBytes: number;
  /** Removed. */
  readonly damaged: readonly ObjectFile[];
  /** Absolute paths of files in the objects' folders that are no objects. Left alone. */
  readonly foreign: readonly string[];
}

/** How long this thread may read before it lets events through. */
const SLICE_MS = 25;

/** @param onProgress called now and then with the number of objects read. */
export async function verifyStore(objects: Objects, onProgress: (done: number) => void): Promise<Verification> {
  const damaged: ObjectFile[] = [];
  const foreign: string[] = [];
  let count = 0;
  let sizeBytes = 0;
  let sliceEndMs = Date.now() + SLICE_MS;
  for (const file of walkObjects(objects.root)) {
    const object = objectOf(file);
    if (object === null) {
      foreign.push(file);
      continue;
    }
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    count++;
    sizeBytes += stats.size;
    if (!(await objects.isWhole(object.digest, object.executable))) {
      rmSync(file, { force: true, recursive: true });
      damaged.push(object);
    }
    if (Date.now() < sliceEndMs) continue;
    onProgress(count);
    await new Promise((resolve) => setImmediate(resolve));
    sliceEndMs = Date.now() + SLICE_MS;
  }
  return { objects: count, sizeBytes, damaged, foreign };
}

/** Every file in the objects' folders, absolute. */
export function* walkObjects(root: string): Generator<string> {
  const top = path.join(root, 'objects');
  for (const folder of namesIn(top))
    for (const name of namesIn(path.join(top, folder))) yield path.join(top, folder, name);
}

/** What an object's file is named for; null when it is no object's. */
export function objectOf(file: string): ObjectFile | null {
  const name = path.basename(file);
  const executable = name.endsWith('-x');
  const digest = `${path.basename(path.dirname(file))}${executable ? name.slice(0, -2) : name}`;
  return isDigest(digest) ? { digest, executable, file } : null;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
