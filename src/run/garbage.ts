/** What `pipe gc` keeps: what the lock, the file's experiments and the last runs refer to. */
import fs from 'node:fs';
import path from 'node:path';
import { isDigest, type Key } from '../base/digest.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { lockName } from '../config/own-places.ts';
import { lockNames, readLock } from '../record/lock-store.ts';
import type { Summary } from '../report/events.ts';
import type { GcRoots } from '../store/gc-plan.ts';
import type { Session } from './session.ts';

/** Logs, run records and results of items that nobody touched for this long go. */
const KEEP_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * @param keepRuns  the results and records of so many last runs stay, whatever refers to them.
 * @returns         a problem when the lock does not say what it refers to: everything would look unwanted.
 */
export function gcRoots(
  session: Pick<Session, 'root' | 'store' | 'plan'>,
  keepRuns: number,
  nowMs: number,
): Result<GcRoots, Problem> {
  const experiments = new Map<string, string>();
  const keys = new Set<Key>();
  const keep = (key: string | null, experiment: string) => {
    if (key === null || !isDigest(key)) return;
    keys.add(key as string as Key);
    experiments.set(key, experiment);
  };
  const { file, experimentNames } = session.plan.project;
  const own = lockName(file);
  const defined = new Set(experimentNames);
  // The store also serves the other pipeline files of the folder; which experiments those define is not known here.
  for (const name of new Set([own, ...lockNames(session.root)])) {
    const { lock, damaged } = readLock(session.root, name);
    if (damaged) return fail(unknownRoots(name, 'holds lines that are not its own, such as conflict markers'));
    if (name === own && lock.size === 0 && hasActions(session.store.root))
      return fail(unknownRoots(name, 'names no results, but the store has some'));
    for (const [experiment, stages] of lock) {
      if (name === own && !defined.has(experiment)) continue;
      for (const stage of stages.values()) keep(stage.key, experiment);
    }
  }
  const all = runNames(session.store.root);
  const runs = new Set(all.slice(0, keepRuns));
  for (const run of all) {
    for (const [experiment, key] of keysOfRun(session.store.root, run)) {
      if (runs.has(run)) keep(key, experiment);
      else if (!experiments.has(key)) experiments.set(key, experiment);
    }
  }
  return ok({
    keys,
    runs,
    olderThanMs: nowMs - KEEP_DAYS * DAY_MS,
    experimentOf: (record) => experiments.get(record.key) ?? null,
  });
}

function hasActions(cache: string): boolean {
  const folder = path.join(cache, 'actions');
  return (
    fs.existsSync(folder) && fs.readdirSync(folder, { recursive: true }).some((each) => `${each}`.endsWith('.json'))
  );
}

function unknownRoots(lock: string, what: string): Problem {
  return problem('E0687', `\`${lock}\` ${what}, so what is still wanted is not known`, {
    path: lock,
    expected: 'a whole lock file, because what it does not name is deleted',
    hint: 'pipe run --all   (writes it anew), or take it from Git',
  });
}

/** Newest first: their names begin with their times, in seconds; of runs of one second, the record written last comes first. */
function runNames(cache: string): string[] {
  const folder = path.join(cache, 'runs');
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
  const writtenMs = new Map(names.map((name) => [name, fs.statSync(path.join(folder, name)).mtimeMs]));
  return names
    .sort((a, b) => compare(secondOf(b), secondOf(a)) || compare(writtenMs.get(b) ?? 0, writtenMs.get(a) ?? 0))
    .map((name) => path.parse(name).name);
}

function secondOf(run: string): string {
  return run.split('-')[0] ?? '';
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keysOfRun(cache: string, run: string): [experiment: string, key: string][] {
  let summary: Summary;
  try {
    summary = (JSON.parse(fs.readFileSync(path.join(cache, 'runs', `${run}.json`), 'utf8')) as { summary: Summary })
      .summary;
  } catch {
    return [];
  }
  const experiments = summary.experiments ?? { [summary.experiment]: summary.stages };
  const varied = (summary.variants ?? []).flatMap(({ experiment, key }): [string, string][] =>
    key === null ? [] : [[experiment, key]],
  );
  const plain = Object.entries(experiments).flatMap(([experiment, stages]) =>
    Object.values(stages).flatMap(({ key }): [string, string][] => (key === null ? [] : [[experiment, key]])),
  );
  return [...plain, ...varied];
}
