import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsv, parseCsv } from './csv.ts';

test('quotes, commas and line breaks survive', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ä') });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field, fc.constant('end')), { minLength: 1 }), (rows) => {
      expect(parseCsv(formatCsv(['one', 'two', 'three'], rows)).slice(1)).toEqual(rows);
    }),
    { numRuns: 200 },
  );
});

test('both kinds of line ends, a byte order mark and empty lines are read', () => {
  expect(parseCsv('\ufefffile,label\r\na.png,x\r\n\r\nb.png,y')).toEqual([
    ['file', 'label'],
    ['a.png', 'x'],
    ['b.png', 'y'],
  ]);
});
