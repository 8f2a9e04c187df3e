import { expect, test } from 'vitest';
import { brief, briefs, load, problems, stageNames } from './test-project.ts';

const change = (name: string, from: string) => `  ${name}: { uses: change, from: ${from} }\n`;

test('stages that take each other in a circle are reported once, with the circle (E0410)', () => {
  const found = problems(`stages:\n${change('a', 'c')}${change('b', 'a')}${change('c', 'b')}`);
  expect(found.map(brief)).toEqual(["E0410 3:28 stages need each other's results: `a` -> `b` -> `c` -> `a`"]);
  expect(found[0]?.stage).toBe('b');
});

test('a stage that takes itself is a circle (E0410)', () => {
  expect(briefs(`stages:\n${change('a', 'a')}`)).toEqual(["E0410 2:28 stages need each other's results: `a` -> `a`"]);
});

test('two circles are both reported, and stages that hang on them are not', () => {
  const text = `stages:\n${change('a', 'b')}${change('b', 'a')}${change('c', 'd')}${change('d', 'c')}${change('e', 'd')}`;
  expect(problems(text).map((each) => each.code)).toEqual(['E0410', 'E0410']);
});

test('a result used by two stages is no circle', () => {
  const text = `stages:\n  i: { uses: ingest, with: { source: d } }\n${change('a', 'i')}${change('b', 'i')}  t: { uses: train, from: a }\n  e: { uses: evaluate, from: { dataset: b, model: t } }\n`;
  expect(stageNames(load(text))).toHaveLength(5);
});

test('stages left out in a circle of their own are passed over', () => {
  expect(
    stageNames(load('stages: {a: {uses: change, from: b, when: false}, b: {uses: change, from: a, when: false}}')),
  ).toEqual([]);
});

test('a long circle is shown by its ends', () => {
  const text = Array.from({ length: 40 }, (_, i) => change(`s${i}`, `s${(i + 1) % 40}`)).join('');
  const [found] = problems(`stages:\n${text}`);
  expect(found?.message).toContain('`s0` -> `s39` -> `s38` -> `s37` -> `s36` -> `s35` -> ... -> ');
  expect(found?.message.length).toBeLessThan(200);
});
