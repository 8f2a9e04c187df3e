import { expect, test } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import { parseConstraints } from './parse-constraints.ts';
import { parseEnqueued } from './parse-enqueued.ts';
import { parseSpace } from './parse-space.ts';
import { paramsOf } from './space.ts';
import { spaceOf } from './testing.ts';

const sgd = { choice: ['sgd', 'adam'] };

function problemsOf(spec: Json, sampler: 'tpe' | 'grid' = 'tpe') {
  const parsed = parseSpace(spec, sampler);
  return parsed.ok ? [] : parsed.failure;
}

const BAD: readonly (readonly [what: string, code: string, spec: Json, at: string, message: string, hint: string])[] = [
  ['an empty space', 'E1000', {}, '', '`space` is empty', 'space: {'],
  ['a space that is a list', 'E1000', [], '', '`space` is []', 'space: {'],
  ['a plain value for a dimension', 'E1001', { x: 3 }, 'x', '`x` is 3, expected one of', 'x: { choice: [1, 2] }'],
  ['choice and range at once', 'E1001', { x: { choice: [1], range: [0, 1] } }, 'x', 'expected one of', 'choice'],
  [
    'a field there is not',
    'E1001',
    { x: { range: [0, 1], steps: 1 } },
    'x/steps',
    'no field `steps`',
    'did you mean `step`?',
  ],
  ['a flag that is a number', 'E1001', { x: { range: [1, 2], log: 1 } }, 'x/log', '`log: 1`', 'log: true'],
  ['an empty choice', 'E1002', { x: { choice: [] } }, 'x/choice', 'is empty', 'choice: [1, 2]'],
  [
    'a value twice',
    'E1002',
    { x: { choice: [1, { a: 2 }, { a: 2 }] } },
    'x/choice',
    '{"a":2} twice',
    'choice: [1,{"a":2}]',
  ],
  ['an inverted range', 'E1003', { x: { range: [2, 1] } }, 'x/range', 'goes from 2 down to 1', 'range: [1, 2]'],
  ['a range with text', 'E1003', { x: { range: ['1', 2] } }, 'x/range', '["1",2], expected two numbers', 'range: ['],
  [
    'the logarithm of zero',
    'E1004',
    { x: { range: [0, 1], log: true } },
    'x/range',
    'begins at 0',
    'range: [0.001, 1]',
  ],
  [
    'a step larger than the range',
    'E1005',
    { x: { range: [0, 1], step: 2 } },
    'x/step',
    'larger than the range',
    'choice: [0, 1]',
  ],
  ['a step of zero', 'E1005', { x: { range: [0, 1], step: 0 } }, 'x/step', 'step 0', 'step: 1'],
  [
    'log and step',
    'E1005',
    { x: { range: [1, 9], step: 2, log: true } },
    'x/step',
    'both `log` and `step`',
    'log: false',
  ],
  [
    'half a step in whole numbers',
    'E1005',
    { x: { range: [1, 9], step: 1.5, integer: true } },
    'x/step',
    'whole',
    'step: 2',
  ],
  [
    'whole numbers from a half',
    'E1006',
    { x: { range: [0.5, 4], integer: true } },
    'x/range',
    'whole ends',
    'range: [1, 4]',
  ],
  [
    'a condition on nothing',
    'E1007',
    { x: { ...sgd, when: { opt: 1 } }, opts: sgd },
    'x/when/opt',
    'no dimension `opt`',
    '`opts`?',
  ],
  [
    'a condition on a list',
    'E1007',
    { x: { ...sgd, when: { l: 2 } }, l: { list: { length: { choice: [1, 2] }, item: sgd } } },
    'x/when/l',
    'is a list',
    'l.length',
  ],
  [
    'a condition on itself',
    'E1008',
    { x: { ...sgd, when: { x: 'sgd' } } },
    'x/when',
    'on itself',
    'leave `when` of `x` out',
  ],
  [
    'conditions in a circle',
    'E1008',
    { x: { ...sgd, when: { y: 'sgd' } }, y: { ...sgd, when: { x: 'sgd' } } },
    'x/when',
    '`x` -> `y` -> `x`',
    'leave',
  ],
  [
    'a condition on a value there is not',
    'E1009',
    { x: sgd, y: { ...sgd, when: { x: 'sdg' } } },
    'y/when/x',
    '`x` is never "sdg"',
    'did you mean `sgd`?',
  ],
  [
    'a condition beyond the range',
    'E1009',
    { x: { range: [0, 1] }, y: { ...sgd, when: { x: { min: 2 } } } },
    'y/when/x',
    '`x` is never from 2',
    'from 0 to 1',
  ],
  [
    'a condition between two steps',
    'E1009',
    { x: { range: [0, 9], step: 3 }, y: { ...sgd, when: { x: { min: 4, max: 5 } } } },
    'y/when/x',
    'never from 4 to 5',
    'steps of 3',
  ],
  [
    'a single value of a continuous range',
    'E1009',
    { x: { range: [0, 1] }, y: { ...sgd, when: { x: 0.5 } } },
    'y/when/x',
    'never 0.5',
    '{ min: 0 }',
  ],
  [
    'conditions that exclude each other',
    'E1009',
    { x: sgd, y: { ...sgd, when: { x: 'sgd' } }, z: { ...sgd, when: { x: 'adam', y: 'sgd' } } },
    'z/when',
    '`z` never takes part',
    '`x` out',
  ],
  [
    'a list without elements',
    'E1010',
    { x: { list: { length: { choice: [1] } } } },
    'x/list',
    'expected `length` and `item`',
    'list: {',
  ],
  [
    'a list of half a length',
    'E1010',
    { x: { list: { length: { choice: [1.5] }, item: sgd } } },
    'x/list/length',
    'whole numbers',
    'range: [1, 5]',
  ],
  [
    'an element without attributes',
    'E1010',
    { x: { list: { length: { choice: [1] }, item: {} } } },
    'x/list/item',
    'no attribute',
    'item: {',
  ],
  ['a dimension within another', 'E1011', { 'a.b': sgd, a: sgd }, 'a.b', '`a.b` lies within `a`', 'leave one'],
  ['a path with a gap', 'E1011', { 'a..b': sgd }, 'a..b', 'not a path', 'use `a.b`'],
];

test.each(BAD)('%s is refused (%s)', (_what, code, spec, at, message, hint) => {
  expect(problemsOf(spec)).toEqual([
    {
      code,
      at: ['space', ...at.split('/').filter((key) => key !== '')],
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    },
  ]);
});

test('a grid is refused over endless values, and only there (E1013)', () => {
  const spec = {
    x: { range: [0, 1] },
    y: { range: [1, 9], log: true, integer: true },
    z: { range: [0, 1], step: 0.5 },
  };
  expect(problemsOf(spec, 'grid')).toMatchObject([{ code: 'E1013', at: ['space', 'x'] }]);
  expect(problemsOf(spec, 'tpe')).toEqual([]);
});

test('all problems are told at once, those of a list once for all its elements', () => {
  const spec = {
    a: { range: [2, 1] },
    b: { choice: [] },
    c: { list: { length: { range: [1, 3] }, item: { x: { range: [5, 4] } } } },
  };
  expect(problemsOf(spec).map(({ code, at }) => `${code} ${at.join('/')}`)).toEqual([
    'E1003 space/a/range',
    'E1002 space/b/choice',
    'E1003 space/c/list/item/x/range',
  ]);
  const unknown = { c: { list: { length: { range: [1, 3] }, item: { x: { ...sgd, when: { d: 1 } } } } } };
  expect(problemsOf(unknown)).toHaveLength(1);
});

test('the order in which a file lists dimensions does not matter, and conditions come first', () => {
  const entries: [string, Json][] = [
    ['a', { ...sgd, when: { b: 'sgd' } }],
    ['b', { ...sgd, when: { c: [1, 2] } }],
    ['c', { choice: [1, 2, 3] }],
    ['d', { range: [0, 1] }],
  ];
  const space = spaceOf(Object.fromEntries(entries));
  expect(space.dimensions.map(({ path }) => path)).toEqual(['c', 'b', 'a', 'd']);
  expect(spaceOf(Object.fromEntries(entries.toReversed()))).toEqual(space);
});

test('a range ends at its last whole step', () => {
  expect(spaceOf({ x: { range: [0, 1], step: 0.3 } }).dimensions[0]).toMatchObject({ low: 0, high: 0.9, step: 0.3 });
});

test('a list has a length and attributes of its own for each element', () => {
  const item = { filters: { choice: [8, 16] }, pool: { choice: [1, 2] }, size: { choice: [2, 3], when: { pool: 2 } } };
  const space = spaceOf({ layers: { list: { length: { range: [1, 2] }, item } } });
  expect(space.dimensions.map(({ path, when }) => [path, when])).toEqual([
    ['layers.length', []],
    ['layers.0.filters', [{ path: 'layers.length', min: 1, max: Infinity }]],
    ['layers.0.pool', [{ path: 'layers.length', min: 1, max: Infinity }]],
    [
      'layers.0.size',
      [
        { path: 'layers.length', min: 1, max: Infinity },
        { path: 'layers.0.pool', anyOf: [2] },
      ],
    ],
    ['layers.1.filters', [{ path: 'layers.length', min: 2, max: Infinity }]],
    ['layers.1.pool', [{ path: 'layers.length', min: 2, max: Infinity }]],
    [
      'layers.1.size',
      [
        { path: 'layers.length', min: 2, max: Infinity },
        { path: 'layers.1.pool', anyOf: [2] },
      ],
    ],
  ]);
  const settings = {
    'layers.length': 2,
    'layers.0.filters': 8,
    'layers.0.pool': 1,
    'layers.1.filters': 16,
    'layers.1.pool': 2,
    'layers.1.size': 3,
    epochs: 4,
  };
  expect(paramsOf(space, settings)).toEqual({
    layers: [
      { filters: 8, pool: 1 },
      { filters: 16, pool: 2, size: 3 },
    ],
    epochs: 4,
  });
});

test('the elements of a list may be plain values', () => {
  const space = spaceOf({ widths: { list: { length: { choice: [0, 2] }, item: { range: [8, 64], integer: true } } } });
  expect(space.dimensions.map(({ path }) => path)).toEqual(['widths.length', 'widths.0', 'widths.1']);
  expect(paramsOf(space, { 'widths.length': 2, 'widths.0': 9, 'widths.1': 10 })).toEqual({ widths: [9, 10] });
  expect(paramsOf(space, { 'widths.length': 0 })).toEqual({ widths: [] });
});

test('constraints are limits by name; others and impossible ones are refused (E1012)', () => {
  expect(parseConstraints({ params: { max: 1000 }, size: { min: 1, max: 2 } })).toEqual({
    ok: true,
    value: { params: { min: 0, max: 1000 }, size: { min: 1, max: 2 } },
  });
  const bad = parseConstraints({ parms: { max: 1 }, params: { max: 0 }, flops: { min: 3, max: 2 }, size: 5 });
  expect(bad.ok ? [] : bad.failure.map(({ code, at, hint }) => [code, at.join('/'), hint])).toEqual([
    ['E1012', 'constraints/parms', 'did you mean `params`?'],
    ['E1012', 'constraints/params/max', 'params: { max: 100000 }'],
    ['E1012', 'constraints/flops', 'flops: { min: 2, max: 3 }'],
    ['E1012', 'constraints/size', 'size: { max: 100000 }'],
  ]);
});

test('points to be tried first are read by path or as whole lists, and must lie in the space (E1014)', () => {
  const space = spaceOf({
    rate: { range: [0.001, 0.1], log: true },
    units: { range: [1, 9], step: 2 },
    layers: { list: { length: { range: [1, 2] }, item: { filters: { choice: [8, 16] } } } },
  });
  expect(parseEnqueued(space, [{ rate: 0.01, layers: [{ filters: 8 }] }, {}])).toEqual({
    ok: true,
    value: [{ rate: 0.01, 'layers.length': 1, 'layers.0.filters': 8 }, {}],
  });
  const bad = parseEnqueued(space, [{ rat: 1 }, { rate: 1 }, { units: 4 }, { layers: [{ filters: 9 }] }, 3]);
  expect(bad.ok ? [] : bad.failure.map(({ code, at }) => `${code} ${at.join('/')}`)).toEqual([
    'E1014 enqueue/0/rat',
    'E1014 enqueue/1/rate',
    'E1014 enqueue/2/units',
    'E1014 enqueue/3/layers.0.filters',
    'E1014 enqueue/4',
  ]);
});
