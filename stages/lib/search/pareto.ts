/** Trials none of the others beats in every objective. */
import type { Goal, Observation } from './types.ts';

/** @returns complete trials no other complete trial dominates, by trial number. Equal trials are all kept. */
export function paretoSet(_history: readonly Observation[], _goals: readonly Goal[]): readonly Observation[] {
  return [];
}
