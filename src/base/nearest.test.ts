import { expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest.ts';

test('a swap of neighbours is one step', () => {
  expect(editDistance('tarin', 'train')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
});

test('the nearest name is found whatever the case', () => {
  expect(nearestName('Trian', ['split', 'train', 'trial'])).toBe('train');
});

test('a name that resembles nothing has no nearest', () => {
  expect(nearestName('xyz', ['split', 'train'])).toBeNull();
  expect(nearestName('anything', [])).toBeNull();
});
