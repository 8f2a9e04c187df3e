import { expect, test } from 'vitest';
import { visible } from '../base/visible.ts';
import { padEnd, textWidth, truncate } from './text-width.ts';

test('wide characters take two columns, combining marks none', () => {
  expect(textWidth('abc')).toBe(3);
  expect(textWidth('日本')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
  expect(textWidth('👩‍👩‍👧')).toBe(2);
});

test('text is cut between graphemes and never wider than asked', () => {
  expect(truncate('abcdef', 6)).toBe('abcdef');
  expect(truncate('abcdef', 4)).toBe('abc…');
  expect(truncate('日本語', 4)).toBe('日…');
  expect(truncate('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  expect(truncate('abc', 0)).toBe('');
});

test('padding counts columns', () => {
  expect(padEnd('日', 4)).toBe('日  ');
  expect(padEnd('abcd', 2)).toBe('abcd');
});

test('control characters and marks that reorder text become escapes', () => {
  expect(visible('a\tb\nc\r\u0007\u202e')).toBe('a\\tb\\nc\\r\\u0007\\u202e');
});
