import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestBytes } from '../base/digest.ts';
import { compareNames, type ListingEntry, listingText, parseListing, sortNames } from './listing.ts';

const entries = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('file' as const, 'exec' as const, 'folder' as const, 'link' as const),
    digest: fc.string().map((text) => digestBytes(text)),
    name: fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..'),
  }),
  { selector: (entry) => entry.name },
);

test('a listing read back gives the entries it was made from, whatever their names', () => {
  fc.assert(
    fc.property(entries, (each) => {
      expect(parseListing(listingText(each))).toEqual(each);
    }),
  );
});

test('names are in the order of their UTF-8 bytes', () => {
  const names = ['\u{1f600}', '\uff5e', 'b', 'a\nb', 'B', '', 'a'];
  const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(sortNames([...names])).toEqual(expected);
  expect(sortNames([...expected])).toEqual(expected);
  expect(compareNames('\uff5e', '\u{1f600}')).toBeLessThan(0);
});

test.each([
  ['a line that is cut off', 'file '],
  ['a missing last newline', listingText([line('a')]).slice(0, -1)],
  ['a name that leaves its folder', listingText([line('../a')])],
  ['a name that is the folder', listingText([line('..')])],
  ['an unknown kind', listingText([line('a')]).replace('file', 'fifo')],
])('text with %s is not a listing', (_what, text) => {
  expect(parseListing(text)).toBe(null);
});

function line(name: string): ListingEntry {
  return { kind: 'file', digest: digestBytes(name), name };
}
