/** What the best trials agree on. */
import type { Json } from '../../../src/base/json.ts';
import type { Space } from './space.ts';
import type { Goal, Observation } from './types.ts';

export interface Agreement {
  readonly path: string;
  /** In how many of the best trials the dimension is active. */
  readonly active: number;
  /** Its values there and how many trials have each, the most frequent first. */
  readonly values: readonly { readonly value: Json; readonly count: number }[];
  /** Of a range: lowest, median and highest value. null for a choice. */
  readonly span: { readonly low: number; readonly median: number; readonly high: number } | null;
  /** True when it is active in all of the best trials with one and the same value. */
  readonly shared: boolean;
}

/** @param best  how many of the best complete trials to look at. */
export function agreements(
  _space: Space,
  _history: readonly Observation[],
  _goal: Goal,
  _best: number,
): readonly Agreement[] {
  return [];
}
