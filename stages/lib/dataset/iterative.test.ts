import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/sdk/index.ts';
import type { Part } from './groups.ts';
import { stratifyIteratively } from './iterative.ts';

function part(id: string, labels: string[], copies = 0): Part {
  const original = { id, labels, family: id, source: '' };
  const derived = Array.from({ length: copies }, (_, i) => ({ ...original, id: `${id}+${i}` }));
  return { members: [original, ...derived], originals: 1, stratum: labels.join() };
}

test('a rare label is shared out as its share says, however frequent its companions are', () => {
  const groups = [
    ...Array.from({ length: 90 }, (_, i) => part(`a${i}`, ['common'])),
    ...Array.from({ length: 10 }, (_, i) => part(`b${i}`, ['common', 'rare'], 3)),
  ];
  for (let seed = 0; seed < 20; seed++) {
    const places = stratifyIteratively(groups, [0.8, 0.2], randomStream(seed, 'x'));
    const inSecond = (label: string) =>
      groups.filter(({ members }, i) => places[i] === 1 && members[0]?.labels.includes(label)).length;
    expect([inSecond('rare'), inSecond('common')]).toEqual([2, 20]);
  }
});

test('every group gets a place with a share, and labels stay within one group of theirs where each group has one', () => {
  const label = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 60 }), fc.nat(1000), (labels, seed) => {
      const groups = labels.map((name, i) => part(`${i}`, [name]));
      const places = stratifyIteratively(groups, [0.7, 0, 0.3], randomStream(seed, 'x'));
      expect(places.every((place) => place === 0 || place === 2)).toBe(true);
      for (const name of new Set(labels)) {
        const of = labels.flatMap((each, i) => (each === name ? [places[i]] : []));
        expect(Math.abs(of.filter((place) => place === 2).length - 0.3 * of.length)).toBeLessThanOrEqual(1);
      }
    }),
  );
});
