import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closest, didYouMean, editDistance } from './did-you-mean.ts';

test('a mistyped name finds the name that was meant', () => {
  expect(closest('trian', ['ingest', 'train', 'drain'])).toBe('train');
  expect(closest('agument', ['augment', 'argument'])).toBe('augment');
  expect(closest('dep', ['cmd', 'deps', 'desc'])).toBe('deps');
  expect(closest('Train', ['drain', 'train'])).toBe('train');
});

test('a name that resembles nothing gets no suggestion', () => {
  expect(closest('lr', ['train', 'ingest'])).toBeNull();
  expect(closest('x', [])).toBeNull();
  expect(didYouMean('completely', ['other'])).toBeUndefined();
});

test('a suggestion can be shown as it is', () => {
  expect(didYouMean('outz', ['outs', 'cmd'])).toBe('did you mean `outs`?');
});

test('swapping two neighbours is one edit, as are inserting, deleting and replacing', () => {
  expect(editDistance('ab', 'ba')).toBe(1);
  expect(editDistance('abc', 'abxc')).toBe(1);
  expect(editDistance('abc', 'ac')).toBe(1);
  expect(editDistance('abc', 'axc')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
});

test('distance is symmetric, and zero only for equal texts', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});
