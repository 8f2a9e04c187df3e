/**
 * Takes an output into the store and leaves links in its place.
 *
 * Order, for each file: its bytes are read and digested; it is made read-only; it gets its object's name (a second name of
 * the same inode). A crash after any of these leaves the output complete where it was, and at most an object that nothing
 * refers to yet. A folder's listing is stored after what it lists; the record that names it is written by the caller, last.
 */
import { chmodSync, constants, copyFileSync, lstatSync, readlinkSync, realpathSync, rmSync, type Stats } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { hashFile, LARGE_FILE_BYTES } from '../inputs/hash-file.ts';
import { nameNotText, notContent } from '../inputs/input-problem.ts';
import { linkMeaning } from '../inputs/links.ts';
import { type EntryKind, type ListingEntry, listingText } from '../inputs/listing.ts';
import { readNames } from '../inputs/tree-scan.ts';
import type { KnownInodes } from './known-inodes.ts';
import { FLUSH_FROM_BYTES, type Objects } from './objects.ts';
import { outputLink, stillWritten, storeProblem } from './store-problem.ts';

/** How long this thread may store files before it lets events through. */
const SLICE_MS = 25;

/** What was stored for one entry. */
interface Stored {
  readonly kind: EntryKind;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly files: number;
}

/** @param place absolute path of a file or folder. */
export async function adopt(objects: Objects, known: KnownInodes, place: string): Promise<Result<Artifact, Problem>> {
  try {
    const stats = lstatSync(place);
    if (stats.isSymbolicLink()) return fail(outputLink(place, readlinkSync(place), 'stands for the whole output'));
    const tree = stats.isDirectory() ? realpathSync.native(place) : place;
    const stored = await new Adoption(objects, known, tree).entry(place, stats);
    if (!stored.ok) return stored;
    const { kind, digest, sizeBytes, files } = stored.value;
    return ok({ kind: kind === 'folder' ? 'folder' : 'file', digest, sizeBytes, files, executable: kind === 'exec' });
  } catch (error) {
    return fail(storeProblem(place, error));
  } finally {
    known.save();
  }
}

class Adoption {
  readonly #objects: Objects;
  readonly #known: KnownInodes;
  /** Real path of the whole output: links in it may not leave it. */
  readonly #tree: string;
  /** Objects whose bytes this adoption has seen, so that a thousand equal files are one check. */
  readonly #seen = new Set<string>();
  #sliceEndMs = Date.now() + SLICE_MS;

  constructor(objects: Objects, known: KnownInodes, tree: string) {
    this.#objects = objects;
    this.#known = known;
    this.#tree = tree;
  }

  entry(place: string, stats: Stats): Promise<Result<Stored, Problem>> | Result<Stored, Problem> {
    try {
      if (stats.isFile()) return this.#file(place, stats);
      if (stats.isDirectory()) return this.#folder(place);
      if (stats.isSymbolicLink()) return this.#link(place);
      return fail(notContent(place, stats.mode));
    } catch (error) {
      return fail(storeProblem(place, error));
    }
  }

  async #folder(place: string): Promise<Result<Stored, Problem>> {
    const names = readNames(place, place);
    if (!names.ok) return names;
    const waiting: (Result<Stored, Problem> | Promise<Result<Stored, Problem>>)[] = [];
    for (const name of names.value) {
      const inner = `${place}/${name}`;
      const stats = lstatSync(inner);
      const stored = this.entry(inner, stats);
      // large files are digested side by side in other threads; folders one after another, to bound what is in flight
      waiting.push(stats.isDirectory() ? await stored : stored);
      if (Date.now() > this.#sliceEndMs) await this.#pause();
    }
    const entries: ListingEntry[] = [];
    let sizeBytes = 0;
    let files = 0;
    for (const [i, stored] of (await Promise.all(waiting)).entries()) {
      if (!stored.ok) return stored;
      entries.push({ kind: stored.value.kind, digest: stored.value.digest, name: names.value[i] as string });
      sizeBytes += stored.value.sizeBytes;
      files += stored.value.files;
    }
    return ok({ kind: 'folder', digest: this.#objects.putText(listingText(entries)), sizeBytes, files });
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceEndMs = Date.now() + SLICE_MS;
  }

  #link(place: string): Result<Stored, Problem> {
    const text = readlinkSync(place);
    if (text.includes('\ufffd')) return fail(nameNotText(place, readlinkSync(place, { encoding: 'buffer' })));
    if (path.isAbsolute(text)) return fail(outputLink(place, text, 'is absolute'));
    const folder = realpathSync.native(path.dirname(place));
    const meaning = linkMeaning(folder, text, this.#tree, this.#tree);
    if (meaning.kind === 'dangling') return fail(outputLink(place, text, 'points to nothing'));
    if (meaning.kind === 'circle') return fail(outputLink(place, text, 'leads in a circle'));
    if (meaning.kind !== 'kept') return fail(outputLink(place, text, 'leads out of it'));
    return ok({ kind: 'link', digest: this.#objects.putText(text), sizeBytes: 0, files: 0 });
  }

  #file(place: string, stats: Stats): Promise<Result<Stored, Problem>> | Result<Stored, Problem> {
    const executable = (stats.mode & 0o100) !== 0;
    const digest = stats.nlink > 1 ? this.#linkedObject(stats, executable) : null;
    if (digest !== null) return stored(stats, digest, executable);
    // A file with names elsewhere that are not ours must not become an object: whoever has the other name may write to it.
    if (stats.nlink > 1 || this.#objects.linkKind === 'reflink') return this.#copyIn(place, stats, executable);
    if (stats.size >= LARGE_FILE_BYTES) return this.#large(place, stats, executable);
    return this.#linkIn(place, stats, executable, hashFile(place, stats.size >= FLUSH_FROM_BYTES));
  }

  async #large(place: string, stats: Stats, executable: boolean): Promise<Result<Stored, Problem>> {
    try {
      return await this.#linkIn(place, stats, executable, await this.#objects.pool.hash(place, true));
    } catch (error) {
      return fail(storeProblem(place, error));
    }
  }

  /** The digest of a file that is another name of an object which was not written to since it was read. */
  #linkedObject(stats: Stats, executable: boolean): Digest | null {
    const isSealed = (stats.mode & 0o777) === (executable ? 0o555 : 0o444);
    const digest = isSealed ? this.#known.digestOf(stats) : null;
    if (digest === null) return null;
    const object = lstatSync(this.#objects.file(digest, executable), { throwIfNoEntry: false });
    return object?.ino === stats.ino && object.dev === stats.dev ? digest : null;
  }

  #linkIn(
    place: string,
    stats: Stats,
    executable: boolean,
    bytes: Buffer,
  ): Promise<Result<Stored, Problem>> | Result<Stored, Problem> {
    const digest = bytes.toString('hex') as Digest;
    chmodSync(place, executable ? 0o555 : 0o444);
    const isNew = this.#objects.linkIn(place, digest, executable);
    if (isNew === null) return this.#copyIn(place, stats, executable);
    const after = lstatSync(place);
    if (after.size !== stats.size || after.mtimeMs !== stats.mtimeMs) {
      if (isNew) this.#objects.remove(digest, executable);
      return fail(stillWritten(place));
    }
    if (!isNew) return this.#settle(place, stats, digest, executable);
    this.#accept(after, digest, executable);
    return stored(stats, digest, executable);
  }

  /** The object exists: the file becomes a link to it if its bytes are right, else it becomes the object. */
  #settle(
    place: string,
    stats: Stats,
    digest: Digest,
    executable: boolean,
  ): Promise<Result<Stored, Problem>> | Result<Stored, Problem> {
    const finish = (isWhole: boolean): Result<Stored, Problem> => {
      try {
        if (isWhole) this.#objects.exchange(place, digest, executable);
        else this.#objects.replaceWith(place, digest, executable);
        this.#accept(lstatSync(this.#objects.file(digest, executable)), digest, executable);
        return stored(stats, digest, executable);
      } catch (error) {
        return fail(storeProblem(place, error));
      }
    };
    const isWhole = this.#seen.has(this.#objects.file(digest, executable)) || this.#objects.isWhole(digest, executable);
    return typeof isWhole === 'boolean' ? finish(isWhole) : isWhole.then(finish);
  }

  #accept(object: Stats, digest: Digest, executable: boolean): void {
    this.#seen.add(this.#objects.file(digest, executable));
    this.#known.add(object, digest);
  }

  /** Makes the object a copy (a clone where the file system can), then leaves a link to it in the file's place. */
  async #copyIn(place: string, stats: Stats, executable: boolean): Promise<Result<Stored, Problem>> {
    const objects = this.#objects;
    const temporary = objects.temporary();
    try {
      copyFileSync(place, temporary, constants.COPYFILE_FICLONE);
      // The copy is what is digested: what the object holds is what its name says, whatever happens to the file meanwhile.
      const bytes =
        stats.size >= LARGE_FILE_BYTES
          ? await objects.pool.hash(temporary, true)
          : hashFile(temporary, stats.size >= FLUSH_FROM_BYTES);
      const digest = bytes.toString('hex') as Digest;
      chmodSync(temporary, executable ? 0o555 : 0o444);
      const after = lstatSync(place);
      if (after.size !== stats.size || after.mtimeMs !== stats.mtimeMs) return fail(stillWritten(place));
      if (!(await objects.isWhole(digest, executable))) objects.publish(temporary, digest, executable);
      if (objects.linkKind === 'reflink') chmodSync(place, executable ? 0o555 : 0o444);
      else objects.exchange(place, digest, executable);
      this.#accept(lstatSync(objects.file(digest, executable)), digest, executable);
      return stored(stats, digest, executable);
    } catch (error) {
      return fail(storeProblem(place, error));
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

function stored(stats: Stats, digest: Digest, executable: boolean): Result<Stored, Problem> {
  return ok({ kind: executable ? 'exec' : 'file', digest, sizeBytes: stats.size, files: 1 });
}
