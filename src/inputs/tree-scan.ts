/**
 * Looks at every entry of a folder and of the folders in it: names, kinds and stats, no content.
 *
 * Level by level, so that the stats of a level can be shared between threads. What may not be in an input (links out of
 * the project, sockets, names that are not text) is refused here, by name.
 */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { ProjectPath } from '../base/paths.ts';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { danglingLink, linkCircle, linkOutside, nameNotText, notContent, unreadable } from './input-problem.ts';
import { isInFolder, linkMeaning } from './links.ts';
import { digestText, type EntryKind, sortNames } from './listing.ts';
import { type ScanPool, SHARE_FROM_ENTRIES } from './scan-pool.ts';
import { GONE, newClaim, type ScanTask, STAT_FIELDS, sharedNumbers, statNames, UNREADABLE } from './scan-task.ts';
import { addExact, entryHash, hashEntry, settledMs } from './stat-sum.ts';

/** True for what does not count as content (`.pipeignore`). */
export type IgnoreRule = (path: ProjectPath, isFolder: boolean) => boolean;

/** One folder of a scanned tree. The lists run in parallel, in the order of `compareNames`. */
export interface ScannedFolder {
  /** Relative to the tree's top, by way of the links that led here; '' for the top. */
  readonly path: string;
  /** Where it really is. */
  readonly real: string;
  readonly names: string[];
  readonly kinds: EntryKind[];
  /** Two numbers an entry (see `hashEntry`): equal to a recorded pair when the entry is unchanged. */
  readonly hashes: Float64Array;
  readonly sizes: Float64Array;
  /** For files: when a reading can be trusted (see `settledMs`). 0 for others. */
  readonly settledMs: Float64Array;
  /** Scanned folders in this one, by position in `names`. */
  readonly folders: Map<number, ScannedFolder>;
  /** Links by position in `names`: the real file of those that are followed to one, the text's digest of kept ones. */
  readonly linkedFiles: Map<number, string>;
  readonly keptLinks: Map<number, string>;
  /** Sums of `hashes`. */
  a: number;
  b: number;
}

export interface TreeScan {
  /** Parents before their children. */
  readonly folders: readonly ScannedFolder[];
  /** When the scan began: what was read after this moment was read after the stats were taken. */
  readonly startedMs: number;
}

export interface ScanOptions {
  /** The tree's top as a project path, for `ignore` and for problems. */
  readonly path: ProjectPath;
  /** Real paths of the top and of the project. */
  readonly tree: string;
  readonly project: string;
  readonly ignore: IgnoreRule | null;
  readonly pool: ScanPool;
}

/** Names that one thread takes at a time. */
const NAMES_A_TASK = 2000;
const KIND = 0o170000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;
const OWNER_EXECUTE = 0o100;

export function scanTree(options: ScanOptions): Result<TreeScan, Problem> {
  const startedMs = Date.now();
  const folders: ScannedFolder[] = [];
  let level: Unscanned[] = [{ path: '', real: options.tree, ancestors: null, attach: () => {} }];
  while (level.length > 0) {
    const next: Unscanned[] = [];
    const named: { folder: Unscanned; names: string[] }[] = [];
    for (const folder of level) {
      const names = readNames(folder.real, displayPath(options, folder.path));
      if (!names.ok) return names;
      named.push({ folder, names: names.value });
    }
    const stats = statLevel(named, options.pool);
    for (const [index, { folder, names }] of named.entries()) {
      const scanned = scanFolder(options, folder, names, stats[index] as Float64Array, next);
      if (!scanned.ok) return scanned;
      folder.attach(scanned.value);
      folders.push(scanned.value);
    }
    level = next;
  }
  return ok({ folders, startedMs });
}

/** A folder still to be looked at. `ancestors` are the real paths above it, for finding circles. */
interface Unscanned {
  readonly path: string;
  readonly real: string;
  readonly ancestors: Ancestors | null;
  readonly attach: (folder: ScannedFolder) => void;
}
interface Ancestors {
  readonly real: string;
  readonly above: Ancestors | null;
}

/** Names in a folder, sorted. A name that is not valid UTF-8 is a problem: it could not be written into a listing. */
export function readNames(folder: string, shown: string): Result<string[], Problem> {
  try {
    const names = readdirSync(folder);
    if (names.some((name) => name.includes('\ufffd'))) {
      const bad = readdirSync(folder, { encoding: 'buffer' }).find(
        (bytes) => !Buffer.from(bytes.toString()).equals(bytes),
      );
      if (bad !== undefined) return fail(nameNotText(shown, bad));
    }
    return ok(sortNames(names));
  } catch (error) {
    return fail(unreadable(shown, error));
  }
}

function statLevel(level: readonly { folder: Unscanned; names: string[] }[], pool: ScanPool): Float64Array[] {
  const count = level.reduce((sum, each) => sum + each.names.length, 0);
  if (pool.threads === 1 || count < SHARE_FROM_ENTRIES) {
    return level.map(({ folder, names }) => {
      const stats = new Float64Array(names.length * STAT_FIELDS);
      statNames(folder.real, names, stats);
      return stats;
    });
  }
  const tasks: ScanTask[] = [];
  const shared = level.map(({ folder, names }) => {
    const stats = sharedNumbers(names.length * STAT_FIELDS);
    for (let from = 0; from < names.length; from += NAMES_A_TASK) {
      const some = names.slice(from, from + NAMES_A_TASK);
      const part = stats.subarray(from * STAT_FIELDS, (from + some.length) * STAT_FIELDS);
      tasks.push({ kind: 'stat', claim: newClaim(), folder: folder.real, names: some.join('/'), stats: part });
    }
    return stats;
  });
  pool.share(tasks);
  return shared;
}

function scanFolder(
  options: ScanOptions,
  folder: Unscanned,
  names: string[],
  stats: Float64Array,
  next: Unscanned[],
): Result<ScannedFolder, Problem> {
  const found = newFolder(folder, names.length);
  const ancestors: Ancestors = { real: folder.real, above: folder.ancestors };
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const at = i * STAT_FIELDS;
    const mode = stats[at + 4] as number;
    if (mode === GONE) continue;
    const path = folder.path === '' ? name : `${folder.path}/${name}`;
    if (mode === UNREADABLE) return fail(unreadable(displayPath(options, path), lookError(`${folder.real}/${name}`)));
    const kind = mode & KIND;
    if (kind === LINK) {
      const problem = addLink(options, found, ancestors, name, path, next);
      if (problem !== null) return fail(problem);
      continue;
    }
    if (options.ignore?.(displayPath(options, path) as ProjectPath, kind === FOLDER)) continue;
    if (kind === FILE) {
      addFile(
        found,
        name,
        '',
        stats[at] as number,
        stats[at + 1] as number,
        stats[at + 2] as number,
        stats[at + 3] as number,
        mode,
      );
    } else if (kind === FOLDER) {
      addFolder(found, ancestors, name, path, `${folder.real}/${name}`, next);
    } else return fail(notContent(displayPath(options, path), mode));
  }
  return ok(found);
}

function newFolder(folder: Unscanned, size: number): ScannedFolder {
  return {
    path: folder.path,
    real: folder.real,
    names: [],
    kinds: [],
    hashes: new Float64Array(size * 2),
    sizes: new Float64Array(size),
    settledMs: new Float64Array(size),
    folders: new Map(),
    linkedFiles: new Map(),
    keptLinks: new Map(),
    a: 0,
    b: 0,
  };
}

/** Takes the entry whose hash is in `entryHash`. */
function add(found: ScannedFolder, name: string, kind: EntryKind): number {
  const index = found.names.length;
  found.names.push(name);
  found.kinds.push(kind);
  found.hashes[index * 2] = entryHash.a;
  found.hashes[index * 2 + 1] = entryHash.b;
  found.a = addExact(found.a, entryHash.a);
  found.b = addExact(found.b, entryHash.b);
  return index;
}

/** @param link the text of the link that led here, or ''. */
function addFile(
  found: ScannedFolder,
  name: string,
  link: string,
  size: number,
  mtimeMs: number,
  ctimeMs: number,
  ino: number,
  mode: number,
): number {
  hashEntry(link === '' ? name : `${name}\n${link}`, size, mtimeMs, ctimeMs, ino, mode);
  const index = add(found, name, mode & OWNER_EXECUTE ? 'exec' : 'file');
  found.sizes[index] = size;
  found.settledMs[index] = settledMs(mtimeMs, ctimeMs);
  return index;
}

function addFolder(
  found: ScannedFolder,
  ancestors: Ancestors,
  name: string,
  path: string,
  real: string,
  next: Unscanned[],
): void {
  hashEntry(name, 0, 0, 0, 0, FOLDER);
  const index = add(found, name, 'folder');
  next.push({ path, real, ancestors, attach: (folder) => found.folders.set(index, folder) });
}

function addLink(
  options: ScanOptions,
  found: ScannedFolder,
  ancestors: Ancestors,
  name: string,
  path: string,
  next: Unscanned[],
): Problem | null {
  const shown = displayPath(options, path);
  try {
    const text = readlinkSync(`${found.real}/${name}`);
    const meaning = linkMeaning(found.real, text, options.tree, options.project);
    const isFolder = meaning.kind === 'followed' && meaning.stats.isDirectory();
    if (options.ignore?.(shown as ProjectPath, isFolder)) return null;
    if (meaning.kind === 'dangling') return danglingLink(shown, text);
    if (meaning.kind === 'circle') return linkCircle(shown, text);
    if (meaning.kind === 'outside') return linkOutside(shown, meaning.target);
    if (meaning.kind === 'kept') {
      if (text.includes('\ufffd'))
        return nameNotText(shown, readlinkSync(`${found.real}/${name}`, { encoding: 'buffer' }));
      hashEntry(`${name}\n${text}`, 0, 0, 0, 0, LINK);
      found.keptLinks.set(add(found, name, 'link'), digestText(text));
      return null;
    }
    if (isFolder) {
      for (let above: Ancestors | null = ancestors; above !== null; above = above.above) {
        if (isInFolder(above.real, meaning.real)) return linkCircle(shown, text);
      }
      addFolder(found, ancestors, name, path, meaning.real, next);
      return null;
    }
    const { stats } = meaning;
    if (!stats.isFile()) return notContent(shown, stats.mode);
    const index = addFile(found, name, meaning.real, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino, stats.mode);
    found.linkedFiles.set(index, meaning.real);
    return null;
  } catch (error) {
    return unreadable(shown, error);
  }
}

function lookError(file: string): unknown {
  try {
    lstatSync(file);
    return new Error('could not be looked at a moment ago');
  } catch (error) {
    return error;
  }
}

/** A path of the tree as a path of the project. */
export function displayPath(options: Pick<ScanOptions, 'path'>, path: string): string {
  if (path === '') return options.path;
  return options.path === '.' ? path : `${options.path}/${path}`;
}
