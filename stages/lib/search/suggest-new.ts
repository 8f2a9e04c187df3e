/** Keeps equal configurations from being tried twice. */
import { settingsKey } from './space.ts';
import type { Observation, Sampler, Settings } from './types.ts';

export interface Suggestion {
  readonly settings: Settings;
  /** The earlier trial that has the same settings; null in all but nearly exhausted spaces. Its result is to be taken over. */
  readonly sameAs: number | null;
}

/** Draws again after the first, at most. */
const REDRAWS = 10;

/**
 * Settings no trial of `history` has, as far as a few more draws find some.
 *
 * @returns null when the sampler has none left.
 */
export function suggestNew(sampler: Sampler, history: readonly Observation[], trial: number): Suggestion | null {
  const known = new Map<string, number>();
  for (const each of history) {
    const key = settingsKey(each.settings);
    known.set(key, Math.min(each.trial, known.get(key) ?? each.trial));
  }
  let same: Suggestion | null = null;
  for (let attempt = 0; attempt <= REDRAWS; attempt++) {
    const settings = sampler.suggest(history, trial, attempt);
    if (settings === null) return same;
    const sameAs = known.get(settingsKey(settings)) ?? null;
    if (sameAs === null) return { settings, sameAs };
    same ??= { settings, sameAs };
  }
  return same;
}
