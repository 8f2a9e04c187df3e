import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selected, tableReader } from './code-table.ts';
import { spaceOf } from './testing.ts';
import type { Settings } from './types.ts';

const { dimensions } = spaceOf({ a: { range: [0, 9], integer: true }, b: { choice: ['x', 'y', 'z'] } });

test('a table that grew, shrank or changed is the one made at once, in order along every dimension', () => {
  const trial = fc.record({ a: fc.nat(9), b: fc.constantFrom('x', 'y', 'z') }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(trial, { maxLength: 30 }), fc.nat(30), fc.nat(30), (trials, from, to) => {
      const read = tableReader(dimensions);
      read(trials.slice(0, to));
      read([...trials.slice(0, from), ...trials.slice(to)] as Settings[]);
      const table = read(trials as Settings[]);
      expect(table).toEqual(tableReader(dimensions)(trials as Settings[]));
      for (const { codes, order } of table.columns) {
        const rows = [...codes.keys()].filter((row) => !Number.isNaN(codes[row]));
        expect([...order]).toEqual(rows.sort((x, y) => (codes[x] as number) - (codes[y] as number) || x - y));
      }
    }),
    { numRuns: 50 },
  );
});

test('selecting keeps rows that have all of the dimensions, and their order', () => {
  const table = tableReader(dimensions)([{ a: 7, b: 'y' }, { a: 3 }, { a: 5, b: 'x' }, { a: 1, b: 'z' }]);
  const { columns, count } = selected(table, [0, 1], [0, 1, 2]);
  expect(count).toBe(2);
  expect(columns.map(({ codes, order }) => [[...codes], [...order]])).toEqual([
    [
      [7, 5],
      [1, 0],
    ],
    [
      [1, 0],
      [1, 0],
    ],
  ]);
  expect([...(selected(table, [0], [0, 1, 2]).columns[0]?.order ?? [])]).toEqual([1, 2, 0]);
});
