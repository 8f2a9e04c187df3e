import { expect, test } from 'vitest';
import { createPruner, type PrunerSettings } from '../lib/search/create-pruner.ts';
import type { Observation } from '../lib/search/types.ts';
import { decisionEpochs } from './decision-epochs.ts';

const EPOCHS = 30;
const rival = (value: number): Observation => ({
  trial: 100,
  settings: {},
  state: 'complete',
  values: [value],
  reports: Array.from({ length: EPOCHS }, (_, i) => [i + 1, value] as const),
  violation: 0,
});

const PRUNERS: readonly PrunerSettings[] = [
  { pruner: 'median', startupTrials: 1 },
  { pruner: 'median', startupTrials: 1, warmupSteps: 4, interval: 5 },
  { pruner: 'median', startupTrials: 1, interval: 3 },
  { pruner: 'asha' },
  { pruner: 'asha', minSteps: 2, reduction: 3 },
  { pruner: 'hyperband', maxSteps: EPOCHS },
  { pruner: 'hyperband', maxSteps: EPOCHS, minSteps: 3, reduction: 2 },
];

test.each(PRUNERS.map((settings) => [JSON.stringify(settings), settings] as const))(
  'a trial as bad as can be is stopped just where the pauses are, whoever reports every epoch: %s',
  (_name, settings) => {
    const pruner = createPruner(settings, 'minimize');
    const history = [rival(0.1), { ...rival(0.2), trial: 101 }, { ...rival(0.3), trial: 102 }];
    const stops = (trial: number, epoch: number) =>
      pruner.stops(
        trial,
        Array.from({ length: epoch }, (_, i) => [i + 1, 9] as const),
        history,
      );
    const pauses = decisionEpochs(settings, EPOCHS, 1);
    const decided = new Set<number>();
    for (let trial = 0; trial < 40; trial++) {
      const first = Array.from({ length: EPOCHS - 1 }, (_, i) => i + 1).find((epoch) => stops(trial, epoch));
      if (first !== undefined) decided.add(first);
    }
    expect([...decided].every((epoch) => pauses.includes(epoch))).toBe(true);
    expect(decided.size).toBeGreaterThan(0);
  },
);

test('where epochs are measured now and then, decisions wait for a measured one', () => {
  expect(decisionEpochs({ pruner: 'asha', minSteps: 1, reduction: 4 }, 30, 5)).toEqual([5, 20]);
  expect(decisionEpochs({ pruner: 'median', interval: 2 }, 10, 4)).toEqual([4, 8]);
  expect(decisionEpochs({ pruner: 'none' }, 10, 1)).toEqual([]);
});
