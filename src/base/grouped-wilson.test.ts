import { expect, test } from 'vitest';
import { groupedWilson } from './grouped-wilson.ts';
import { randomStream } from './random.ts';
import { wilsonInterval } from './wilson.ts';

const names = (count: number, size: number) => Array.from({ length: count }, (_, i) => `${Math.floor(i / size)}`);

test('samples that stand alone have the interval of Wilson', () => {
  const right = Array.from({ length: 50 }, (_, i) => (i < 48 ? 1 : 0));
  expect(groupedWilson(right, names(50, 1))).toEqual(wilsonInterval(48, 50));
});

test('groups that are wholly right or wrong count once each; all right, they are no more certain than that', () => {
  const right = Array.from({ length: 100 }, (_, i) => (i < 90 ? 1 : 0));
  const [low, high] = groupedWilson(right, names(100, 5));
  const [lowOfGroups, highOfGroups] = wilsonInterval(18, 20);
  expect(low).toBeCloseTo(lowOfGroups, 1);
  expect(high).toBeCloseTo(highOfGroups, 1);
  expect(groupedWilson(new Array(100).fill(1), names(100, 5))).toEqual(wilsonInterval(20, 20));
});

test('the true share lies within in about 95 of 100 draws of groups, where that of single samples misses often', () => {
  const random = randomStream(1, 'grouped');
  const groups = names(400, 8);
  let [grouped, single] = [0, 0];
  const draws = 1500;
  for (let draw = 0; draw < draws; draw++) {
    // Each group has a share of its own, 0.8 in the mean.
    const right: number[] = [];
    for (let g = 0; g < 50; g++) {
      const own = random.uniform() < 0.8 ? 0.95 : 0.2;
      for (let i = 0; i < 8; i++) right.push(random.uniform() < own ? 1 : 0);
    }
    const hits = right.reduce((sum, each) => sum + each, 0);
    const holds = ([low, high]: readonly number[]) => (low as number) <= 0.8 && 0.8 <= (high as number);
    if (holds(groupedWilson(right, groups))) grouped++;
    if (holds(wilsonInterval(hits, 400))) single++;
  }
  expect(Math.abs(grouped / draws - 0.95)).toBeLessThan(0.02);
  expect(single / draws).toBeLessThan(0.75);
});
