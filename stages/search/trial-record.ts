/** What is known of a trial when it is done: one line of trials.jsonl. Holds nothing that depends on time or machine. */
import type { Observation, Report, Settings } from '../lib/search/types.ts';

/**
 * complete: it has its values. collapsed: it has, but on every fold it gives all images one class. pruned: stopped early.
 * failed: no number came of it. infeasible: its model breaks a constraint, so it was never trained.
 */
export type RecordState = 'complete' | 'collapsed' | 'pruned' | 'failed' | 'infeasible';

/** One training: a fold of one repeat of the cross-validation, with one seed. */
export interface CellRecord {
  readonly repeat: number;
  readonly fold: number;
  readonly seed: number;
  readonly epochs: number;
  readonly keptEpoch: number;
  readonly ended: string;
  /** Metrics of the kept epoch; null where there was no number. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

export interface TrialRecord {
  readonly trial: number;
  readonly state: RecordState;
  readonly settings: Settings;
  /** One number per objective: means over all trainings. Empty when there is none. */
  readonly values: readonly number[];
  /** Of the first objective: over seeds when there are several, else over folds; null with one training. */
  readonly deviation: number | null;
  /** Means of the metrics of all trainings. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Of the model; null when it could not be planned. */
  readonly cost: { readonly params: number; readonly flops: number; readonly size: number } | null;
  /** Epochs of all trainings together. */
  readonly epochs: number;
  readonly cells: readonly CellRecord[];
  /** The first objective on the way: after each measured epoch, mean over trainings; with `wilcoxon` after each training. */
  readonly reports: readonly Report[];
  /** By how much constraints are broken. */
  readonly violation: number;
  /** The earlier trial with the same settings whose results these are. */
  readonly sameAs: number | null;
  /** Why it failed. */
  readonly problem: string | null;
}

export const NO_RESULT: Omit<TrialRecord, 'trial' | 'state' | 'settings'> = {
  values: [],
  deviation: null,
  metrics: {},
  cost: null,
  epochs: 0,
  cells: [],
  reports: [],
  violation: 0,
  sameAs: null,
  problem: null,
};

/** What samplers and pruners are told of it. */
export function observationOf({ trial, settings, state, values, reports, violation }: TrialRecord): Observation {
  return { trial, settings, state: state === 'collapsed' ? 'complete' : state, values, reports, violation };
}

/** Its line: the members in a fixed order, what people look for first. */
export function lineOf({ trial, state, settings, values, ...rest }: TrialRecord): string {
  return `${JSON.stringify({ trial, state, settings, values, ...rest })}\n`;
}

/** Whether it has values that can be the best. */
export function isRanked({ state }: TrialRecord): boolean {
  return state === 'complete' || state === 'collapsed';
}
