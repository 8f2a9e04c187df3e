/**
 * Object files: read-only bytes named by their digest.
 *
 * `objects/ab/cdef…` holds content; `objects/ab/cdef…-x` the same with the execute bit, an inode of its own, because a hard
 * link shares permissions. Objects are not flushed to the disk one by one unless large: their bytes are compared with
 * their name whenever they are used, so one that a power cut damaged is a miss, not a wrong result.
 */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { hashFile, LARGE_FILE_BYTES } from '../inputs/hash-file.ts';
import { digestText } from '../inputs/listing.ts';
import type { ScanPool } from '../inputs/scan-pool.ts';
import { errnoOf } from './store-problem.ts';

/** From this size on, bytes are on the disk before an object gets its name: making them again would cost more. */
export const FLUSH_FROM_BYTES = 1024 * 1024;

/** What the file system says when a hard link is not to be had, while a copy is. */
const NO_LINK = new Set(['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

export type LinkKind = 'reflink' | 'hardlink';

export class Objects {
  readonly root: string;
  readonly pool: ScanPool;
  readonly #temporary: () => string;
  #linkKind: LinkKind | null = null;

  /** @param temporary gives a new path on the store's file system; @param root absolute path of `cache/`. */
  constructor(root: string, pool: ScanPool, temporary: () => string) {
    this.root = root;
    this.pool = pool;
    this.#temporary = temporary;
  }

  file(digest: Digest, executable = false): string {
    return `${this.root}/objects/${digest.slice(0, 2)}/${digest.slice(2)}${executable ? '-x' : ''}`;
  }

  temporary(): string {
    return this.#temporary();
  }

  /** How this store's file system shares bytes between names. Tried once. */
  get linkKind(): LinkKind {
    this.#linkKind ??= this.#probe();
    return this.#linkKind;
  }

  #probe(): LinkKind {
    const from = this.temporary();
    const to = `${from}-clone`;
    try {
      writeFileSync(from, 'x');
      copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
      return 'reflink';
    } catch {
      return 'hardlink';
    } finally {
      rmSync(from, { force: true });
      rmSync(to, { force: true });
    }
  }

  has(digest: Digest, executable: boolean): boolean {
    return lstatSync(this.file(digest, executable), { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * Whether the bytes are those the name says. False when the object is missing. Permissions that were changed by way of
   * another name of the file are set right, since whoever gets the object gets them too.
   *
   * @throws other errors of the file system.
   */
  isWhole(digest: Digest, executable: boolean): boolean | Promise<boolean> {
    const file = this.file(digest, executable);
    try {
      const stats = lstatSync(file);
      if (!stats.isFile() || !seal(file, stats.mode, executable)) return false;
      if (stats.size < LARGE_FILE_BYTES) return hashFile(file).toString('hex') === digest;
      return this.pool.hash(file).then((found) => found.toString('hex') === digest);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** The text of a small object; null when it is missing or damaged. */
  readText(digest: Digest): string | null {
    try {
      const text = readFileSync(this.file(digest), 'utf8');
      return digestText(text) === digest ? text : null;
    } catch {
      return null;
    }
  }

  /** @throws the file system's error. */
  putText(text: string): Digest {
    const digest = digestText(text);
    if (this.readText(digest) !== null) return digest;
    const temporary = this.temporary();
    try {
      writeFileSync(temporary, text, { mode: 0o444 });
      this.publish(temporary, digest, false);
    } finally {
      rmSync(temporary, { force: true });
    }
    return digest;
  }

  /** Gives complete, read-only bytes at `temporary` their name, in place of whatever has it. */
  publish(temporary: string, digest: Digest, executable: boolean): void {
    const file = this.file(digest, executable);
    this.#makingFolder(file, () => renameSync(temporary, file));
  }

  /** Gives the file at `place` a second name, its object's. False when the object exists, null when links are not to be had. */
  linkIn(place: string, digest: Digest, executable: boolean): boolean | null {
    const file = this.file(digest, executable);
    try {
      this.#makingFolder(file, () => linkSync(place, file));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      if (NO_LINK.has(errnoOf(error) ?? '')) return null;
      throw error;
    }
  }

  /** Makes the file at `place` the object, in place of the damaged bytes that have its name. */
  replaceWith(place: string, digest: Digest, executable: boolean): void {
    const temporary = this.temporary();
    try {
      linkSync(place, temporary);
      this.publish(temporary, digest, executable);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** Puts an object's bytes at `place`, where nothing is: a link where there can be one, else a copy. */
  linkOut(digest: Digest, executable: boolean, place: string): void {
    const file = this.file(digest, executable);
    if (this.linkKind === 'hardlink') {
      try {
        linkSync(file, place);
        return;
      } catch (error) {
        if (!NO_LINK.has(errnoOf(error) ?? '')) throw error;
      }
    }
    copyFileSync(file, place, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    chmodSync(place, executable ? 0o555 : 0o444);
  }

  /**
   * Exchanges a file for a link to its object. The file is never missing: the link is made elsewhere and renamed over it.
   * Where links are not to be had the file stays as it is: its bytes are the object's.
   */
  exchange(place: string, digest: Digest, executable: boolean): void {
    const temporary = this.temporary();
    try {
      linkSync(this.file(digest, executable), temporary);
      renameSync(temporary, place);
    } catch (error) {
      if (!NO_LINK.has(errnoOf(error) ?? '')) throw error;
    } finally {
      // rename of two names of one inode does nothing, and leaves the first
      if (existsSync(temporary)) unlinkSync(temporary);
    }
  }

  remove(digest: Digest, executable: boolean): void {
    rmSync(this.file(digest, executable), { force: true });
  }

  #makingFolder(file: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      mkdirSync(path.dirname(file), { recursive: true });
      action();
    }
  }
}

/** False when somebody else's file has the wrong permissions. */
function seal(file: string, mode: number, executable: boolean): boolean {
  const sealed = executable ? 0o555 : 0o444;
  if ((mode & 0o777) === sealed) return true;
  try {
    chmodSync(file, sealed);
    return true;
  } catch {
    return false;
  }
}

/** A name no other process or moment gives. */
export function uniqueName(): string {
  return randomUUID();
}
