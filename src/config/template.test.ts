import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasReference, parseReference, printed, splitTemplate } from './template.ts';

test('a template is text and references in order', () => {
  expect(splitTemplate('a ${b.c} d${e}')).toEqual([
    { kind: 'text', text: 'a ' },
    { kind: 'reference', source: 'b.c', start: 2, length: 6 },
    { kind: 'text', text: ' d' },
    { kind: 'reference', source: 'e', start: 10, length: 4 },
  ]);
});

test('a backslash before ${ makes it text', () => {
  expect(splitTemplate('\\${HOME}/${x}')).toEqual([
    { kind: 'text', text: '${HOME}/' },
    { kind: 'reference', source: 'x', start: 9, length: 4 },
  ]);
  expect(hasReference('\\${HOME}')).toBe(false);
});

test('an opening without a closing brace on its line is text', () => {
  expect(splitTemplate('${a\n}')).toEqual([{ kind: 'text', text: '${a\n}' }]);
});

test('text without ${ stands for itself', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !text.includes('${')),
      (text) => {
        expect(splitTemplate(text)).toEqual([{ kind: 'text', text }]);
      },
    ),
  );
});

test('the parts of a template together are the template, escapes aside', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('${a}', '${b[0].c}', '${', '}', '$'));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('').replaceAll('\\', '');
      const joined = splitTemplate(text).map((part) => (part.kind === 'text' ? part.text : `\${${part.source}}`));
      expect(joined.join('')).toBe(text);
    }),
  );
});

test('references walk maps by dots and lists by brackets', () => {
  expect(parseReference('a')).toEqual({ ok: true, value: ['a'] });
  expect(parseReference(' a.b[0].c[key] ')).toEqual({ ok: true, value: ['a', 'b', '0', 'c', 'key'] });
});

test('what is no reference is refused with the part that cannot be read', () => {
  expect(parseReference('')).toEqual({ ok: false, failure: 'it is empty' });
  for (const source of ['.a', 'a.', 'a..b', 'a[', 'a[]', '[0]', 'a[0]b']) expect(parseReference(source).ok).toBe(false);
  expect(parseReference('a..b')).toEqual({ ok: false, failure: '`..b` cannot be read' });
});

test('values are printed in one form each', () => {
  expect([null, true, false, 1.0, 1e-5, 1e21, -0, 'x'].map(printed)).toEqual([
    'None',
    'true',
    'false',
    '1',
    '0.00001',
    '1e+21',
    '0',
    'x',
  ]);
});
