/** What `pipe gc` keeps: what the lock, the file's experiments and the last runs refer to. */
import fs from 'node:fs';
import path from 'node:path';
import { isDigest, type Key } from '../base/digest.ts';
import { readLock } from '../record/lock-store.ts';
import type { Summary } from '../report/events.ts';
import type { GcRoots } from '../store/gc-plan.ts';
import type { Session } from './session.ts';

/** Logs, run records and results of items that nobody touched for this long go. */
const KEEP_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param keepRuns  the results and records of so many last runs stay, whatever refers to them. */
export function gcRoots(session: Pick<Session, 'root' | 'store' | 'plan'>, keepRuns: number, nowMs: number): GcRoots {
  const experiments = new Map<string, string>();
  const keys = new Set<Key>();
  const keep = (key: string | null, experiment: string) => {
    if (key === null || !isDigest(key)) return;
    keys.add(key as string as Key);
    experiments.set(key, experiment);
  };
  const defined = new Set(session.plan.project.experimentNames);
  for (const [experiment, stages] of readLock(session.root).lock) {
    if (defined.has(experiment)) for (const stage of stages.values()) keep(stage.key, experiment);
  }
  const all = runNames(session.store.root);
  const runs = new Set(all.slice(0, keepRuns));
  for (const run of all) {
    for (const [experiment, key] of keysOfRun(session.store.root, run)) {
      if (runs.has(run)) keep(key, experiment);
      else if (!experiments.has(key)) experiments.set(key, experiment);
    }
  }
  return {
    keys,
    runs,
    olderThanMs: nowMs - KEEP_DAYS * DAY_MS,
    experimentOf: (record) => experiments.get(record.key) ?? null,
  };
}

/** Newest first: their names begin with their times. */
function runNames(cache: string): string[] {
  const folder = path.join(cache, 'runs');
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names
    .map((name) => path.parse(name).name)
    .sort()
    .reverse();
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
  return Object.entries(experiments).flatMap(([experiment, stages]) =>
    Object.values(stages).flatMap(({ key }): [string, string][] => (key === null ? [] : [[experiment, key]])),
  );
}
