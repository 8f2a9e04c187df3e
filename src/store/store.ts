/** The contract of the store: objects named by digest, and the records that say which key led to which objects. */
import type { Digest, Key } from '../base/digest.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Problem } from '../base/problem.ts';
import type { Result } from '../base/result.ts';
import type { Reason } from '../decide/reason.ts';
import type { Artifact } from '../inputs/artifact.ts';
import type { Manifest } from '../key/manifest.ts';

export interface Store {
  /** Absolute path of `cache/`. */
  readonly root: string;

  /**
   * Takes what lies at `path` (absolute; file or folder) into the store and leaves links in its place.
   * Every byte is digested as it goes in. Files become read-only.
   */
  adopt(path: string): Promise<Result<Artifact, Problem>>;

  /** Stores small text (a listing, a manifest) as an object. */
  putText(text: string): Digest;

  /**
   * Puts an artifact at `target` (absolute; nothing may lie there), verifying every object's bytes on the way.
   * Fails, leaving nothing at `target`, when an object is missing or its bytes do not match its name; a damaged object
   * is removed from the store so that it is made anew.
   */
  materialise(artifact: Artifact, target: string): Promise<Result<void, MissingObject>>;

  /** Whether all objects of an artifact are there (not whether they are whole). */
  has(artifact: Artifact): boolean;
  /** Whether the one object that the artifact is named by is there: a file's bytes, a folder's listing. One look at the disk. */
  hasNamed(artifact: Artifact): boolean;

  /** The record under a key; null when there is none, or it cannot be read, or it does not describe this key. */
  readAction(key: Key): ActionRecord | null;
  /** Published atomically, after its objects. */
  writeAction(record: ActionRecord): void;

  /**
   * Holds names (a key, a place in the workspace) against every other run on this machine. Names are taken in sorted
   * order, so that two holders never wait for each other. `onWait` is called once if another run holds one of them.
   * A holder that is killed frees its names at once.
   */
  hold(names: readonly string[], onWait: (name: string) => void, signal: AbortSignal): Promise<Hold>;

  /** A fresh private folder under `cache/tmp`. */
  privateFolder(label: string): string;
}

export interface Hold {
  release(): void;
}

export interface MissingObject {
  readonly digest: Digest;
  readonly damaged: boolean;
}

/** What one execution gave: stored under its key, read by everything that explains, restores or compares. */
export interface ActionRecord {
  readonly version: 1;
  readonly key: Key;
  /** A readable name for people; no part of the key. */
  readonly stage: string;
  readonly manifest: Manifest;
  /** Why it ran then. */
  readonly reasons: readonly Reason[];
  /** By output name. */
  readonly outputs: Readonly<Record<string, Artifact>>;
  /** Numbers read from the metrics outputs, by output name. */
  readonly metrics: Readonly<Record<string, Json>>;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly peakBytes: number | null;
  /** The run that made it. */
  readonly run: string;
  /** Digest of the log's text, kept as an object; null when the log is empty. */
  readonly log: Digest | null;
  /** Backend, versions, device: what the stage said of where it ran. Never in the key. */
  readonly provenance: JsonObject;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
}
