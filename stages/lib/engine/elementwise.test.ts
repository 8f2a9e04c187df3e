import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, normal, openEngine, weighted } from './testing.ts';

const { tf } = await openEngine();
const CLOSE = 1e-6;

const UNARY = [
  'abs',
  'neg',
  'square',
  'sqrt',
  'reciprocal',
  'exp',
  'expm1',
  'log',
  'log1p',
  'tanh',
  'sigmoid',
  'softplus',
  'erf',
  'relu',
  'relu6',
  'elu',
  'selu',
  'floor',
  'ceil',
  'round',
  'step',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'asinh',
  'acosh',
  'atanh',
  'leakyRelu',
  'rsqrt',
] as const;

/** Numbers where formulas change, and some between. */
const EDGES = [
  0,
  1,
  -1,
  0.5,
  -0.5,
  1e-3,
  -1e-3,
  1e-7,
  0.624,
  0.626,
  0.0099,
  0.0101,
  2,
  -3,
  2.5,
  3.5,
  7,
  -7,
  15,
  -15,
  Number.NaN,
];

test.each(UNARY)('%s is what the cpu backend computes', async (name) => {
  expect(await difference(tf, () => tf[name](tf.tensor1d(EDGES)))).toBeLessThan(CLOSE);
});

test.each(['relu', 'relu6', 'elu', 'selu', 'leakyRelu', 'sigmoid', 'tanh', 'softplus', 'exp', 'erf'] as const)(
  'the gradient of %s is that of the cpu backend',
  async (name) => {
    const compute = () =>
      tf.grad((x: Tensor) => weighted(tf, tf[name](x)))(tf.tensor1d(EDGES.slice(0, -1).filter((x) => x !== 0)));
    expect(await difference(tf, compute)).toBeLessThan(CLOSE);
  },
);

test.each([
  ['exp', Math.exp, -87, 88],
  ['log', Math.log, 1e-38, 1e30],
  ['tanh', Math.tanh, -12, 12],
  ['sigmoid', (x: number) => 1 / (1 + Math.exp(-x)), -80, 80],
] as const)('%s is right to two units in the last place over its whole range', async (name, exact, from, to) => {
  const count = 20_000;
  const values = Float32Array.from({ length: count }, (_, i) =>
    name === 'log' ? from * (to / from) ** (i / count) : from + ((to - from) * i) / count,
  );
  const found = tf.tidy(() => tf[name](tf.tensor1d(values)).dataSync());
  let worst = 0;
  for (const [i, x] of values.entries()) {
    const want = exact(x);
    const unit = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(want)))) - 23);
    worst = Math.max(worst, Math.abs((found[i] as number) - want) / unit);
  }
  expect(worst).toBeLessThan(name === 'sigmoid' ? 3 : 2);
});

const BINARY = [
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'squaredDifference',
  'pow',
  'atan2',
  'greater',
  'greaterEqual',
  'less',
  'lessEqual',
  'equal',
  'notEqual',
] as const;

test('functions of two tensors broadcast like those of the cpu backend', async () => {
  const axis = fc.record({ length: fc.integer({ min: 1, max: 5 }), a: fc.boolean(), b: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...BINARY),
      fc.array(axis, { minLength: 1, maxLength: 5 }),
      fc.nat(5),
      async (name, axes, drop) => {
        const a = axes.map((each) => (each.a ? each.length : 1));
        const b = axes.map((each) => (each.b ? each.length : 1)).slice(Math.min(drop, axes.length - 1));
        const compute = () => tf.cast(tf[name](tf.abs(normal(tf, a, 'a')), normal(tf, b, 'b')), 'float32');
        expect(await difference(tf, compute)).toBeLessThan(CLOSE);
      },
    ),
    { numRuns: 80 },
  );
});

test('values are chosen, limited, bent by slopes and added up', async () => {
  const x = () => normal(tf, [6, 7], 'x');
  expect(await difference(tf, () => tf.where(tf.greater(x(), 0), x(), tf.mul(x(), 3)))).toBe(0);
  expect(await difference(tf, () => tf.clipByValue(x(), -0.3, 0.4))).toBe(0);
  expect(await difference(tf, () => tf.prelu(x(), normal(tf, [7], 's')))).toBeLessThan(CLOSE);
  expect(await difference(tf, () => tf.addN([x(), x(), x()]))).toBeLessThan(CLOSE);
});

test('sums, means and extremes over any axes', async () => {
  const shape = [3, 4, 5, 6];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('sum', 'mean', 'max', 'min', 'prod'),
      fc.subarray([0, 1, 2, 3]),
      fc.boolean(),
      async (name, axes, keep) => {
        const op = tf[name as 'sum'];
        expect(await difference(tf, () => op(normal(tf, shape, 'x'), axes, keep))).toBeLessThan(CLOSE);
      },
    ),
    { numRuns: 60 },
  );
  expect(await difference(tf, () => tf.sum(normal(tf, [3000, 17], 'x'), 0))).toBeLessThan(1e-5);
  expect(await difference(tf, () => tf.mean(normal(tf, [3000, 17], 'x')))).toBeLessThan(1e-5);
  for (const axis of [0, 1, 3]) {
    expect(await difference(tf, () => tf.argMax(normal(tf, shape, 'x'), axis))).toBe(0);
    expect(await difference(tf, () => tf.argMin(normal(tf, shape, 'x'), axis))).toBe(0);
  }
});

test('softmax, its logarithm and their gradients', async () => {
  for (const f of [tf.softmax, tf.logSoftmax]) {
    expect(await difference(tf, () => f(tf.mul(normal(tf, [9, 7], 'x'), 10)))).toBeLessThan(CLOSE);
    expect(
      await difference(tf, () => tf.grad((x: Tensor) => weighted(tf, f(x)))(normal(tf, [9, 7], 'x'))),
    ).toBeLessThan(CLOSE);
  }
});

test('moved, cut, padded, joined and repeated values are the same values', async () => {
  const x = () => normal(tf, [3, 4, 5, 6], 'x');
  const y = () => normal(tf, [3, 4, 5, 6], 'y');
  const index = () =>
    tf.tensor2d(
      [
        [0, 2],
        [1, 1],
      ],
      [2, 2],
      'int32',
    );
  const cases: readonly (() => Tensor | Tensor[])[] = [
    ...[
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [0, 3, 1, 2],
      [1, 0, 2, 3],
      [0, 1, 3, 2],
    ].map((order) => () => tf.transpose(x(), order)),
    ...[0, 1, 2, 3].flatMap((axis) => [
      () => tf.concat([x(), y()], axis),
      () => tf.stack([x(), y()], axis),
      () => tf.unstack(x(), axis),
    ]),
    ...[0, 1, 3].map((axis) => () => tf.gather(x(), index(), axis)),
    () => tf.slice(x(), [1, 0, 2, 1], [2, 3, -1, 4]),
    () => tf.stridedSlice(x(), [0, 3, 0, 1], [3, 0, 5, 6], [1, -1, 2, 3]),
    () => tf.reverse(x(), [1, 3]),
    () => tf.tile(x(), [2, 1, 3, 2]),
    () =>
      tf.pad(
        x(),
        [
          [0, 1],
          [2, 0],
          [1, 1],
          [0, 3],
        ],
        0.5,
      ),
    () =>
      tf.mirrorPad(
        x(),
        [
          [0, 1],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
        'reflect',
      ),
    () => tf.oneHot(tf.tensor1d([0, 2, 1, 5], 'int32'), 4),
    () =>
      tf.unsortedSegmentSum(tf.reshape(x(), [12, 30]), tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 1, 3], 'int32'), 4),
    () => [tf.zeros([7]), tf.ones([3, 4]), tf.fill([5], 2.5), tf.zerosLike(x()), tf.expandDims(x(), -1)],
  ];
  for (const [i, compute] of cases.entries()) expect(await difference(tf, compute), `case ${i}`).toBeLessThan(CLOSE);
});

test('types change into one another as they do on the cpu backend', async () => {
  for (const from of ['float32', 'int32', 'bool'] as const) {
    for (const to of ['float32', 'int32', 'bool'] as const) {
      const compute = () => tf.cast(tf.cast(tf.tensor1d([1.7, -1.2, 0, 3, 0.4, -0.6]), from), to);
      expect(await difference(tf, compute), `${from} to ${to}`).toBe(0);
    }
  }
});
