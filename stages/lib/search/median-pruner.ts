/**
 * The median rule: a trial whose best value so far is worse than the median of the finished trials at the same step stops.
 *
 * After Golovin and others, "Google Vizier" (2017), with the defaults and the edge cases of Optuna 5.
 */
import { lossOf } from './pareto.ts';
import type { Goal, Pruner, Report } from './types.ts';

export interface MedianSettings {
  /** Complete trials before the first is stopped; default 5. */
  readonly startupTrials?: number;
  /** Steps of a trial that are never its last; default 0. */
  readonly warmupSteps?: number;
  /** Steps from one decision to the next; default 1. */
  readonly interval?: number;
}

export function medianPruner({ startupTrials = 5, warmupSteps = 0, interval = 1 }: MedianSettings, goal: Goal): Pruner {
  return {
    stops(_trial, reports, history) {
      const complete = history.filter(({ state }) => state === 'complete');
      const last = reports.at(-1);
      if (last === undefined || complete.length === 0 || complete.length < startupTrials) return false;
      const [step] = last;
      if (step < warmupSteps || !isDue(reports, warmupSteps, interval)) return false;

      const losses = reports.map(([, value]) => lossOf(value, goal));
      const others = complete.flatMap((each) => {
        const value = each.reports.find((report) => report[0] === step)?.[1];
        return value === undefined || Number.isNaN(value) ? [] : [lossOf(value, goal)];
      });
      if (losses.every((loss) => loss === Infinity)) return true;
      return others.length > 0 && Math.min(...losses) > medianOf(others);
    },
  };
}

/** Whether the latest report is the first since a decision was due: after the warm-up and every `interval` steps from there. */
function isDue(reports: readonly Report[], warmupSteps: number, interval: number): boolean {
  const [step = 0] = reports.at(-1) ?? [];
  const [before = -1] = reports.at(-2) ?? [];
  return before < Math.floor((step - warmupSteps) / interval) * interval + warmupSteps;
}

/** Of an even number of values the mean of the middle two. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
