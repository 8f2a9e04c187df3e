import { expect, test } from 'vitest';
import { counted, countText, durationText, estimateText, sizeText } from './duration.ts';

test('durations are written as people say them', () => {
  expect([0, 0.01, 0.4, 12.44, 59.94, 59.96, 63, 363, 3599.6, 7500].map(durationText)).toEqual([
    '0 s',
    'under 0.1 s',
    '0.4 s',
    '12.4 s',
    '59.9 s',
    '1 min 00 s',
    '1 min 03 s',
    '6 min 03 s',
    '1 h 00 min',
    '2 h 05 min',
  ]);
});

test('a duration that is not a number is none', () => {
  expect(durationText(Number.NaN)).toBe('0 s');
});

test('estimates are never more exact than they can be', () => {
  expect([2, 30, 240, 7800].map(estimateText)).toEqual([
    'a few seconds',
    'under a minute',
    'about 4 min',
    'about 2 h 10 min',
  ]);
});

test('large counts are grouped, and one is not many', () => {
  expect([0, 999, 1000, 60000, 1234567].map(countText)).toEqual(['0', '999', '1,000', '60,000', '1,234,567']);
  expect([counted(1, 'stage'), counted(0, 'stage')]).toEqual(['1 stage', '0 stages']);
});

test('sizes have at most three digits', () => {
  expect([0, 999, 1000, 1500, 99_949, 999_499, 999_500, 2 ** 31].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '100 kB',
    '999 kB',
    '1.0 MB',
    '2.1 GB',
  ]);
});
