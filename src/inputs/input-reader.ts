/**
 * Reads inputs: the one place that turns a path into an artifact, remembering what it read.
 *
 * Within a process each path is read once until it is forgotten; between processes the stat cache under `stateFolder`
 * spares the content of everything whose stat did not change. A file whose last change is too close to the moment it was
 * read is not remembered (see `settledMs`).
 */
import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { ProjectPath } from '../base/paths.ts';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Artifact } from './artifact.ts';
import { type FileState, loadFileStates, saveFileStates } from './file-state.ts';
import { hashFile, LARGE_FILE_BYTES } from './hash-file.ts';
import { danglingLink, linkCircle, linkOutside, notContent, unreadable } from './input-problem.ts';
import { seedTree } from './learned-tree.ts';
import { isInFolder } from './links.ts';
import { digestText } from './listing.ts';
import type { InputReader } from './reader.ts';
import { type ScanPool, scanPool } from './scan-pool.ts';
import { entryHash, hashEntry, settledMs } from './stat-sum.ts';
import { digestTree } from './tree-digest.ts';
import { displayPath, type IgnoreRule, type ScanOptions, scanTree } from './tree-scan.ts';
import { loadTreeState, saveTreeState, type TreeState } from './tree-state.ts';

export interface InputReaderOptions {
  /** Absolute path of the project. */
  readonly root: string;
  /** Absolute folder for the stat cache; made when needed, may be deleted at any time. */
  readonly stateFolder: string;
  /** Null when nothing is ignored, which is faster than a rule that says so for each file. */
  readonly ignore: IgnoreRule | null;
  /** Threads that may look at files, this one included. */
  readonly threads: number;
  /** Absolute path of the bundled `scan-worker.ts`; null does everything in this thread. */
  readonly workerScript: string | null;
  /** Gives the listing of a folder the store holds: with it, what `learn` is told of a folder lasts beyond this process. */
  readonly listingOf?: (digest: Digest) => string | null;
}

type Answer = Result<Artifact | null, Problem>;

export function openInputReader(options: InputReaderOptions): InputReader {
  return new StatCacheReader(options);
}

class StatCacheReader implements InputReader {
  readonly #options: InputReaderOptions;
  readonly #project: string;
  readonly #pool: ScanPool;
  readonly #answers = new Map<ProjectPath, Promise<Answer>>();
  readonly #learned = new Map<ProjectPath, { artifact: Artifact; atMs: number }>();
  readonly #trees = new Map<ProjectPath, TreeState | null>();
  readonly #changedTrees = new Set<ProjectPath>();
  #files: Map<string, FileState> | null = null;
  #filesChanged = false;

  constructor(options: InputReaderOptions) {
    this.#options = options;
    this.#project = realpathSync.native(options.root);
    this.#pool = scanPool(options.workerScript, options.threads);
  }

  read(place: ProjectPath): Promise<Answer> {
    let answer = this.#answers.get(place);
    if (answer === undefined) {
      answer = this.#look(place);
      this.#answers.set(place, answer);
    }
    return answer;
  }

  /** What `learn` was told becomes part of the stat cache first: looking again need not mean reading again. */
  forget(place: ProjectPath): void {
    const learned = this.#learned.get(place);
    if (learned !== undefined) this.#remember(place, learned.artifact, learned.atMs);
    this.#answers.delete(place);
    this.#learned.delete(place);
  }

  learn(place: ProjectPath, artifact: Artifact): void {
    this.#answers.set(place, Promise.resolve(ok(artifact)));
    this.#learned.set(place, { artifact, atMs: Date.now() });
  }

  /** A cache that cannot be written (a read-only checkout, a full disk) costs time in the next command, nothing else. */
  save(): void {
    try {
      for (const [place, { artifact, atMs }] of this.#learned) this.#remember(place, artifact, atMs);
      this.#learned.clear();
      for (const place of this.#changedTrees) saveTreeState(this.#treeFile(place), this.#trees.get(place) ?? new Map());
      if (this.#filesChanged) saveFileStates(this.#fileStates, this.#knownFiles());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
    this.#changedTrees.clear();
    this.#filesChanged = false;
  }

  get #fileStates(): string {
    return path.join(this.#options.stateFolder, 'files');
  }

  #treeFile(place: ProjectPath): string {
    return path.join(this.#options.stateFolder, 'trees', digestText(place).slice(0, 32));
  }

  #knownFiles(): Map<string, FileState> {
    this.#files ??= loadFileStates(this.#fileStates);
    return this.#files;
  }

  async #look(place: ProjectPath): Promise<Answer> {
    const found = this.#locate(place);
    if (!found.ok) return found;
    if (found.value === null) return ok(null);
    const { real, stats } = found.value;
    if (stats.isFile()) return this.#readFile(place, real, stats);
    if (stats.isDirectory()) return this.#readFolder(place, real);
    return fail(notContent(place, stats.mode));
  }

  /** Where a path really is, all links followed; null when nothing is there. */
  #locate(place: ProjectPath): Result<{ real: string; stats: Stats } | null, Problem> {
    const absolute = path.join(this.#project, place);
    try {
      const real = realpathSync.native(absolute);
      if (!isInFolder(real, this.#project)) return fail(linkOutside(place, real));
      return ok({ real, stats: lstatSync(real) });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ELOOP') return fail(linkCircle(place, linkText(absolute) ?? place));
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return fail(unreadable(place, error));
      const target = linkText(absolute);
      return target === null ? ok(null) : fail(danglingLink(place, target));
    }
  }

  async #readFile(place: ProjectPath, real: string, stats: Stats): Promise<Answer> {
    const atMs = Date.now();
    const known = this.#knownFiles().get(place);
    hashStats(place, stats);
    const { a, b } = entryHash;
    if (known !== undefined && known.a === a && known.b === b) return ok(fileArtifact(stats, known.digest));
    try {
      const bytes = stats.size < LARGE_FILE_BYTES ? hashFile(real) : await this.#pool.hash(real);
      const digest = bytes.toString('hex') as Digest;
      this.#setFile(place, stats, digest, atMs);
      return ok(fileArtifact(stats, digest));
    } catch (error) {
      return fail(unreadable(place, error));
    }
  }

  /** @param atMs when the content was known to have this digest. */
  #setFile(place: ProjectPath, stats: Stats, digest: Digest, atMs: number): void {
    const files = this.#knownFiles();
    if (settledMs(stats.mtimeMs, stats.ctimeMs) < atMs) {
      hashStats(place, stats);
      files.set(place, { a: entryHash.a, b: entryHash.b, digest });
      this.#filesChanged = true;
    } else if (files.delete(place)) this.#filesChanged = true;
  }

  #scanOptions(place: ProjectPath, real: string): ScanOptions {
    return { path: place, tree: real, project: this.#project, ignore: this.#options.ignore, pool: this.#pool };
  }

  #treeState(place: ProjectPath): TreeState | null {
    let state = this.#trees.get(place);
    if (state === undefined) {
      state = loadTreeState(this.#treeFile(place));
      this.#trees.set(place, state);
    }
    return state;
  }

  async #readFolder(place: ProjectPath, real: string): Promise<Answer> {
    const options = this.#scanOptions(place, real);
    const scan = scanTree(options);
    if (!scan.ok) return scan;
    const digested = await digestTree(scan.value, this.#treeState(place), this.#pool, (inner) =>
      displayPath(options, inner),
    );
    if (!digested.ok) return digested;
    if (!digested.value.unchanged) {
      this.#trees.set(place, digested.value.state);
      this.#changedTrees.add(place);
    }
    return ok(digested.value.artifact);
  }

  /** Makes what `learn` was told part of the stat cache, as far as the disk still shows it. */
  #remember(place: ProjectPath, artifact: Artifact, atMs: number): void {
    const found = this.#locate(place);
    if (!found.ok || found.value === null) return;
    const { real, stats } = found.value;
    if (artifact.kind === 'file') {
      if (stats.isFile() && stats.size === artifact.sizeBytes) this.#setFile(place, stats, artifact.digest, atMs);
      return;
    }
    const { listingOf } = this.#options;
    if (listingOf === undefined || !stats.isDirectory()) return;
    const scan = scanTree(this.#scanOptions(place, real));
    const state = scan.ok ? seedTree({ ...scan.value, startedMs: atMs }, artifact.digest, listingOf) : null;
    if (state === null) return;
    this.#trees.set(place, state);
    this.#changedTrees.add(place);
  }
}

function linkText(absolute: string): string | null {
  try {
    return readlinkSync(absolute);
  } catch {
    return null;
  }
}

function hashStats(place: ProjectPath, stats: Stats): void {
  hashEntry(place, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino, stats.mode);
}

function fileArtifact(stats: Stats, digest: Digest): Artifact {
  return { kind: 'file', digest, sizeBytes: stats.size, files: 1, executable: (stats.mode & 0o100) !== 0 };
}
