/** Keeps equal configurations from being tried twice. */
import type { Json } from '../../../src/sdk/index.ts';
import { sameValue } from './space.ts';
import type { Observation, Sampler, Settings } from './types.ts';

export interface Suggestion {
  readonly settings: Settings;
  /** The first trial that has the same settings, whose result is to be taken over; null in all but used-up spaces. */
  readonly sameAs: number | null;
}

/** Draws for one trial, at most. TPE gives up on its model after ten of them and draws from the whole space. */
const MOST_ATTEMPTS = 60;

/**
 * Settings no trial of `history` has, drawing again where they turn out to be known.
 *
 * @returns null when the sampler has none left; settings of an earlier trial when all draws gave known ones.
 */
export function suggestNew(sampler: Sampler, history: readonly Observation[], trial: number): Suggestion | null {
  const earlier = history.filter((each) => each.trial !== trial).sort((a, b) => a.trial - b.trial);
  let known: Suggestion | null = null;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const settings = sampler.suggest(history, trial, attempt);
    if (settings === null) return known;
    const same = earlier.find(isSame(settings));
    if (same === undefined) return { settings, sameAs: null };
    known ??= { settings, sameAs: same.trial };
  }
  return known;
}

/** Whether a trial has these settings. Most differ in the first value or two, so those are looked at first. */
function isSame(settings: Settings): (trial: Observation) => boolean {
  const entries = Object.entries(settings);
  return ({ settings: other }) =>
    entries.every(([path, value]) => {
      const found: Json | undefined = other[path];
      return found !== undefined && sameValue(found, value);
    }) && Object.keys(other).length === entries.length;
}
