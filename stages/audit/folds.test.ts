import { expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import { exactDuplicates, partedFamilies } from './duplicates.ts';

test('folds are sides as splits are: what is in two of them would be learned from and measured on', () => {
  const sample = (id: string, fold: number, more: Partial<Sample> = {}): Sample => {
    return { id, labels: ['x'], family: id, source: '', content: id, split: 'train', fold, ...more };
  };
  const samples = [
    sample('a', 0),
    sample('a+1', 1, { family: 'a' }),
    sample('b', 0, { content: 'same' }),
    sample('c', 2, { content: 'same' }),
    sample('d', 1),
    sample('d+1', 1, { family: 'd' }),
  ];
  const duplicates = exactDuplicates(samples.filter(({ id, family }) => id === family));
  expect(duplicates.map(({ kind, text }) => [kind, text])).toEqual([
    ['duplicate-across-splits', '`b` and `c` have equal pixels and are in `fold 0` and `fold 2`'],
  ]);
  expect(partedFamilies(samples).map(({ kind, samples: ids }) => [kind, ids])).toEqual([
    ['family-across-splits', ['a', 'a+1']],
  ]);
  const views = [
    sample('e', 0, { group: 'screw' }),
    sample('f', 1, { group: 'screw' }),
    sample('g', 1, { group: 'nut' }),
  ];
  expect(partedFamilies(views).map(({ text }) => text)).toEqual(['the group `screw` is in `fold 0` and `fold 1`']);
});
