/**
 * What could be removed: everything that what is kept does not reach, each thing with what it is for and what making it
 * again would cost. Reads only; `gc-collect.ts` removes.
 */
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { type Digest, isDigest, type Key } from '../base/digest.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { type EntryKind, parseListing } from '../inputs/listing.ts';
import { actionFiles, readAction } from './action-records.ts';
import { agedFiles, type GcFile, measure } from './gc-aged.ts';
import { isObjectFile, walkObjects } from './object-files.ts';
import type { LocalStore } from './open-store.ts';
import type { ActionRecord } from './store.ts';

export interface GcRoots {
  /** Results to keep: those the lock, the named experiments and the last runs name. */
  readonly keys: Iterable<Key>;
  /** Runs whose record and log stay however old they are. */
  readonly runs: ReadonlySet<string>;
  /** Run records, logs, item results, checkpoints and kept-aside files not touched since are removed. */
  readonly olderThanMs: number;
  /** The experiment a result was made for; null when that is not known. */
  readonly experimentOf: (record: ActionRecord) => string | null;
  /** Objects younger than this stay: an execution that is not known of may have just made them. Default ten minutes. */
  readonly graceMs?: number;
}

/** A result that would go. */
export interface GcResult {
  readonly key: Key;
  readonly stage: string;
  readonly experiment: string | null;
  /** To make it again, from the last time. */
  readonly seconds: number;
  /** Of its objects that nothing kept needs; those two results share count for the first. */
  readonly sizeBytes: number;
}

export interface GcPlan {
  readonly results: readonly GcResult[];
  /** Objects that would go: those of `results`, and those no record names (a crash left them). */
  readonly objects: readonly GcFile[];
  /** Records that cannot be read, and old run records, logs, items and such. */
  readonly files: readonly GcFile[];
  readonly sizeBytes: number;
  readonly seconds: number;
}

const DEFAULT_GRACE_MS = 10 * 60 * 1000;

export function planGc(store: LocalStore, roots: GcRoots, nowMs: number = Date.now()): GcPlan {
  const kept = new Set<string>();
  const keptKeys = new Set(roots.keys);
  for (const key of keptKeys) reachRecord(store, readAction(store.root, key), kept);

  const objects = removableObjects(store.root, kept, nowMs - (roots.graceMs ?? DEFAULT_GRACE_MS));
  const files: GcFile[] = [];
  const results: GcResult[] = [];
  const counted = new Set<string>();
  for (const file of actionFiles(store.root)) {
    const key = path.basename(file, '.json');
    const record = isDigest(key) ? readAction(store.root, key as string as Key) : null;
    if (record === null) files.push(fileAt(file));
    else if (!keptKeys.has(record.key)) results.push(resultOf(store, record, roots, objects, counted));
  }
  files.push(...agedFiles(store.root, roots.runs, roots.olderThanMs));
  const all = [...objects.values(), ...files];
  return {
    results: results.sort((a, b) => b.sizeBytes - a.sizeBytes || (a.key < b.key ? -1 : 1)),
    objects: [...objects.values()],
    files,
    sizeBytes: all.reduce((sum, each) => sum + each.sizeBytes, 0),
    seconds: results.reduce((sum, each) => sum + each.seconds, 0),
  };
}

/** Notes the files of every object a record needs. */
function reachRecord(store: LocalStore, record: ActionRecord | null, reached: Set<string>): void {
  if (record === null) return;
  for (const artifact of Object.values(record.outputs)) reachArtifact(store, artifact, reached);
  if (record.log !== null) reached.add(store.objects.file(record.log));
}

function reachArtifact(store: LocalStore, artifact: Artifact, reached: Set<string>): void {
  reach(store, artifact.kind === 'folder' ? 'folder' : artifact.executable ? 'exec' : 'file', artifact.digest, reached);
}

function reach(store: LocalStore, kind: EntryKind, digest: Digest, reached: Set<string>): void {
  const file = store.objects.file(digest, kind === 'exec');
  if (kind !== 'folder') {
    reached.add(file);
    return;
  }
  // A listing and a file may be one object; only a listing that was walked spares walking it again.
  const walked = `${file} walked`;
  if (reached.has(walked)) return;
  reached.add(file).add(walked);
  const text = store.readText(digest);
  for (const entry of (text === null ? null : parseListing(text)) ?? [])
    reach(store, entry.kind, entry.digest, reached);
}

/** By absolute path. Objects count as young by their change time: making a link to one makes it young. */
function removableObjects(root: string, kept: ReadonlySet<string>, beforeMs: number): Map<string, GcFile> {
  const removable = new Map<string, GcFile>();
  for (const file of walkObjects(root)) {
    if (kept.has(file) || !isObjectFile(file)) continue;
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats !== undefined && stats.ctimeMs < beforeMs) removable.set(file, { path: file, sizeBytes: stats.size });
  }
  return removable;
}

function resultOf(
  store: LocalStore,
  record: ActionRecord,
  roots: GcRoots,
  objects: ReadonlyMap<string, GcFile>,
  counted: Set<string>,
): GcResult {
  const reached = new Set<string>();
  reachRecord(store, record, reached);
  let sizeBytes = 0;
  for (const file of reached) {
    if (counted.has(file)) continue;
    counted.add(file);
    sizeBytes += objects.get(file)?.sizeBytes ?? 0;
  }
  return {
    key: record.key,
    stage: record.stage,
    experiment: roots.experimentOf(record),
    seconds: record.seconds,
    sizeBytes,
  };
}

function fileAt(file: string): GcFile {
  return { path: file, sizeBytes: measure(file).sizeBytes };
}
