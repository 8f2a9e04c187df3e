import { expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import { shareCutOff } from '../lib/augment/cut-off.ts';
import type { Raster } from '../lib/image/raster.ts';
import { countCopies } from './copies.ts';

const sample = (id: string, label: string, more: Partial<Sample> = {}): Sample => ({
  id,
  labels: [label],
  family: id,
  source: 'x',
  ...more,
});

test('balance: 250 and 50 images become as many of each class, as the second reference project made them', () => {
  const samples = [
    ...Array.from({ length: 250 }, (_, i) => sample(`ok/${i}`, 'ok')),
    ...Array.from({ length: 50 }, (_, i) => sample(`ng/${i}`, 'ng')),
  ];
  const counts = countCopies(samples, 0, true);
  const copies = (prefix: string) => [...counts].filter(([id]) => id.startsWith(prefix)).map(([, count]) => count);
  expect(copies('ok').every((count) => count === 0)).toBe(true);
  expect(copies('ng').reduce((sum, count) => sum + count, 0)).toBe(200);
  expect(new Set(copies('ng'))).toEqual(new Set([4]));
});

test('balance counts train alone, and only train gets copies', () => {
  const samples = [
    ...[1, 2, 3, 4, 5].map((i) => sample(`ok/${i}`, 'ok', { split: 'train' })),
    ...[1, 2].map((i) => sample(`ng/${i}`, 'ng', { split: 'train' })),
    ...[3, 4, 5, 6].map((i) => sample(`ng/${i}`, 'ng', { split: 'test' })),
  ];
  expect([...countCopies(samples, 1, true)].filter(([id]) => id.startsWith('ng'))).toEqual([
    ['ng/1', 4],
    ['ng/2', 4],
  ]);
});

test('copies of copies are never made', () => {
  const counts = countCopies([sample('a', 'ok'), sample('a+1', 'ok', { family: 'a' })], 2, false);
  expect([...counts]).toEqual([['a', 2]]);
});

/** A dark bar across a light ground, `long` pixels of 60. */
function bar(long: number): Raster {
  const data = new Uint8Array(60 * 60).fill(220);
  for (let y = 27; y < 33; y++) data.fill(20, y * 60 + 30 - long / 2, y * 60 + 30 + long / 2);
  return { width: 60, height: 60, channels: 1, data };
}

test('turning a bar on the diagonal cuts off its ends, and a short one not', () => {
  const diagonal = new Uint8Array(60 * 60).fill(220);
  for (let i = 0; i < 60; i++)
    for (let k = -2; k <= 2; k++) if (i + k >= 0 && i + k < 60) diagonal[i * 60 + i + k] = 20;
  const raster: Raster = { width: 60, height: 60, channels: 1, data: diagonal };
  expect(shareCutOff(raster, 30)).toBeGreaterThan(0.1);
  expect(shareCutOff(bar(30), 30)).toBe(0);
});

test('without an even background nothing is said', () => {
  const data = Uint8Array.from({ length: 3600 }, (_, i) => (i * 83) % 251);
  expect(shareCutOff({ width: 60, height: 60, channels: 1, data }, 30)).toBe(0);
});
