/**
 * What a name on the command line stands for: an experiment, repetitions of one, a run, a trial, or a Git revision, with the
 * results it has, as far as records tell.
 */
import { numbersIn } from '../record/metric-values.ts';
import type { ActionRecord } from '../store/store.ts';
import type { Records } from './records.ts';

export interface Subject {
  /** As given. */
  readonly name: string;
  readonly kind: 'experiment' | 'run' | 'trial' | 'revision';
  readonly commit: string | null;
  /** One, or the repetitions that differ in their seeds. */
  readonly members: readonly Member[];
}

/** The results of one experiment. */
export interface Member {
  readonly experiment: string;
  /** Producers first. */
  readonly stages: ReadonlyMap<string, StageResult>;
  /** Of a trial: its scores in cross-validation. */
  readonly folds?: Folds;
}

export interface Folds {
  /** Repeat, fold and seed of each training: two trials are paired where these are the same. */
  readonly cells: readonly string[];
  /** Folds of one repeat. */
  readonly perRepeat: number;
  /** By metric, in the order of `cells`. */
  readonly scores: ReadonlyMap<string, readonly number[]>;
}

export interface StageResult {
  readonly key: string;
  /** Null when the store has the result no more; its metrics may still be known from the lock. */
  readonly action: ActionRecord | null;
  /** Numbers by `output:path.in.it`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Whether it was measured on images that something was learned or chosen by, as far as its record tells. */
export function isChosenBy({ action }: StageResult): boolean {
  const split = action?.manifest.facts.find(({ kind, name }) => kind === 'param' && name === 'split');
  return split?.value === 'validation' || split?.value === 'train';
}

/** @param stages  by name: keys as the lock or a run has them, with the metrics that are known without the record. */
export function memberOf(
  records: Records,
  experiment: string,
  stages: ReadonlyMap<string, Omit<StageResult, 'action'>>,
): Member {
  const results = new Map<string, StageResult>();
  for (const [name, { key, metrics }] of stages) {
    const action = records.action(key);
    results.set(name, { key, metrics: action === null ? metrics : metricsOf(action), action });
  }
  return { experiment, stages: inOrder(results) };
}

function metricsOf(action: ActionRecord): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [output, value] of Object.entries(action.metrics))
    for (const [name, number] of Object.entries(numbersIn(value)))
      found[name === '' ? output : `${output}:${name}`] = number;
  return found;
}

/**
 * Producers before those that read their outputs. Records know no graph, but an input's digest is an output's; where two
 * results have one digest, either order is as good.
 */
function inOrder(stages: ReadonlyMap<string, StageResult>): Map<string, StageResult> {
  const producers = new Map<string, string>();
  for (const [name, { action }] of stages)
    for (const output of Object.values(action?.outputs ?? {})) producers.set(output.digest, name);
  const ordered = new Map<string, StageResult>();
  const underway = new Set<string>();
  const visit = (name: string) => {
    const result = stages.get(name);
    if (result === undefined || ordered.has(name) || underway.has(name)) return;
    underway.add(name);
    for (const digest of inputDigests(result)) {
      const producer = producers.get(digest);
      if (producer !== undefined) visit(producer);
    }
    ordered.set(name, result);
  };
  for (const name of [...stages.keys()].sort()) visit(name);
  return ordered;
}

function inputDigests({ action }: StageResult): string[] {
  return (action?.manifest.facts ?? []).flatMap(({ kind, value }) =>
    kind === 'input' && Array.isArray(value) && typeof value[1] === 'string' ? [value[1]] : [],
  );
}

/** Digests of everything a member's stages made: an input that is none of them comes from outside. */
export function madeDigests({ stages }: Member): ReadonlySet<string> {
  return new Set(
    [...stages.values()].flatMap(({ action }) => Object.values(action?.outputs ?? {}).map((each) => each.digest)),
  );
}

/** Runs that made the results, oldest first. */
export function runsOf(members: readonly Member[]): string[] {
  const runs = members.flatMap(({ stages }) => [...stages.values()].flatMap(({ action }) => action?.run ?? []));
  return [...new Set(runs)].sort();
}
