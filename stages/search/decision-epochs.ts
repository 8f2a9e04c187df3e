/** After which epochs a pruner can stop a trial: there its trainings pause. */
import type { PrunerSettings } from '../lib/search/create-pruner.ts';

/** @param epochs  of a whole training. @returns rising, all less than `epochs`. */
export function decisionEpochs(settings: PrunerSettings, epochs: number): number[] {
  switch (settings.pruner) {
    case 'none':
    case 'wilcoxon':
      return [];
    case 'median': {
      const { warmupSteps = 0, interval = 1 } = settings;
      const first = warmupSteps + 1;
      return range(first, epochs, (epoch) => epoch + interval);
    }
    case 'asha':
    case 'hyperband': {
      const { minSteps = 1, reduction = settings.pruner === 'asha' ? 4 : 3 } = settings;
      return range(minSteps, epochs, (epoch) => epoch * reduction);
    }
  }
}

function range(first: number, end: number, next: (epoch: number) => number): number[] {
  const epochs: number[] = [];
  for (let epoch = first; epoch < end; epoch = next(epoch)) epochs.push(epoch);
  return epochs;
}
