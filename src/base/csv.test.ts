import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRows, formatCsv, parseCsv } from './csv.ts';

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

test('a text in pieces gives the same rows wherever it is cut', () => {
  const text = '\ufeffa,"b ""c"", d\r\ne"\r\n\n"",f\rg\n"last",\r';
  const rows = parseCsv(text);
  expect(rows[0]).toEqual(['a', 'b "c", d\r\ne']);
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      expect([...csvRows([text.slice(0, first), text.slice(first, second), text.slice(second)])]).toEqual(rows);
    }
  }
});
