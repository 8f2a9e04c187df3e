/** What is known of a trial when it is done: one line of trials.jsonl. Holds nothing that depends on time or machine. */
import type { Trial, TrialCell } from '../../src/generated/trial.ts';
import type { Observation, Report, Settings } from '../lib/search/types.ts';

export type RecordState = Trial['state'];
export type CellRecord = Readonly<TrialCell>;
export type TrialRecord = Readonly<Omit<Trial, 'settings' | 'use' | 'pipeline' | 'reports' | 'values'>> & {
  readonly settings: Settings;
  readonly use: Settings;
  readonly pipeline: Settings;
  readonly values: readonly number[];
  readonly reports: readonly Report[];
};

export const NO_RESULT: Omit<TrialRecord, 'trial' | 'state' | 'settings'> = {
  use: {},
  pipeline: {},
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
