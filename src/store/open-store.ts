/** Opens the store: puts its parts together behind the contract. Touches the disk only when something is asked of it. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Digest, Key } from '../base/digest.ts';
import type { Problem } from '../base/problem.ts';
import type { Result } from '../base/result.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { parseListing } from '../inputs/listing.ts';
import { scanPool } from '../inputs/scan-pool.ts';
import { readAction, writeAction } from './action-records.ts';
import { adopt } from './adopt.ts';
import { Holds } from './holds.ts';
import { KnownInodes } from './known-inodes.ts';
import { materialise } from './materialise.ts';
import { Objects } from './objects.ts';
import type { ActionRecord, Hold, MissingObject, Store } from './store.ts';
import { orProblem } from './store-problem.ts';
import { StoreUse } from './store-use.ts';
import { makeTemporaryFolder } from './temporary-folders.ts';

export interface StoreOptions {
  /** Absolute path of `cache/`. */
  readonly root: string;
  /** Absolute path of the bundled `scan-worker.ts`; without it large files are digested in this thread. */
  readonly workerScript?: string | null;
  /** Threads that may digest large files. */
  readonly threads?: number;
}

/**
 * The store on this machine's disk.
 *
 * What the contract gives no way to answer for (a full disk while a record is written) is thrown as a ProblemError.
 */
export interface LocalStore extends Store {
  /** The text of a small object (a listing, a log); null when it is missing or damaged. */
  readText(digest: Digest): string | null;
  readonly objects: Objects;
  /** Marks the store as used by a run, until released; waits while someone removes from it. */
  use(onWait: (name: string) => void, signal: AbortSignal): Promise<Hold>;
  /** Whether somebody holds a name now, this process included. */
  isHeld(name: string): boolean;
  /** The store for this process alone, to remove from it; a problem when a run uses it. */
  exclusive(signal: AbortSignal): Promise<Result<Hold, Problem>>;
}

export function openStore(options: StoreOptions): LocalStore {
  return new DiskStore(options);
}

class DiskStore implements LocalStore {
  readonly root: string;
  readonly objects: Objects;
  readonly #known: KnownInodes;
  readonly #holds: Holds;
  readonly #use: StoreUse;
  #temporaryFolder: string | null = null;
  #names = 0;

  constructor({ root, workerScript = null, threads = 1 }: StoreOptions) {
    this.root = root;
    this.objects = new Objects(root, scanPool(workerScript, threads), () => this.#temporary('object'));
    this.#known = new KnownInodes(path.join(root, 'known-inodes'));
    this.#holds = new Holds(path.join(root, 'locks'));
    this.#use = new StoreUse(root, this.#holds);
  }

  adopt(place: string): Promise<Result<Artifact, Problem>> {
    return adopt(this.objects, this.#known, place);
  }

  putText(text: string): Digest {
    return orProblem(this.root, () => this.objects.putText(text));
  }

  readText(digest: Digest): string | null {
    return this.objects.readText(digest);
  }

  materialise(artifact: Artifact, target: string): Promise<Result<void, MissingObject>> {
    return materialise(this.objects, artifact, target);
  }

  has(artifact: Artifact): boolean {
    if (artifact.kind === 'file') return this.objects.has(artifact.digest, artifact.executable);
    const text = this.objects.readText(artifact.digest);
    const entries = text === null ? null : parseListing(text);
    return entries?.every((entry) => this.#hasEntry(entry.kind, entry.digest)) ?? false;
  }

  hasNamed(artifact: Artifact): boolean {
    return this.objects.has(artifact.digest, artifact.executable);
  }

  #hasEntry(kind: string, digest: Digest): boolean {
    if (kind !== 'folder') return this.objects.has(digest, kind === 'exec');
    return this.has({ kind: 'folder', digest, sizeBytes: 0, files: 0, executable: false });
  }

  readAction(key: Key): ActionRecord | null {
    return readAction(this.root, key);
  }

  writeAction(record: ActionRecord): void {
    orProblem(this.root, () => writeAction(this.root, record));
  }

  async hold(names: readonly string[], onWait: (name: string) => void, signal: AbortSignal): Promise<Hold> {
    return this.#holds.hold(names, onWait, signal);
  }

  use(onWait: (name: string) => void, signal: AbortSignal): Promise<Hold> {
    return this.#use.use(onWait, signal);
  }

  exclusive(signal: AbortSignal): Promise<Result<Hold, Problem>> {
    return this.#use.exclusive(signal);
  }

  isHeld(name: string): boolean {
    return !this.#holds.isFree(name);
  }

  privateFolder(label: string): string {
    const folder = this.#temporary(label.replace(/[^\w.-]/g, '_'));
    orProblem(folder, () => mkdirSync(folder, { recursive: true }));
    return folder;
  }

  /** A new path in this process's part of `tmp`. */
  #temporary(label: string): string {
    this.#temporaryFolder ??= orProblem(this.root, () => makeTemporaryFolder(this.root));
    return `${this.#temporaryFolder}/${label}-${this.#names++}`;
  }
}
