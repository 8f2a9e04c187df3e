import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import type { Measures } from '../lib/image/measure-image.ts';
import { readCondition } from './expression.ts';

const SAMPLE: Sample = {
  id: "night/it's.png",
  labels: ['cat', 'dog'],
  family: 'a',
  source: 'f'.repeat(64),
  width: 300,
  height: 200,
  channels: 3,
  split: 'train',
  time: '2024-05-31',
};
const MEASURES = { properties: { brightness: 0.25, spread: 0 } } as Measures;

const holds = (source: string, sample: Partial<Sample> = {}) =>
  readCondition(source).holds({ sample: { ...SAMPLE, ...sample }, measures: MEASURES });

/** The message without the words that all have in common. */
function refusal(source: string): string {
  try {
    readCondition(source);
  } catch (error) {
    expect(error).toMatchObject({ code: 'E0872' });
    return (error as Error).message.replace('`where` cannot be read ', '');
  }
  throw new Error(`${source} was read`);
}

test('numbers and texts are compared, and texts of dates sort by time', () => {
  for (const source of [
    'width == 300',
    'width != 299',
    'aspect > 1.49',
    'aspect <= 1.5',
    '2e2 >= height',
    '-1 < channels',
    "split == 'train'",
    'split != "test"',
    "time >= '2024-01-01' and time < '2024-06-01'",
    "id == 'night/it''s.png'",
    "group == ''",
  ]) {
    expect(holds(source), source).toBe(true);
    expect(holds(`not (${source})`), source).toBe(false);
  }
});

test('and binds before or, not before both, brackets before all', () => {
  expect(holds('width == 300 or width == 1 and height == 1')).toBe(true);
  expect(holds('(width == 300 or width == 1) and height == 1')).toBe(false);
  expect(holds('not width == 1 and not not height == 200')).toBe(true);
  expect(holds('not (width == 1 or height == 200)')).toBe(false);
});

test('membership is asked of lists that are written down, and of the labels', () => {
  expect(holds("split in ['train', 'test']")).toBe(true);
  expect(holds("split not in ['train', 'test']")).toBe(false);
  expect(holds('channels in [1, 3]')).toBe(true);
  expect(holds("'cat' in labels and 'cow' not in labels")).toBe(true);
});

test('a label is that of samples with one; of several there is none', () => {
  expect(holds("label == 'cat'")).toBe(false);
  expect(holds("label == 'cat'", { labels: ['cat'] })).toBe(true);
  expect(holds("label == ''", { labels: [] })).toBe(true);
});

test('yes or no stands by itself', () => {
  expect(holds('derived')).toBe(true);
  expect(holds('not derived', { family: SAMPLE.id })).toBe(true);
});

test('only a condition that asks for it needs pixels', () => {
  expect(readCondition('width > 3').isMeasured).toBe(false);
  expect(readCondition('width > 3 or brightness > 0.1').isMeasured).toBe(true);
  expect(holds('brightness > 0.2 and spread == 0')).toBe(true);
});

test('what cannot be read is shown at its place, with what was expected there', () => {
  expect(refusal('width = 3')).toBe('at character 7, `= 3`: equality is written ==');
  expect(refusal('width >= 64px')).toBe(
    'at character 10, `64px`: expected a field, a number, a text in quotes, or a sign',
  );
  expect(refusal('width >=')).toBe('at its end: expected a field, a number or a text in quotes');
  expect(refusal('width')).toBe('at its end: expected a comparison: ==, !=, <, <=, >, >= or in');
  expect(refusal('width > 3 height > 3')).toBe('at character 11, `height > 3`: expected `and`, `or` or the end');
  expect(refusal('(width > 3')).toBe('at its end: expected `)`');
  expect(refusal('')).toBe('at its end: expected a field, a number or a text in quotes');
  expect(refusal("label == 'open")).toBe("at character 10, `'open`: a text without its closing '");
  expect(refusal('1 < width < 3')).toBe('at character 11, `< 3`: expected `and`, `or` or the end');
  expect(refusal('split in [width]')).toBe('at character 11, `width]`: expected a number or a text in quotes');
  expect(refusal("split in ['a' 'b']")).toBe("at character 15, `'b']`: expected `]`");
  expect(refusal(`label == "a" && ${'width > 1 or '.repeat(9)}`)).toContain('at character 14, `&& width > 1 or widt…`');
});

test('a number is never compared with a text, nor a list with anything', () => {
  expect(refusal("width > '64'")).toBe("at character 9, `'64'`: expected a number, not a text");
  expect(refusal('split == 3')).toBe('at character 10, `3`: expected a text, not a number');
  expect(refusal('channels in [1, "3"]')).toBe('at character 17, `"3"]`: expected a number, not a text');
  expect(refusal("labels == 'cat'")).toBe("at character 1, `labels == 'cat'`: a list is not compared");
  expect(refusal('width in labels')).toBe('at character 1, `width in labels`: expected a text, not a number');
  expect(refusal("'a' in split")).toBe('at character 8, `split`: expected a list, not a text');
});

test('nothing in a condition is run or reaches beyond the fields', () => {
  for (const source of [
    'constructor == 1',
    '__proto__ == 1',
    'toString()',
    'process.exit(1)',
    '`1`',
    'id; id',
    'id == id.x',
  ]) {
    expect(refusal(source), source).toMatch(/^at character \d+, /);
  }
});

test('whatever is written, it is read or refused with a place, also nested as deep as the text may be long', () => {
  const words = fc.constantFrom(
    'width',
    "'a'",
    '3',
    'and',
    'or',
    'not',
    'in',
    '(',
    ')',
    '[',
    ']',
    ',',
    '==',
    '<',
    'labels',
    'derived',
    '!',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
      try {
        expect(typeof holds(parts.join(' '))).toBe('boolean');
      } catch (error) {
        expect(error).toMatchObject({ code: 'E0872' });
      }
    }),
    { numRuns: 2000 },
  );
  expect(holds(`${'('.repeat(990)}width > 3${')'.repeat(990)}`)).toBe(true);
  expect(refusal('('.repeat(2000))).toContain('at its end');
});
