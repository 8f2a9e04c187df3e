/**
 * Reading and writing `pipeline.lock` beside other runs, and the locks of other pipeline files in the folder beside it.
 *
 * A run changes only the entries of stages it settled; everything else is read again at the moment of writing, so that two
 * runs at once do not undo each other. Callers hold the lock's name while they write.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { isLockPlace } from '../config/own-places.ts';
import type { Artifact } from '../inputs/artifact.ts';
import type { ActionRecord } from '../store/store.ts';
import { formatLock, type Lock, type LockedOutput, type LockedStage, parseLock } from './lock-file.ts';
import { numbersIn } from './metric-values.ts';

/** @param name see `lockName`. */
export function readLock(root: string, name: string): { readonly lock: Lock; readonly damaged: boolean } {
  let text: string;
  try {
    text = fs.readFileSync(path.join(root, name), 'utf8');
  } catch {
    return { lock: new Map(), damaged: false };
  }
  return parseLock(text);
}

/** The locks of all pipeline files in the folder: a store serves them all. */
export function lockNames(root: string): string[] {
  return fs.readdirSync(root).filter((name) => name.endsWith('pipeline.lock') && isLockPlace(name));
}

/**
 * @param settled   entries this run proved, by experiment and stage.
 * @param existing  names of the stages each experiment still has; entries of others are dropped. Experiments not named are left.
 * @param defined   all experiments of the file; entries of others are dropped.
 */
export function updateLock(
  root: string,
  name: string,
  settled: Lock,
  existing: ReadonlyMap<string, ReadonlySet<string>>,
  defined: ReadonlySet<string>,
): void {
  editLock(root, name, (lock) => {
    for (const [experiment, stages] of settled) {
      const entries = lock.get(experiment) ?? new Map<string, LockedStage>();
      for (const [stage, entry] of stages) entries.set(stage, entry);
      lock.set(experiment, entries);
    }
    for (const [experiment, entries] of lock) {
      if (!defined.has(experiment)) lock.delete(experiment);
      const kept = existing.get(experiment);
      if (kept !== undefined) for (const stage of entries.keys()) if (!kept.has(stage)) entries.delete(stage);
    }
  });
}

/** Reads the lock again, changes it, and writes it when its text differs. Callers hold the lock's name. */
export function editLock(root: string, name: string, change: (lock: Lock) => void): void {
  const { lock } = readLock(root, name);
  change(lock);
  const text = formatLock(lock);
  const target = path.join(root, name);
  if (sameText(target, text)) return;
  const temporary = `${target}.${process.pid}.tmp`;
  const descriptor = fs.openSync(temporary, 'w');
  try {
    fs.writeSync(descriptor, text);
    // The one file of ours that is not kept in the cache: it must be whole after a power cut.
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  fs.renameSync(temporary, target);
}

function sameText(path: string, text: string): boolean {
  try {
    return fs.readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

/** @param given  names of inputs that no stage made. */
export function lockedStage(action: ActionRecord, given: readonly string[]): LockedStage {
  const inputs: Record<string, LockedOutput> = {};
  for (const { kind, name, value } of action.manifest.facts) {
    if (kind !== 'input' || !given.includes(name) || !Array.isArray(value)) continue;
    const [type, digest, executable] = value as unknown as readonly [Artifact['kind'], Digest, boolean];
    inputs[name] = lockedOutput({ kind: type, digest, executable });
  }
  const outputs: Record<string, LockedOutput> = {};
  for (const [name, artifact] of Object.entries(action.outputs)) outputs[name] = lockedOutput(artifact);
  const metrics: Record<string, number> = {};
  for (const [output, value] of Object.entries(action.metrics)) {
    for (const [name, number] of Object.entries(numbersIn(value)))
      metrics[name === '' ? output : `${output}:${name}`] = number;
  }
  return { key: action.key, inputs, outputs, metrics };
}

function lockedOutput(artifact: Pick<Artifact, 'kind' | 'digest' | 'executable'>): LockedOutput {
  return {
    kind: artifact.kind === 'folder' ? 'folder' : artifact.executable ? 'exec' : 'file',
    digest: artifact.digest,
  };
}
