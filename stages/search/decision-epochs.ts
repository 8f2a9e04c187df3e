/** After which epochs a pruner can stop a trial: there its trainings pause. */
import type { PrunerSettings } from '../lib/search/create-pruner.ts';

/**
 * @param epochs     of a whole training.
 * @param evalEvery  only so many epochs apart there is something to judge by; a decision waits for the next of them.
 * @returns rising, all less than `epochs`.
 */
export function decisionEpochs(settings: PrunerSettings, epochs: number, evalEvery: number): number[] {
  const measured = wanted(settings, epochs).map((epoch) => Math.ceil(epoch / evalEvery) * evalEvery);
  return [...new Set(measured)].filter((epoch) => epoch < epochs);
}

function wanted(settings: PrunerSettings, epochs: number): number[] {
  switch (settings.pruner) {
    case 'none':
    case 'wilcoxon':
      return [];
    case 'median': {
      const { warmupSteps = 0, interval = 1 } = settings;
      return range(Math.max(1, warmupSteps), epochs, (epoch) => nextAfter(epoch, warmupSteps, interval));
    }
    case 'asha':
    case 'hyperband': {
      const { minSteps = 3, reduction = settings.pruner === 'asha' ? 4 : 3 } = settings;
      return range(minSteps, epochs, (epoch) => epoch * reduction);
    }
  }
}

/** The next epoch that is a multiple of `interval` after `start`. */
function nextAfter(epoch: number, start: number, interval: number): number {
  return start + (Math.floor((epoch - start) / interval) + 1) * interval;
}

function range(first: number, end: number, next: (epoch: number) => number): number[] {
  const epochs: number[] = [];
  for (let epoch = first; epoch < end; epoch = next(epoch)) epochs.push(epoch);
  return epochs;
}
