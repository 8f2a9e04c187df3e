/**
 * Pruning over folds: a trial stops when a signed-rank test finds it worse than the best trial on the folds both have.
 *
 * Steps are folds here, not epochs: they come in no order that matters, and each is compared with the same fold of the best
 * trial. Test of Wilcoxon (1945), zeros split evenly between the signs; rule and defaults of Optuna 5.
 */
import { logCdf } from './normal.ts';
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
 * Exact up to 50 differences without zeros or ties, else the normal approximation without correction for continuity, as in
 * scipy 1.17's `wilcoxon(differences, alternative='greater', zero_method='zsplit')`.
 *
 * @param differences  at least one, all finite.
 */
export function signedRankP(differences: readonly number[]): number {
  const count = differences.length;
  const sizes = differences.map(Math.abs);
  const sorted = sizes.toSorted((a, b) => a - b);
  let hasTies = false;
  let tieTerm = 0;
  const rankOf = new Map<number, number>();
  for (let from = 0; from < count; ) {
    let to = from;
    while (to < count && sorted[to] === sorted[from]) to++;
    rankOf.set(sorted[from] as number, (from + to + 1) / 2);
    if (to - from > 1) hasTies = true;
    tieTerm += (to - from) ** 3 - (to - from);
    from = to;
  }
  let sum = 0;
  for (const [i, difference] of differences.entries()) {
    const rank = rankOf.get(sizes[i] as number) ?? 0;
    sum += difference > 0 ? rank : difference === 0 ? rank / 2 : 0;
  }
  if (count <= 50 && !hasTies && !rankOf.has(0)) return exactUpperTail(sum, count);
  const mean = (count * (count + 1)) / 4;
  const variance = (count * (count + 1) * (2 * count + 1)) / 24 - tieTerm / 48;
  return variance === 0 ? 1 : Math.exp(logCdf((mean - sum) / Math.sqrt(variance)));
}

/** Share of the 2^n ways to choose signs whose ranks 1 to n add up to `sum` or more on the positive side. */
function exactUpperTail(sum: number, n: number): number {
  const most = (n * (n + 1)) / 2;
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let total = most; total >= rank; total--) {
      ways[total] = (ways[total] as number) + (ways[total - rank] as number);
    }
  }
  let tail = 0;
  for (let total = Math.ceil(sum); total <= most; total++) tail += ways[total] as number;
  return tail / 2 ** n;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
