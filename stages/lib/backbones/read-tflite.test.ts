import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import type { Network } from './layer-list.ts';
import { readTflite } from './read-tflite.ts';
import { expectClose, type LiteOperationText, type LiteTensorText, liteFile, seeImages, wave } from './testing.ts';

const SHAPE = [6, 6, 3] as const;
const images = wave(2 * 6 * 6 * 3, 7);

const see = (network: Network) => seeImages(network, images, [2, ...SHAPE]);

const FILTER = wave(4 * 3 * 3 * 3, 1);
const TENSORS: LiteTensorText[] = [
  { name: 'images', shape: [1, 6, 6, 3] },
  { name: 'filter', shape: [4, 3, 3, 3], values: FILTER },
  { name: 'bias', shape: [4], values: wave(4, 2) },
  { name: 'first', shape: [1, 3, 3, 4] },
  { name: 'own-filter', shape: [1, 3, 3, 4], values: wave(36, 3) },
  { name: 'second', shape: [1, 3, 3, 4] },
  { name: 'sum', shape: [1, 3, 3, 4] },
  { name: 'mean', shape: [1, 1, 1, 4] },
  { name: 'row', shape: [1, 4] },
  { name: 'weights', shape: [5, 4], values: wave(20, 4) },
  { name: 'logits', shape: [1, 5] },
  { name: 'probabilities', shape: [1, 5] },
];
/** Stride 2, relu6; own filter for each channel; sum, relu; mean of the maps; dense; softmax. */
const OPERATIONS: LiteOperationText[] = [
  { code: 3, inputs: [0, 1, 2], output: 3, options: { 0: 0, 1: 2, 2: 2, 3: 3 } },
  { code: 4, inputs: [3, 4, -1], output: 5, options: { 0: 0, 1: 1, 2: 1, 3: 1, 4: 1 } },
  { code: 0, inputs: [3, 5], output: 6, options: { 0: 1 } },
  { code: 1, inputs: [6], output: 7, options: { 0: 1, 1: 1, 2: 1, 3: 3, 4: 3 } },
  { code: 22, inputs: [7], output: 8 },
  { code: 9, inputs: [8, 9, -1], output: 10 },
  { code: 25, inputs: [10], output: 11 },
];

test('a float network is what its operations say, to its end and to the maps before their mean', async () => {
  const { tf } = await openBackend();
  const file = liteFile(TENSORS, OPERATIONS);
  const filter = tf.transpose<Tensor4D>(tf.tensor4d(FILTER, [4, 3, 3, 3]), [1, 2, 3, 0]);
  const first = tf.add(tf.conv2d(tf.tensor4d(images, [2, 6, 6, 3]), filter, 2, 'same'), tf.tensor1d(wave(4, 2)));
  const a = tf.relu6(first) as Tensor4D;
  const b = tf.relu(tf.depthwiseConv2d(a, tf.tensor4d(wave(36, 3), [3, 3, 4, 1]), 1, 'same'));
  const maps = tf.relu(tf.add(a, b));
  const logits = tf.matMul(tf.mean(maps, [1, 2]), tf.tensor2d(wave(20, 4), [5, 4]), false, true);
  const whole = await see(readTflite(file, 'net.tflite', 'probabilities'));
  expectClose(whole.values, await tf.softmax(logits).data());
  const cut = await see(readTflite(file, 'net.tflite', ''));
  expect(cut.shape).toEqual([2, 3, 3, 4]);
  expectClose(cut.values, await maps.data());
  expectClose((await see(readTflite(file, 'net.tflite', 'first'))).values, await a.data());
});

test('weights in 8 bits are read by scale and zero; a range that begins at 0 is a relu up to its end', async () => {
  const { tf } = await openBackend();
  const stored = Uint8Array.from({ length: 108 }, (_, i) => (i * 37) % 256);
  const tensors: LiteTensorText[] = [
    { name: 'images', shape: [1, 6, 6, 3], scale: 1 / 128, zero: 128 },
    { name: 'filter', shape: [4, 3, 3, 3], values: stored, scale: 0.01, zero: 120 },
    { name: 'bias', shape: [4], values: Int32Array.from([1, -2, 3, 0]), scale: 0.01 },
    { name: 'first', shape: [1, 6, 6, 4], scale: 0.004, zero: 0 },
  ];
  const file = liteFile(tensors, [{ code: 3, inputs: [0, 1, 2], output: 3, options: { 0: 0, 1: 1, 2: 1 } }]);
  const values = Float32Array.from(stored, (value) => (value - 120) * 0.01);
  const filter = tf.transpose<Tensor4D>(tf.tensor4d(values, [4, 3, 3, 3]), [1, 2, 3, 0]);
  const sums = tf.add(
    tf.conv2d(tf.tensor4d(images, [2, 6, 6, 3]), filter, 1, 'same'),
    tf.tensor1d([0.01, -0.02, 0.03, 0]),
  );
  const seen = await see(readTflite(file, 'net.tflite', 'first'));
  expectClose(seen.values, await tf.clipByValue(sums, 0, 255 * 0.004).data());
});

test('a file that ends too early, or is none, is refused; so is an operation nobody knows', () => {
  const file = liteFile(TENSORS, OPERATIONS);
  const coded = (code: string) => expect.objectContaining({ code });
  expect(() => readTflite(file.subarray(0, 600), 'net.tflite', '')).toThrow(coded('E0884'));
  expect(() => readTflite(Buffer.from('{"a": "text file"}'), 'net.tflite', '')).toThrow(coded('E0884'));
  const tanh = liteFile(TENSORS, [{ code: 3, inputs: [0, 1, 2], output: 3, options: { 0: 0, 1: 2, 2: 2, 3: 4 } }]);
  expect(() => readTflite(tanh, 'net.tflite', '')).toThrow(coded('E0885'));
  const computed = liteFile(TENSORS, [{ code: 3, inputs: [0, 3, 2], output: 5, options: { 0: 0, 1: 1, 2: 1 } }]);
  expect(() => readTflite(computed, 'net.tflite', '')).toThrow(coded('E0885'));
  const odd = liteFile(TENSORS, [{ code: 99, inputs: [0], output: 3 }]);
  expect(() => readTflite(odd, 'net.tflite', '')).toThrow(coded('E0885'));
});
