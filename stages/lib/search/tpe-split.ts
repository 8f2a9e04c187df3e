/**
 * Divides what is known into good and bad trials, from which TPE takes its two densities.
 *
 * Good is the first min(⌈n/10⌉, 25) of n trials with a result, in this order: complete by value; pruned by how far they
 * came, then by the value there; infeasible by how much they break. Trials under way and failed ones are always bad:
 * the first keep parallel trials apart ("constant liar"), the second keep away from where training breaks down.
 */
import { compare, lossOf, ranked } from './pareto.ts';
import type { Goal, Observation } from './types.ts';

const GOOD_SHARE = 10;
const MOST_GOOD = 25;

export interface Split {
  /** By trial number, as ages weigh. */
  readonly good: readonly Observation[];
  readonly bad: readonly Observation[];
}

/** Whether the trial counts among those by whose number TPE begins and sizes the good set. */
export function hasResult({ state }: Observation): boolean {
  return state === 'complete' || state === 'pruned' || state === 'infeasible';
}

export function splitTrials(history: readonly Observation[], goals: readonly Goal[]): Split {
  const inState = (state: Observation['state']) => history.filter((each) => each.state === state);
  const results = [
    ...ranked(inState('complete'), goals),
    ...byProgress(inState('pruned'), goals[0] ?? 'minimize'),
    ...inState('infeasible').sort((a, b) => a.violation - b.violation || a.trial - b.trial),
  ];
  const count = Math.min(Math.ceil(results.length / GOOD_SHARE), MOST_GOOD);
  const byNumber = (a: Observation, b: Observation) => a.trial - b.trial;
  return {
    good: results.slice(0, count).sort(byNumber),
    bad: [...results.slice(count), ...history.filter((each) => !hasResult(each))].sort(byNumber),
  };
}

/** Furthest step first, then the value there with NaN as the worst; those without any report last. */
function byProgress(pruned: readonly Observation[], goal: Goal): readonly Observation[] {
  const scores = new Map(
    pruned.map((trial) => {
      const last = trial.reports.at(-1);
      return [trial, last === undefined ? [Infinity, 0] : [-last[0], lossOf(last[1], goal)]] as const;
    }),
  );
  const score = (trial: Observation, i: number) => scores.get(trial)?.[i] ?? Infinity;
  return pruned.toSorted(
    (a, b) => compare(score(a, 0), score(b, 0)) || compare(score(a, 1), score(b, 1)) || a.trial - b.trial,
  );
}
