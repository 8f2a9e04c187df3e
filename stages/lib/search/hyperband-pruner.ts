/**
 * Hyperband: several ladders of successive halving that begin at different steps, so that settings which start slowly are
 * not all lost to the first rung.
 *
 * After Li and others, "Hyperband" (2018), in the form of Optuna 5: each trial belongs to one ladder and is compared within
 * it; ladders get trials in proportion to their budgets. Which ladder follows from the trial's number alone.
 */
import { ashaPruner, FIRST_RUNG } from './halving-pruner.ts';
import type { Goal, Pruner } from './types.ts';

export interface HyperbandSettings {
  /** Steps of a trial that is not stopped. */
  readonly maxSteps: number;
  /** The first rung of the first ladder; default FIRST_RUNG. */
  readonly minSteps?: number;
  /** Default 3. */
  readonly reduction?: number;
}

export function hyperbandPruner(
  { maxSteps, minSteps = FIRST_RUNG, reduction = 3 }: HyperbandSettings,
  goal: Goal,
): Pruner {
  const shares = ladderShares(maxSteps, minSteps, reduction);
  const ladders = shares.map((_, i) => ashaPruner({ minSteps: minSteps * reduction ** i, reduction }, goal));
  const order = ladderOrder(shares);
  const ladderOf = (trial: number) => order[trial % order.length] as number;
  return {
    stops(trial, reports, history) {
      const own = ladderOf(trial);
      const rivals = history.filter((each) => ladderOf(each.trial) === own);
      return ladders[own]?.stops(trial, reports, rivals) ?? false;
    },
  };
}

/** How many trials each ladder gets, relative to the others, the one that begins earliest first. */
export function ladderShares(maxSteps: number, minSteps: number, reduction: number): readonly number[] {
  let count = 1;
  while (minSteps * reduction ** count <= maxSteps) count++;
  return Array.from({ length: count }, (_, i) => {
    const rungs = count - 1 - i;
    return Math.ceil((count * reduction ** rungs) / (rungs + 1));
  });
}

/**
 * The ladders of the first trials; later ones repeat the pattern, which is as long as the shares add up to.
 *
 * Each trial goes where the share is furthest behind, so ladders fill evenly from the first trial on.
 */
export function ladderOrder(shares: readonly number[]): readonly number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const given = shares.map(() => 0);
  return Array.from({ length: total }, (_, trial) => {
    const behind = shares.map((share, ladder) => (share * (trial + 1)) / total - (given[ladder] as number));
    const chosen = behind.indexOf(Math.max(...behind));
    given[chosen] = (given[chosen] as number) + 1;
    return chosen;
  });
}
