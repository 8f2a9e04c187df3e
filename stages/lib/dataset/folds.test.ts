import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../../src/generated/sample.ts';
import { randomStream } from '../../../src/sdk/index.ts';
import { assignFolds, checkFolds } from './folds.ts';
import { groupSamples, type Part } from './groups.ts';
import { isOriginal } from './read-dataset.ts';

const plan = (folds: number, spread: 'classes' | 'labels' | 'nothing', seed = 1) => ({
  folds,
  spread,
  random: (stream: string) => randomStream(seed, stream),
});

/** How many originals with a label each fold holds. */
function countsOf(groups: readonly Part[], foldOf: ReadonlyMap<string, number>, folds: number, label?: string) {
  const originals = groups.flatMap(({ members }) => members.filter(isOriginal));
  const chosen = originals.filter(({ labels }) => label === undefined || labels.includes(label));
  return Array.from({ length: folds }, (_, fold) => chosen.filter(({ family }) => foldOf.get(family) === fold).length);
}

test('folds hold every family once, and each class evenly', () => {
  const samples = Array.from({ length: 40 }, (_, i): Sample => {
    const family = `f${i % 30}`;
    return { id: i < 30 ? family : `${family}+1`, labels: [i % 2 === 0 ? 'a' : 'b'], family, source: '' };
  });
  const groups = groupSamples(samples);
  const foldOf = assignFolds(groups, plan(5, 'classes'));
  expect(foldOf.size).toBe(30);
  for (const label of ['a', 'b']) expect(countsOf(groups, foldOf, 5, label)).toEqual([3, 3, 3, 3, 3]);
});

test('of single images each class and the whole differ by one at most from fold to fold', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 9, maxLength: 80 }), fc.integer({ min: 2, max: 9 }), (classes, k) => {
      const samples = classes.map(
        (name, i): Sample => ({ id: `${i}`, labels: [`${name}`], family: `${i}`, source: '' }),
      );
      const groups = groupSamples(samples);
      const foldOf = assignFolds(groups, plan(k, 'classes'));
      for (const label of [undefined, '0', '1', '2']) {
        const counts = countsOf(groups, foldOf, k, label);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 60 },
  );
});

test('a rare label of several is spread over the folds, whatever it comes with', () => {
  const samples = Array.from({ length: 100 }, (_, i): Sample => {
    const labels = ['common', ...(i < 10 ? ['rare'] : []), ...(i % 7 === 0 ? ['other'] : [])];
    return { id: `${i}`, labels, family: `${i}`, source: '' };
  });
  const groups = groupSamples(samples);
  for (let seed = 0; seed < 10; seed++) {
    const foldOf = assignFolds(groups, plan(5, 'labels', seed));
    expect(countsOf(groups, foldOf, 5, 'rare')).toEqual([2, 2, 2, 2, 2]);
    expect(countsOf(groups, foldOf, 5).reduce((sum, count) => sum + count, 0)).toBe(100);
  }
});

test('more folds than families are refused', () => {
  const groups = groupSamples([
    { id: 'a', labels: ['x'], family: 'a', source: '' },
    { id: 'a+1', labels: ['x'], family: 'a', source: '' },
  ]);
  expect(() => checkFolds(2, groups, ['folds'])).toThrow(
    expect.objectContaining({ code: 'E0807', hint: 'folds: 1', param: ['folds'] }),
  );
});
