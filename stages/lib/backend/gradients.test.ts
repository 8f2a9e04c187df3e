import '@tensorflow/tfjs-backend-cpu';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/sdk/index.ts';
import { openBackend } from './open-backend.ts';
import type { Tf } from './tensorflow.ts';

/** Gradients of `f` by its arguments on a backend, weighted at random so that no two outputs count the same. */
async function gradients(
  backend: string,
  shapes: readonly number[][],
  f: (tf: Tf, tensors: Tensor[]) => Tensor,
): Promise<number[][]> {
  const { tf } = await openBackend();
  await tf.setBackend(backend);
  const values = shapes.map((shape, i) => {
    const random = randomStream(7, `tensor ${i}`);
    const size = shape.reduce((product, side) => product * side, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => random.normal()),
      shape,
    );
  });
  const weighted = (...tensors: Tensor[]) => {
    const result = f(tf, tensors);
    const random = randomStream(7, 'weights');
    return tf.sum(
      tf.mul(
        result,
        tf.tensor(
          Float32Array.from({ length: result.size }, () => random.normal()),
          result.shape,
        ),
      ),
    );
  };
  const found = tf
    .grads(weighted)(values)
    .map((tensor) => [...tensor.dataSync()]);
  tf.disposeVariables();
  await tf.setBackend('wasm');
  return found;
}

async function expectSame(shapes: readonly number[][], f: (tf: Tf, tensors: Tensor[]) => Tensor): Promise<void> {
  const [own, reference] = [await gradients('wasm', shapes, f), await gradients('cpu', shapes, f)];
  for (const [i, values] of own.entries()) {
    for (const [j, value] of values.entries()) expect(value).toBeCloseTo(reference[i]?.[j] ?? Number.NaN, 3);
  }
}

for (const pad of ['same', 'valid'] as const) {
  for (const stride of [1, 2]) {
    for (const kernel of [1, 3, 4, 5]) {
      test(`both gradients of a ${kernel} x ${kernel} convolution, stride ${stride}, ${pad}, equal the reference backend's`, async () => {
        const shapes = [
          [2, 7, 9, 3],
          [kernel, kernel, 3, 5],
        ];
        await expectSame(shapes, (tf, [x, filter]) => tf.conv2d(x as Tensor4D, filter as Tensor4D, stride, pad));
      });
    }
  }
}

for (const [size, pad] of [
  [2, 'valid'],
  [3, 'valid'],
  [3, 'same'],
] as const) {
  test(`the gradient of ${size} x ${size} max pooling, stride 2, ${pad}, equals the reference backend's`, async () => {
    await expectSame([[2, 7, 9, 3]], (tf, [x]) => tf.maxPool(x as Tensor4D, size, 2, pad));
  });
}
