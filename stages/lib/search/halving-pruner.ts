/**
 * Successive halving without waiting (ASHA): at rungs, steps that grow by a factor, only the best share goes on.
 *
 * After Li and others, "A system for massively parallel hyperparameter tuning" (2020), in the stopping form of Optuna 5: a
 * trial is judged when it reaches a rung, against those that were there before, and is never taken up again. So a trial
 * trains without a break from its first epoch to its last.
 */
import { lossOf } from './pareto.ts';
import type { Goal, Observation, Pruner, Report } from './types.ts';

/** The step of the first rung unless one is given: the first epochs tell little. */
export const FIRST_RUNG = 3;

export interface AshaSettings {
  /** The step of the first rung; default FIRST_RUNG. */
  readonly minSteps?: number;
  /** One in so many goes on, and the next rung is at so many times the steps; default 4. */
  readonly reduction?: number;
}

export function ashaPruner({ minSteps = FIRST_RUNG, reduction = 4 }: AshaSettings, goal: Goal): Pruner {
  return {
    stops(_trial, reports, history) {
      const [last = 0] = reports.at(-1) ?? [];
      // Every rung so far, not only one just reached: whoever asks need not do so after each step.
      for (let rung = minSteps; rung <= last; rung *= reduction) {
        const value = valueAtRung(reports, rung) ?? Number.NaN;
        if (!isPromoted(value, rung, history, reduction, goal)) return true;
      }
      return false;
    },
  };
}

function isPromoted(
  value: number,
  rung: number,
  history: readonly Observation[],
  reduction: number,
  goal: Goal,
): boolean {
  if (Number.isNaN(value)) return false;
  const loss = lossOf(value, goal);
  const losses = history.flatMap(({ reports }) => {
    const there = valueAtRung(reports, rung);
    return there === null ? [] : [lossOf(there, goal)];
  });
  losses.push(loss);
  losses.sort((a, b) => a - b);
  // Of fewer than `reduction` trials only the best goes on.
  const promoted = Math.max(1, Math.floor(losses.length / reduction));
  return loss <= (losses[promoted - 1] as number);
}

/** What a trial reported when it reached the rung: its first report there or beyond. NaN never got there. */
function valueAtRung(reports: readonly Report[], rung: number): number | null {
  const value = reports.find(([step]) => step >= rung)?.[1];
  return value === undefined || Number.isNaN(value) ? null : value;
}
