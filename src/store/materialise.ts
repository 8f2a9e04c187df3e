/**
 * Puts an artifact in place from the store, reading every object's bytes on the way.
 *
 * It is built under the store's temporary folder and renamed, so that a crash leaves nothing half-made at the target; on
 * another file system than the store's, beside the target. A damaged object is removed, so that it is made anew.
 */
import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { ProblemError } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { type EntryKind, parseListing } from '../inputs/listing.ts';
import { type Objects, uniqueName } from './objects.ts';
import type { MissingObject } from './store.ts';
import { storeProblem } from './store-problem.ts';

/** How long this thread may place files before it lets events through. */
const SLICE_MS = 25;

/**
 * @param target  absolute path at which nothing lies.
 * @throws        ProblemError when the disk refuses (full, not writable): no object is at fault then.
 */
export async function materialise(
  objects: Objects,
  artifact: Artifact,
  target: string,
): Promise<Result<void, MissingObject>> {
  let building: string | null = null;
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    refuseExisting(target);
    building = buildingPlace(objects, target);
    const kind = artifact.kind === 'folder' ? 'folder' : artifact.executable ? 'exec' : 'file';
    const missing = await new Placing(objects).entry(kind, artifact.digest, building);
    if (missing !== null) return fail(missing);
    refuseExisting(target);
    renameSync(building, target);
    return ok(undefined);
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError([storeProblem(target, error)]);
  } finally {
    if (building !== null) rmSync(building, { recursive: true, force: true });
  }
}

/** rename replaces a file or an empty folder without a word. */
function refuseExisting(target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false }) === undefined) return;
  throw new ProblemError([
    storeProblem(target, Object.assign(new Error('something lies at the target'), { code: 'EEXIST' })),
  ]);
}

function buildingPlace(objects: Objects, target: string): string {
  const parent = path.dirname(target);
  const temporary = objects.temporary();
  if (lstatSync(path.dirname(temporary)).dev === lstatSync(parent).dev) return temporary;
  return `${parent}/.pipe-${uniqueName()}`;
}

class Placing {
  readonly #objects: Objects;
  #sliceEndMs = Date.now() + SLICE_MS;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** Null when all went well. */
  async entry(kind: EntryKind, digest: Digest, place: string): Promise<MissingObject | null> {
    if (kind === 'folder') return this.#folder(digest, place);
    if (kind === 'link') return this.#link(digest, place);
    const executable = kind === 'exec';
    const check = this.#objects.isWhole(digest, executable);
    const isWhole = typeof check === 'boolean' ? check : await check;
    if (!isWhole) return this.#missing(digest, executable);
    this.#objects.linkOut(digest, executable, place);
    return null;
  }

  async #folder(digest: Digest, place: string): Promise<MissingObject | null> {
    const text = this.#objects.readText(digest);
    const entries = text === null ? null : parseListing(text);
    if (entries === null) return this.#missing(digest, false);
    mkdirSync(place);
    for (const entry of entries) {
      const missing = await this.entry(entry.kind, entry.digest, `${place}/${entry.name}`);
      if (missing !== null) return missing;
      if (Date.now() < this.#sliceEndMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      this.#sliceEndMs = Date.now() + SLICE_MS;
    }
    return null;
  }

  #link(digest: Digest, place: string): MissingObject | null {
    const target = this.#objects.readText(digest);
    if (target === null) return this.#missing(digest, false);
    symlinkSync(target, place);
    return null;
  }

  #missing(digest: Digest, executable: boolean): MissingObject {
    const damaged = this.#objects.has(digest, executable);
    if (damaged) this.#objects.remove(digest, executable);
    return { digest, damaged };
  }
}
