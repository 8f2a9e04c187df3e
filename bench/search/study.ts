/** One study of ours on a test function: trials one after the other, each with what its predecessors gave. */
import { createSampler, type SamplerName } from '../../stages/lib/search/create-sampler.ts';
import { suggestNew } from '../../stages/lib/search/suggest-new.ts';
import type { Observation } from '../../stages/lib/search/types.ts';
import type { TestFunction } from './functions.ts';

/** After how many trials regret is measured. */
export const COUNTS = [50, 100] as const;

/**
 * @param parallel  how many trials run at once: trial n knows the results of trials up to n - parallel.
 * @returns the value of each trial.
 */
export function runStudy(target: TestFunction, sampler: SamplerName, seed: number, trials: number, parallel = 1) {
  return historyOf(target, sampler, seed, trials, parallel).map(({ values }) => values[0] ?? Number.NaN);
}

/** The same, with all that is known of each trial in the end. */
export function historyOf(
  { space, evaluate }: TestFunction,
  sampler: SamplerName,
  seed: number,
  trials: number,
  parallel = 1,
): readonly Observation[] {
  const source = createSampler({ sampler, space, seed, goals: ['minimize'] });
  const history: Observation[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const known = history.map(
      (each): Observation => (each.trial > trial - parallel ? { ...each, state: 'running', values: [] } : each),
    );
    const suggestion = suggestNew(source, known, trial);
    if (suggestion === null) break;
    const { settings } = suggestion;
    history.push({ trial, settings, state: 'complete', values: [evaluate(settings)], reports: [], violation: 0 });
  }
  return history;
}

/** The best value among the first `count`, above the least there is. */
export function regretAt(values: readonly number[], count: number, least: number): number {
  return Math.min(...values.slice(0, count)) - least;
}
