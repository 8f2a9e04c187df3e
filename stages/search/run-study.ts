/**
 * The order of a study: which trial is chosen when, knowing what.
 *
 * Trial n is chosen when all trials up to n - `parallel` are done, and knows exactly those; the ones between count as running.
 * So how many workers there are, and which of them is quicker, decides nothing.
 */
import type { Observation, Settings } from '../lib/search/types.ts';
import { NO_RESULT, observationOf, type TrialRecord } from './trial-record.ts';

export interface Suggested {
  readonly settings: Settings;
  readonly sameAs: number | null;
}

export interface StudyWork {
  readonly trials: number;
  readonly parallel: number;
  /** The settings of a trial; null when the space has none left. */
  suggest(history: readonly Observation[], trial: number): Suggested | null;
  /** Runs it. @param history  the trials that were done when it was chosen. */
  run(trial: number, settings: Settings, history: readonly Observation[]): Promise<TrialRecord>;
  /** Called in the order in which trials end. */
  onDone(record: TrialRecord): void;
}

/** @returns the records by number. @throws what `run` throws: a bug or an interruption, not a trial that failed. */
export async function runStudy(work: StudyWork): Promise<readonly TrialRecord[]> {
  const chosen: Settings[] = [];
  const done: Observation[] = [];
  const running: Promise<TrialRecord>[] = [];
  for (let trial = 0; trial < work.trials; trial++) {
    const settled = trial - work.parallel;
    if (settled >= 0) done.push(observationOf(await (running[settled] as Promise<TrialRecord>)));
    const known = [...done];
    const underWay = chosen.slice(known.length).map((settings, i): Observation => {
      const { values, reports, violation } = NO_RESULT;
      return { trial: known.length + i, settings, state: 'running', values, reports, violation };
    });
    const suggested = work.suggest([...known, ...underWay], trial);
    if (suggested === null) break;
    const { settings, sameAs } = suggested;
    chosen.push(settings);
    const original = sameAs === null ? undefined : running[sameAs];
    const run =
      original === undefined
        ? work.run(trial, settings, known)
        : original.then((record): TrialRecord => ({ ...record, trial, sameAs: record.sameAs ?? record.trial }));
    const told = run.then((record) => {
      work.onDone(record);
      return record;
    });
    // A rejection is thrown where it is awaited, which may be many trials later.
    told.catch(() => {});
    running.push(told);
  }
  return Promise.all(running);
}
