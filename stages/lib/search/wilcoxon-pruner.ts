/**
 * Pruning over folds: a trial stops when a signed-rank test finds it worse than the best trial on the folds both have.
 *
 * Steps are folds here, not epochs: they come in no order that matters, and each is compared with the same fold of the best
 * trial. Test of Wilcoxon (1945), zeros split evenly between the signs; rule and defaults of Optuna 5.
 */
import { lossOf, ranked } from './pareto.ts';
import type { Goal, Pruner } from './types.ts';

export interface WilcoxonSettings {
  /** Stop below this p; default 0.1. With five folds that is after the fourth at the earliest. */
  readonly threshold?: number;
  /** Folds that are always done; default 2. */
  readonly startupSteps?: number;
}

export function wilcoxonPruner({ threshold = 0.1, startupSteps = 2 }: WilcoxonSettings, goal: Goal): Pruner {
  return {
    stops(_trial, reports, history) {
      const [best] = ranked(
        history.filter(({ state }) => state === 'complete'),
        [goal],
      );
      if (best === undefined || best.reports.length === 0 || reports.length === 0) return false;
      const mine = reports.map(([, value]) => lossOf(value, goal));
      const theirs = best.reports.map(([, value]) => lossOf(value, goal));
      if (![...mine, ...theirs].every(Number.isFinite)) return false;

      const ofBest = new Map(best.reports.map(([step, value]) => [step, lossOf(value, goal)]));
      const differences = reports.flatMap(([step, value]) => {
        const other = ofBest.get(step);
        return other === undefined ? [] : [lossOf(value, goal) - other];
      });
      if (differences.length < Math.max(2, startupSteps)) return false;
      // However unlucky the folds so far: a trial whose mean is no worse than the best one's goes on.
      return meanOf(mine) > meanOf(theirs) && signedRankP(differences) < threshold;
    },
  };
}

/**
 * P of a rank sum of the positive differences as large as this one or larger, were both signs equally likely.
 *
 * Exact, over all ways to choose the signs, also with ties; as scipy 1.17's `wilcoxon(differences, alternative='greater',
 * zero_method='zsplit')` up to 13 differences, where scipy turns to an approximation if some are equal.
 *
 * @param differences  at least one, all finite.
 */
export function signedRankP(differences: readonly number[]): number {
  // Ranks are doubled, so that the mean ranks of ties are whole.
  const sorted = differences.map(Math.abs).sort((a, b) => a - b);
  const rankOf = (size: number) => sorted.indexOf(size) + sorted.lastIndexOf(size) + 2;
  const moved = differences.filter((difference) => difference !== 0);
  const ranks = moved.map((difference) => rankOf(Math.abs(difference)));
  // Zeros count half on each side whatever the signs, so they can be left out of the sum.
  const found = ranks.reduce((sum, rank, i) => sum + ((moved[i] as number) > 0 ? rank : 0), 0);

  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const chances = new Float64Array(most + 1);
  chances[0] = 1;
  for (const rank of ranks) {
    for (let sum = most; sum >= 0; sum--) {
      const without = chances[sum] as number;
      chances[sum] = 0.5 * (without + (sum >= rank ? (chances[sum - rank] as number) : 0));
    }
  }
  return chances.slice(found).reduce((tail, chance) => tail + chance, 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
