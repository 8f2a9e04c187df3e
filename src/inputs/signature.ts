/**
 * A few numbers that change when anything in a file or tree changes, from names and stats alone: no content is read.
 *
 * The no-op path of the command line loads this module and asks nothing else about inputs, so it is synchronous and
 * imports nothing but `node:fs` and the sums.
 */
import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { addExact, entryHash, hashEntry, settledMs } from './stat-sum.ts';

export interface Signature {
  /** Files, folders and links; -1 when nothing is there, -2 when it cannot be looked at. */
  readonly count: number;
  readonly a: number;
  readonly b: number;
  /** See `isRacy`. */
  readonly settledMs: number;
}

/** True for what does not count. Gets an absolute path. */
export type IgnorePath = (path: string, isFolder: boolean) => boolean;

const FOLDER = 0o040000;
const LINK = 0o120000;
const KIND = 0o170000;

/**
 * True when a file of the tree may have changed again, unnoticed, after its content was read at `readAtMs`: its last change
 * is too close to that moment for the file system's clock to tell them apart.
 */
export function isRacy(signature: Signature, readAtMs: number): boolean {
  return readAtMs <= signature.settledMs;
}

/** Signature of what lies at a path. Links are followed where they lead out of the tree. Never throws. */
export function treeSignature(absolutePath: string, ignore: IgnorePath | null): Signature {
  try {
    const stats = statSync(absolutePath);
    const sum = new RunningSum(stats.isDirectory() ? absolutePath : '');
    if (stats.isDirectory()) sum.addEntries(absolutePath, readdirSync(absolutePath), ignore);
    else sum.addFile('', stats);
    return { count: sum.count, a: sum.a, b: sum.b, settledMs: sum.settledMs };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { count: code === 'ENOENT' || code === 'ENOTDIR' ? -1 : -2, a: 0, b: 0, settledMs: 0 };
  }
}

/**
 * Sum over some entries of a folder and all that is in them: parts of a tree's signature add up to it (see `addSignatures`).
 *
 * @param top  the tree's own path; entries are named relative to it.
 * @returns    the sum, and whether links to folders were followed (then parts do not add up exactly).
 */
export function signEntries(
  top: string,
  folder: string,
  names: readonly string[],
  ignore: IgnorePath | null,
): RunningSum {
  const sum = new RunningSum(top);
  sum.addEntries(folder, names, ignore);
  return sum;
}

/** The part of a tree's signature that stands for a folder itself, without what is in it. */
export function signFolderAlone(top: string, folder: string): Signature {
  const sum = new RunningSum(top);
  sum.add(folder.slice(top.length + 1), 0, 0, 0, 0, FOLDER);
  return sum;
}

/** The signature of two disjoint parts of one tree together. */
export function addSignatures(x: Signature, y: Signature): Signature {
  return {
    count: x.count + y.count,
    a: addExact(x.a, y.a),
    b: addExact(x.b, y.b),
    settledMs: Math.max(x.settledMs, y.settledMs),
  };
}

class RunningSum implements Signature {
  count = 0;
  a = 0;
  b = 0;
  settledMs = 0;
  followedFolders = false;
  readonly #top: string;
  /** Real paths of folders walked as a whole: a link into one of them needs no second walk, and cannot run in a circle. */
  readonly #walked: string[] = [];

  constructor(top: string) {
    this.#top = top;
  }

  addFile(name: string, stats: Stats): void {
    this.add(name, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino, stats.mode);
    const settled = settledMs(stats.mtimeMs, stats.ctimeMs);
    if (settled > this.settledMs) this.settledMs = settled;
  }

  add(name: string, size: number, mtimeMs: number, ctimeMs: number, ino: number, mode: number): void {
    hashEntry(name, size, mtimeMs, ctimeMs, ino, mode);
    this.a = addExact(this.a, entryHash.a);
    this.b = addExact(this.b, entryHash.b);
    this.count++;
  }

  addEntries(folder: string, names: readonly string[], ignore: IgnorePath | null): void {
    const skip = this.#top.length + 1;
    for (const entry of names) {
      const path = `${folder}/${entry}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      const kind = stats.mode & KIND;
      if (kind === LINK) this.addLink(path, path.slice(skip), ignore);
      else if (ignore?.(path, kind === FOLDER)) continue;
      else if (kind !== FOLDER) this.addFile(path.slice(skip), stats);
      else {
        this.add(path.slice(skip), 0, 0, 0, 0, FOLDER);
        this.addEntries(path, readdirSync(path), ignore);
      }
    }
  }

  addLink(path: string, name: string, ignore: IgnorePath | null): void {
    const stats = statSync(path, { throwIfNoEntry: false });
    const isFolder = stats?.isDirectory() ?? false;
    if (ignore?.(path, isFolder)) return;
    this.add(`${name}\n${readlinkSync(path)}`, 0, 0, 0, 0, LINK);
    if (stats === undefined) return;
    if (!isFolder) this.addFile(`${name}\n`, stats);
    else this.addLinkedFolder(path, ignore);
  }

  addLinkedFolder(path: string, ignore: IgnorePath | null): void {
    if (this.#walked.length === 0) this.#walked.push(realpathSync.native(this.#top));
    const real = realpathSync.native(path);
    if (this.#walked.some((each) => real === each || real.startsWith(`${each}/`))) return;
    this.followedFolders = true;
    this.#walked.push(real);
    this.addEntries(path, readdirSync(path), ignore);
  }
}
