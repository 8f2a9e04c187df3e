import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, normal, openEngine, weighted } from './testing.ts';

const { tf } = await openEngine();

/** Winograd's algorithm and other orders of addition differ in the last digits. */
const CLOSE = 2e-5;

const geometry = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 13 }),
    width: fc.integer({ min: 1, max: 13 }),
    channels: fc.integer({ min: 1, max: 11 }),
    filters: fc.integer({ min: 1, max: 19 }),
    rows: fc.integer({ min: 1, max: 5 }),
    columns: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  })
  .filter(
    ({ height, width, rows, columns, dilation, pad }) =>
      pad === 'same' || (height > (rows - 1) * dilation && width > (columns - 1) * dilation),
  );

function gradientsOf(f: (...tensors: Tensor[]) => Tensor, shapes: readonly (readonly number[])[]) {
  return () =>
    tf.grads((...tensors: Tensor[]) => weighted(tf, f(...tensors)))(
      shapes.map((shape, i) => normal(tf, shape, `${i}`)),
    );
}

test('convolution is what the cpu backend computes, for any size, stride, dilation and padding', async () => {
  await fc.assert(
    fc.asyncProperty(geometry, async (g) => {
      const dilation = g.stride === 1 ? g.dilation : 1;
      const x = [g.n, g.height, g.width, g.channels];
      const filter = [g.rows, g.columns, g.channels, g.filters];
      const compute = () =>
        tf.conv2d(
          normal(tf, x, 'x') as Tensor4D,
          normal(tf, filter, 'f') as Tensor4D,
          g.stride,
          g.pad,
          'NHWC',
          dilation,
        );
      expect(await difference(tf, compute)).toBeLessThan(CLOSE);
    }),
    { numRuns: 60 },
  );
});

test('both gradients of a convolution are those of the cpu backend', async () => {
  await fc.assert(
    fc.asyncProperty(geometry, async (g) => {
      fc.pre(g.pad === 'same' || (g.height >= g.rows && g.width >= g.columns));
      const shapes = [
        [g.n, g.height, g.width, g.channels],
        [g.rows, g.columns, g.channels, g.filters],
      ];
      const compute = gradientsOf((x, f) => tf.conv2d(x as Tensor4D, f as Tensor4D, g.stride, g.pad), shapes);
      expect(await difference(tf, compute)).toBeLessThan(CLOSE);
    }),
    { numRuns: 40 },
  );
});

test.each([
  [3, 8, 8, 'same'],
  [3, 17, 20, 'valid'],
  [5, 9, 16, 'same'],
  [5, 12, 8, 'valid'],
] as const)('square filters of %i by Winograd: %i to %i channels, %s', async (size, channels, filters, pad) => {
  for (const [height, width] of [
    [7, 10],
    [13, 6],
  ] as const) {
    const shapes = [
      [2, height, width, channels],
      [size, size, channels, filters],
    ];
    const f = (x: Tensor, filter: Tensor) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, pad);
    const [x, filter] = shapes as [number[], number[]];
    expect(await difference(tf, () => f(normal(tf, x, '0'), normal(tf, filter, '1')))).toBeLessThan(CLOSE);
    expect(await difference(tf, gradientsOf(f, shapes))).toBeLessThan(CLOSE);
  }
});

test.each([
  [3, [2, 28, 28, 16], 9, 'same'],
  [3, [2, 27, 28, 17], 8, 'valid'],
  [3, [3, 27, 26, 18], 20, 'same'],
  [7, [2, 40, 38, 3], 8, 'same'],
  [7, [3, 41, 45, 4], 11, 'valid'],
] as const)(
  'square filters of %i with stride 2 by their phases: images %j, %i channels, %s',
  async (size, x, filters, pad) => {
    const shapes = [[...x], [size, size, x[3], filters]];
    const [image, filter] = shapes as [number[], number[]];
    const f = (a: Tensor, b: Tensor) => tf.conv2d(a as Tensor4D, b as Tensor4D, 2, pad);
    expect(await difference(tf, () => f(normal(tf, image, '0'), normal(tf, filter, '1')))).toBeLessThan(CLOSE);
  },
);

test.each([
  [1, 1, 7],
  [1, 2, 9],
  [3, 1, 14],
  [3, 2, 14],
  [3, 2, 28],
  [5, 1, 9],
  [7, 2, 30],
])('an image gives the same bits alone and in any batch: filters of %i, stride %i, %i pixels', (size, stride, side) => {
  const filter = normal(tf, [size, size, 16, 24], 'f') as Tensor4D;
  const images = normal(tf, [9, side, side, 16], 'x') as Tensor4D;
  const convolved = (from: number, count: number) =>
    tf.conv2d(tf.slice(images, [from, 0, 0, 0], [count, side, side, 16]), filter, stride, 'same');
  const alone = convolved(8, 1).dataSync();
  expect(tf.slice(convolved(0, 9), [8, 0, 0, 0], [1, -1, -1, -1]).dataSync()).toEqual(alone);
  expect(tf.slice(convolved(6, 3), [2, 0, 0, 0], [1, -1, -1, -1]).dataSync()).toEqual(alone);
});

test('convolution of each channel by itself and its gradients', async () => {
  await fc.assert(
    fc.asyncProperty(geometry, fc.integer({ min: 1, max: 3 }), async (g, times) => {
      fc.pre(g.pad === 'same' || (g.height >= g.rows && g.width >= g.columns));
      const shapes = [
        [g.n, g.height, g.width, g.channels],
        [g.rows, g.columns, g.channels, times],
      ];
      const f = (x: Tensor, filter: Tensor) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, g.stride, g.pad);
      const [x, filter] = shapes as [number[], number[]];
      expect(await difference(tf, () => f(normal(tf, x, '0'), normal(tf, filter, '1')))).toBeLessThan(CLOSE);
      expect(await difference(tf, gradientsOf(f, shapes))).toBeLessThan(CLOSE);
    }),
    { numRuns: 30 },
  );
});

test('transposed convolution', async () => {
  for (const [stride, pad] of [
    [1, 'same'],
    [2, 'same'],
    [2, 'valid'],
  ] as const) {
    const side = (length: number) => (pad === 'same' ? length * stride : (length - 1) * stride + 3);
    const f = (x: Tensor, filter: Tensor) =>
      tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, [2, side(5), side(4), 6], stride, pad);
    const shapes = [
      [2, 5, 4, 7],
      [3, 3, 6, 7],
    ];
    expect(await difference(tf, gradientsOf(f, shapes))).toBeLessThan(CLOSE);
  }
});

test('products of matrices, transposed or not, of one or many', async () => {
  const length = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(
      length,
      fc.integer({ min: 1, max: 700 }),
      length,
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 }),
      async (m, k, n, ta, tb, many) => {
        const a = normal(tf, ta ? [many, k, m] : [many, m, k], 'a');
        const b = normal(tf, tb ? [many, n, k] : [many, k, n], 'b');
        const [va, vb] = [a.dataSync(), b.dataSync()];
        const compute = () => tf.matMul(tf.tensor(va, a.shape), tf.tensor(vb, b.shape), ta, tb);
        expect(await difference(tf, compute)).toBeLessThan(CLOSE);
        tf.dispose([a, b]);
      },
    ),
    { numRuns: 40 },
  );
});

test('a joined product does its bias and every activation', async () => {
  for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
    const conv = () =>
      tf.fused.conv2d({
        x: normal(tf, [2, 6, 7, 5], 'x') as Tensor4D,
        filter: normal(tf, [3, 3, 5, 9], 'f') as Tensor4D,
        strides: 1,
        pad: 'same',
        bias: normal(tf, [9], 'b'),
        activation,
        leakyreluAlpha: 0.3,
      });
    const dense = () =>
      tf.fused.matMul({
        a: normal(tf, [7, 11], 'a'),
        b: normal(tf, [11, 9], 'b'),
        bias: normal(tf, [9], 'c'),
        activation,
        leakyreluAlpha: 0.3,
      });
    expect(await difference(tf, conv), activation).toBeLessThan(CLOSE);
    expect(await difference(tf, dense), activation).toBeLessThan(CLOSE);
  }
});

test('max and average pooling and their gradients, windows that overlap and that reach outside', async () => {
  await fc.assert(
    fc.asyncProperty(geometry, fc.constantFrom('maxPool' as const, 'avgPool' as const), async (g, name) => {
      fc.pre(g.pad === 'same' || (g.height >= g.rows && g.width >= g.columns));
      const f = (x: Tensor) => tf[name](x as Tensor4D, [g.rows, g.columns], g.stride, g.pad);
      const shape = [g.n, g.height, g.width, g.channels];
      expect(await difference(tf, () => f(normal(tf, shape, '0')))).toBeLessThan(CLOSE);
      expect(await difference(tf, gradientsOf(f, [shape]))).toBeLessThan(CLOSE);
    }),
    { numRuns: 40 },
  );
});

test.each([
  [6, 8, 4],
  [6, 8, 5],
  [7, 9, 6],
])('windows of two by two on images of %i x %i x %i', async (height, width, channels) => {
  const shape = [2, height, width, channels];
  for (const pad of ['same', 'valid'] as const) {
    const f = (x: Tensor) => tf.maxPool(x as Tensor4D, 2, 2, pad);
    expect(await difference(tf, () => f(normal(tf, shape, '0')))).toBe(0);
    expect(await difference(tf, gradientsOf(f, [shape]))).toBe(0);
    // Where several values are the largest, the first gets the gradient.
    expect(await difference(tf, () => tf.grad((x: Tensor) => weighted(tf, f(x)))(tf.ones(shape)))).toBe(0);
  }
});
