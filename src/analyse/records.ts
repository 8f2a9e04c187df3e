/**
 * What analyses read: the lock, the records of results and of runs, and the bytes of outputs, all of them as they were
 * written by runs. Nothing here looks at the pipeline file, starts anything or writes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Digest, isDigest, type Key } from '../base/digest.ts';
import { lockName } from '../config/own-places.ts';
import type { RunRecord } from '../generated/run.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { parseListing } from '../inputs/listing.ts';
import type { Lock } from '../record/lock-file.ts';
import { readLock } from '../record/lock-store.ts';
import { allActions } from '../store/action-records.ts';
import { type LocalStore, openStore } from '../store/open-store.ts';
import type { ActionRecord } from '../store/store.ts';

export interface Records {
  /** Absolute folder of the pipeline file. */
  readonly root: string;
  /** Name of the lock file in `root`. */
  readonly lockFile: string;
  readonly lock: Lock;
  /** The record of a result; null when the store has it no more. */
  action(key: string): ActionRecord | null;
  /** Every result the store remembers: for rare questions, it reads them all. */
  allActions(): readonly ActionRecord[];
  run(name: string): RunRecord | null;
  /** Names of all recorded runs, oldest first. */
  runNames(): readonly string[];
  /** Absolute path of the bytes of an output that is a file, or of a file in an output that is a folder; null when gone. */
  file(output: Artifact, within?: string): string | null;
  /** Paths of the files in an output that is a folder, at most a few levels deep; none when it is a file or gone. */
  filesIn(output: Artifact): readonly string[];
}

/** @param pipelineFile  its name in `root`. */
export function openRecords(root: string, pipelineFile: string): Records {
  const lockFile = lockName(pipelineFile);
  const store = openStore({ root: path.join(root, 'cache') });
  const actions = new Map<string, ActionRecord | null>();
  const runs = path.join(root, 'cache', 'runs');
  return {
    root,
    lockFile,
    lock: readLock(root, lockFile).lock,
    action(key) {
      const known = actions.get(key);
      if (known !== undefined) return known;
      const read = isDigest(key) ? store.readAction(key as string as Key) : null;
      actions.set(key, read);
      return read;
    },
    allActions: () => allActions(store.root),
    run(name) {
      try {
        return JSON.parse(fs.readFileSync(path.join(runs, `${name}.json`), 'utf8')) as RunRecord;
      } catch {
        return null;
      }
    },
    runNames() {
      if (!fs.existsSync(runs)) return [];
      return fs
        .readdirSync(runs)
        .filter((each) => each.endsWith('.json'))
        .map((each) => path.parse(each).name)
        .sort();
    },
    file: (output, within) => fileOf(store, output, within),
    filesIn: (output) => (output.kind === 'file' ? [] : namesIn(store, output.digest, DEEPEST)),
  };
}

function fileOf(store: LocalStore, output: Artifact, within?: string): string | null {
  if (output.kind === 'file') return existing(store.objects.file(output.digest, output.executable));
  let { digest } = output;
  const names = (within ?? '').split('/');
  for (const [depth, name] of names.entries()) {
    const listing = store.readText(digest);
    const entry = parseListing(listing ?? '')?.find((each) => each.name === name);
    if (listing === null || entry === undefined) return null;
    const isLast = depth === names.length - 1;
    if (isLast)
      return entry.kind === 'folder' ? null : existing(store.objects.file(entry.digest, entry.kind === 'exec'));
    if (entry.kind !== 'folder') return null;
    digest = entry.digest;
  }
  return null;
}

/** What is shown of an output lies near its top; datasets may be deep and large. */
const DEEPEST = 2;

function namesIn(store: LocalStore, digest: Digest, levels: number): string[] {
  const entries = parseListing(store.readText(digest) ?? '') ?? [];
  return entries.flatMap(({ name, kind, digest: below }) => {
    if (kind !== 'folder') return [name];
    return levels === 0 ? [] : namesIn(store, below, levels - 1).map((each) => `${name}/${each}`);
  });
}

function existing(file: string): string | null {
  return fs.existsSync(file) ? file : null;
}
