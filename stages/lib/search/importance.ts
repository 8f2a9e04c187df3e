/** How much each hyper-parameter matters for reaching the best results. */
import type { Space } from './space.ts';
import type { Goal, Observation } from './types.ts';

export interface Importance {
  readonly path: string;
  /** From 0 to 1; those of all paths add up to 1. */
  readonly importance: number;
}

/** @returns by falling importance; empty with fewer than two complete trials. */
export function importances(_space: Space, _history: readonly Observation[], _goal: Goal): readonly Importance[] {
  return [];
}
