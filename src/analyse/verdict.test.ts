import { expect, test } from 'vitest';
import type { Flips, MetricChange } from '../generated/diff.ts';
import { verdictOf } from './verdict.ts';

const METRICS: MetricChange[] = [
  {
    stage: 'evaluate',
    name: 'accuracy',
    first: { value: 0.5 },
    second: { value: 0.6 },
    difference: 0.1,
    tested: { low: -0.1, high: 0.3, p: 0.3, corrected: 0.3, test: 'mcnemar-mid-p' },
  },
];

function flips(samples: number, turned: number): Flips {
  const flip = { id: 'a', label: 'x', first: 'x', second: 'y' };
  const none = { onlyFirst: 0, onlySecond: 0, classes: [], firstConfusion: [], secondConfusion: [] };
  return { stage: 'e', samples, bothRight: 0, bothWrong: 0, gained: [], lost: Array(turned).fill(flip), ...none };
}

test('a small test set is said to be too small to show small differences', () => {
  const facts = { first: 'a', second: 'b', stages: [], metrics: METRICS };
  const sentenceOf = (samples: number, turned: number) =>
    verdictOf({ ...facts, predictions: flips(samples, turned) }, 1).sentence;
  // 2.8 standard errors of a difference of which 9 of 34 samples decide: 2.8 * 3 / 34.
  expect(sentenceOf(34, 9)).toMatch(/; 34 samples mostly do not show a true difference below about 0\.25$/);
  expect(sentenceOf(100_000, 900)).toContain('below about 0.00084');
  expect(sentenceOf(34, 0)).toMatch(/on 34 samples\)$/);
});
