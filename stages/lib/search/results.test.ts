import { expect, test } from 'vitest';
import { agreements } from './consensus.ts';
import { violationOf } from './constraints.ts';
import { createPruner } from './create-pruner.ts';
import { ladderOrder, ladderShares } from './hyperband-pruner.ts';
import { importances } from './importance.ts';
import { paretoSet, ranked } from './pareto.ts';
import { spaceOf, trialOf } from './testing.ts';
import type { Observation, Report } from './types.ts';

test('the Pareto set holds what nothing beats in every objective, and equal trials all', () => {
  const trials = [
    trialOf(0, {}, 0, { values: [1, 5] }),
    trialOf(1, {}, 0, { values: [2, 4] }),
    trialOf(2, {}, 0, { values: [2, 6] }),
    trialOf(3, {}, 0, { values: [2, 4] }),
    trialOf(4, {}, 0, { values: [Number.NaN, 9] }),
    trialOf(5, {}, 0, { values: [], state: 'pruned' }),
  ];
  const numbers = (found: readonly Observation[]) => found.map(({ trial }) => trial);
  expect(numbers(paretoSet(trials, ['minimize', 'minimize']))).toEqual([0, 1, 3]);
  expect(numbers(paretoSet(trials, ['minimize', 'maximize']))).toEqual([0, 2, 4]);
  expect(paretoSet([], ['minimize', 'minimize'])).toEqual([]);
});

test('of a front the trials at its ends come first, then those with the most room', () => {
  const front = [0, 1, 2, 8, 10].map((x, i) => trialOf(i, {}, 0, { values: [x, 10 - x] }));
  expect(ranked(front, ['minimize', 'minimize']).map(({ trial }) => trial)).toEqual([0, 4, 3, 2, 1]);
});

test('trials without a number are the worst of all', () => {
  const trials = [trialOf(0, {}, Number.NaN), trialOf(1, {}, 3), trialOf(2, {}, 2)];
  expect(ranked(trials, ['minimize']).map(({ trial }) => trial)).toEqual([2, 1, 0]);
  expect(ranked(trials, ['maximize']).map(({ trial }) => trial)).toEqual([1, 2, 0]);
});

test('violations are relative excesses, added up', () => {
  const limits = { params: { min: 0, max: 100 }, size: { min: 10, max: 20 } };
  expect(violationOf(limits, { params: 100, flops: 1e9, size: 10 })).toBe(0);
  expect(violationOf(limits, { params: 150, flops: 0, size: 5 })).toBe(1);
});

test('the best trials agree on what they share, and span the rest', () => {
  const space = spaceOf({
    kind: { choice: ['a', 'b'] },
    rate: { range: [0, 1] },
    momentum: { range: [0, 1], when: { kind: 'b' } },
  });
  const history = [
    trialOf(0, { kind: 'a', rate: 0.2 }, 1),
    trialOf(1, { kind: 'a', rate: 0.4 }, 2),
    trialOf(2, { kind: 'b', rate: 0.5, momentum: 0.9 }, 3),
    trialOf(3, { kind: 'b', rate: 0.9, momentum: 0.1 }, 9),
    trialOf(4, { kind: 'b', rate: 0.9, momentum: 0.1 }, 0, { state: 'pruned', values: [] }),
  ];
  expect(agreements(space, history, 'minimize', 2).map(({ path, shared }) => [path, shared])).toEqual([
    ['kind', true],
    ['rate', false],
  ]);
  expect(agreements(space, history, 'minimize', 3)).toEqual([
    {
      path: 'kind',
      active: 3,
      values: [
        { value: 'a', count: 2 },
        { value: 'b', count: 1 },
      ],
      span: null,
      shared: false,
    },
    {
      path: 'momentum',
      active: 1,
      values: [{ value: 0.9, count: 1 }],
      span: { low: 0.9, median: 0.9, high: 0.9 },
      shared: false,
    },
    {
      path: 'rate',
      active: 3,
      values: [
        { value: 0.2, count: 1 },
        { value: 0.4, count: 1 },
        { value: 0.5, count: 1 },
      ],
      span: { low: 0.2, median: 0.4, high: 0.5 },
      shared: false,
    },
  ]);
  expect(agreements(space, [], 'minimize', 3)).toEqual([]);
});

test('what matters is important, and importances add up to 1', () => {
  const space = spaceOf({ matters: { range: [0, 1] }, idle: { range: [0, 1] }, fixed: { choice: [1] } });
  const history = Array.from({ length: 100 }, (_, i) => {
    const matters = ((i * 37) % 100) / 100;
    return trialOf(i, { matters, idle: ((i * 61) % 97) / 97, fixed: 1 }, (matters - 0.3) ** 2);
  });
  const found = importances(space, history, 'minimize');
  expect(found[0]?.path).toBe('matters');
  expect(found[0]?.importance).toBeGreaterThan(0.5);
  expect(found.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1, 12);
  expect(importances(space, history.slice(0, 1), 'minimize')).toEqual([]);
});

const curve = (...values: number[]): Report[] => values.map((value, i) => [i + 1, value]);

test('no pruner stops the first trial, or one that reports nothing', () => {
  for (const pruner of ['none', 'median', 'asha', 'wilcoxon'] as const) {
    const { stops } = createPruner({ pruner }, 'minimize');
    expect([stops(0, curve(3, 2), []), stops(0, [], [trialOf(1, {}, 1, { reports: curve(1, 1) })])]).toEqual([
      false,
      false,
    ]);
  }
});

test('a trial that reports no number is stopped by the median rule and at a rung', () => {
  const history = Array.from({ length: 6 }, (_, i) => trialOf(i, {}, 1, { reports: curve(1, 1, 1) }));
  for (const pruner of ['median', 'asha'] as const) {
    expect(createPruner({ pruner }, 'minimize').stops(6, curve(Number.NaN, Number.NaN, Number.NaN), history)).toBe(
      true,
    );
  }
});

test('trials of Hyperband are spread over its ladders by their budgets, from the first on', () => {
  const shares = ladderShares(27, 1, 3);
  expect(shares).toEqual([27, 12, 6, 4]);
  const ladders = ladderOrder(shares);
  expect(ladders).toHaveLength(49);
  expect(shares.map((_, ladder) => ladders.filter((each) => each === ladder).length)).toEqual(shares);
  expect(new Set(ladders.slice(0, 8)).size).toBe(4);
});

test('Hyperband compares a trial with those of its own ladder only', () => {
  const { stops } = createPruner({ pruner: 'hyperband', maxSteps: 9, minSteps: 1 }, 'minimize');
  const order = ladderOrder(ladderShares(9, 1, 3));
  const first = [...order.keys()].filter((trial) => order[trial] === 0);
  const late = order.indexOf(2);
  const history = first.map((trial) => trialOf(trial, {}, 1, { reports: curve(1) }));
  expect(stops(first.at(-1) ?? 0, curve(2), history.slice(0, -1))).toBe(true);
  expect(stops(late, curve(2), history)).toBe(false);
});
