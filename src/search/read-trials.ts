/**
 * The trials of a search, from what it left: for whoever shows, compares or promotes them. Reads, never computes.
 *
 * A finished search left `trials.jsonl` and `settings.json` as outputs; one that runs or was stopped has a journal among its
 * checkpoints, of which the last line may be torn.
 */
import fs from 'node:fs';
import type { JsonObject } from '../base/json.ts';
import type { Trial } from '../generated/trial.ts';

/** A line each; lines that are not whole are passed over. */
export function parseTrials(text: string): readonly Trial[] {
  return parseLines(text).filter((line): line is Trial & JsonObject => typeof line.trial === 'number');
}

/** What the journal of a search tells of a trial. */
export interface JournalTrial {
  readonly trial: number;
  /** `running` when nothing says that it ended; so is one of a search that was stopped. */
  readonly state: Trial['state'] | 'running';
  readonly settings: JsonObject;
  readonly values: readonly number[];
  /** Trainings done, at least in part: folds, repeats and seeds. */
  readonly trainings: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** By number; the last start of a trial counts, since a search that was killed starts it again. */
export function readJournal(file: string): readonly JournalTrial[] {
  const trials = new Map<number, JournalTrial>();
  const cells = new Map<number, Set<unknown>>();
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  for (const { event, trial, ...line } of parseLines(text)) {
    if (typeof trial !== 'number') continue;
    const known = trials.get(trial);
    if (event === 'start') {
      cells.set(trial, new Set());
      trials.set(trial, {
        trial,
        state: 'running',
        settings: (line.settings ?? {}) as JsonObject,
        values: [],
        trainings: 0,
        startedAt: String(line.at),
        endedAt: null,
      });
    } else if (known !== undefined && event === 'training') {
      const begun = (cells.get(trial) as Set<unknown>).add(line.cell);
      trials.set(trial, { ...known, trainings: begun.size });
    } else if (known !== undefined && event === 'end') {
      const values = Array.isArray(line.values) ? (line.values as number[]) : [];
      trials.set(trial, { ...known, state: line.state as Trial['state'], values, endedAt: String(line.at) });
    }
  }
  return [...trials.values()].sort((a, b) => a.trial - b.trial);
}

function parseLines(text: string): JsonObject[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as JsonObject];
    } catch {
      return [];
    }
  });
}
