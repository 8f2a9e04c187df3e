/** Makes a pruner from its settings. */
import { type AshaSettings, ashaPruner } from './halving-pruner.ts';
import { type HyperbandSettings, hyperbandPruner } from './hyperband-pruner.ts';
import { type MedianSettings, medianPruner } from './median-pruner.ts';
import type { Goal, Pruner } from './types.ts';
import { type WilcoxonSettings, wilcoxonPruner } from './wilcoxon-pruner.ts';

/**
 * median: stops what is worse than the median of finished trials at the same step.
 * asha: at steps `minSteps` times powers of `reduction`, only the best one in `reduction` goes on.
 * hyperband: several such ladders that begin at different steps, each trial in one of them.
 * wilcoxon: steps are folds; stops what a signed-rank test finds worse than the best trial on the same folds.
 */
export type PrunerSettings =
  | { readonly pruner: 'none' }
  | ({ readonly pruner: 'median' } & MedianSettings)
  | ({ readonly pruner: 'asha' } & AshaSettings)
  | ({ readonly pruner: 'hyperband' } & HyperbandSettings)
  | ({ readonly pruner: 'wilcoxon' } & WilcoxonSettings);

export function createPruner(settings: PrunerSettings, goal: Goal): Pruner {
  switch (settings.pruner) {
    case 'none':
      return { stops: () => false };
    case 'median':
      return medianPruner(settings, goal);
    case 'asha':
      return ashaPruner(settings, goal);
    case 'hyperband':
      return hyperbandPruner(settings, goal);
    case 'wilcoxon':
      return wilcoxonPruner(settings, goal);
  }
}
