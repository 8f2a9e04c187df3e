import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import { cutBackbone } from '../models/backbone-topology.ts';
import { openBackendPass } from './frozen-pass.ts';
import { convolutionConfig, createLayerList, type Network } from './layer-list.ts';
import { createOnnx } from './onnx-builder.ts';
import { inSinglePrecision } from './onnx-quantized.ts';
import { bytesField, intField } from './protobuf.ts';
import { readOnnx } from './read-onnx.ts';
import { expectClose, seeImages, wave } from './testing.ts';
import { writeOnnx } from './write-onnx.ts';

const SHAPE = [7, 6, 3] as const;
const BATCH = 8;
const images = wave(BATCH * 7 * 6 * 3, 7);

const see = (network: Network) => seeImages(network, images, [BATCH, ...SHAPE]);

/** Filters as ONNX has them, [filter, input, height, width], as the library wants them. */
async function filters(values: Float32Array, shape: [number, number, number, number]): Promise<Tensor4D> {
  const { tf } = await openBackend();
  return tf.transpose(tf.tensor4d(values, shape), [2, 3, 1, 0]);
}

test('a network in the manner of PyTorch is what its operations say', async () => {
  const { tf } = await openBackend();
  const graph = createOnnx();
  graph.floats('w1', [4, 3, 3, 3], wave(108, 1));
  graph.floats('b1', [4], wave(4, 2));
  graph.node('Conv', ['x', 'w1', 'b1'], 'a', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  for (const [part, values] of [
    ['gamma', wave(4, 3)],
    ['beta', wave(4, 4)],
    ['mean', wave(4, 5)],
    ['variance', Float32Array.of(0.5, 1, 2, 3)],
  ] as const) {
    graph.floats(part, [4], values);
  }
  graph.node('BatchNormalization', ['a', 'gamma', 'beta', 'mean', 'variance'], 'n', { epsilon: { float: 0.01 } });
  graph.node('MaxPool', ['n'], 'p', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  graph.floats('w2', [6, 2, 1, 1], wave(12, 6));
  graph.node('Conv', ['p', 'w2'], 'g', { kernel_shape: [1, 1], group: 2 });
  graph.node('Relu', ['g'], 'r');
  graph.node('GlobalAveragePool', ['r'], 'm');
  graph.node('Sigmoid', ['m'], 's');
  graph.node('Mul', ['r', 's'], 'e');
  graph.node('Concat', ['e', 'r'], 'c', { axis: 1 });
  graph.node('Flatten', ['c'], 'f');
  graph.floats('w3', [5, 48], wave(240, 8));
  graph.floats('b3', [5], wave(5, 9));
  graph.node('Gemm', ['f', 'w3', 'b3'], 'logits', { transB: 1 });
  const file = graph.toFile('x', [0, 3, 7, 6], 'logits');

  const x = tf.pad(tf.tensor4d(images, [BATCH, ...SHAPE]), [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]) as Tensor4D;
  const a = tf.add(tf.conv2d(x, await filters(wave(108, 1), [4, 3, 3, 3]), 2, 'valid'), tf.tensor1d(wave(4, 2)));
  const n = tf.batchNorm(
    a as Tensor4D,
    wave(4, 5) as never,
    [0.5, 1, 2, 3] as never,
    wave(4, 4) as never,
    wave(4, 3) as never,
    0.01,
  );
  // Zeros around would be greater than some maxima.
  const low = tf.pad(
    n,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    -1e9,
  ) as Tensor4D;
  const p = tf.maxPool(low, 3, 2, 'valid');
  const halves = tf.split(p, 2, 3) as Tensor4D[];
  const w2 = await filters(wave(12, 6), [6, 2, 1, 1]);
  const parts = tf.split(w2, 2, 3) as Tensor4D[];
  const g = tf.concat(
    halves.map((half, i) => tf.conv2d(half, parts[i] as Tensor4D, 1, 'valid')),
    3,
  );
  const r = tf.relu(g);
  const e = tf.mul(r, tf.sigmoid(tf.mean(r, [1, 2], true)));
  const c = tf.concat([e, r], 3);
  const row = tf.reshape(tf.transpose(c, [0, 3, 1, 2]), [BATCH, 48]);
  const logits = tf.add(
    tf.matMul(row as never, tf.tensor2d(wave(240, 8), [5, 48]), false, true),
    tf.tensor1d(wave(5, 9)),
  );

  const cut = await see(readOnnx(file, 'net.onnx', ''));
  expect(cut.shape).toEqual([BATCH, 2, 2, 12]);
  expectClose(cut.values, await c.data());
  expectClose((await see(readOnnx(file, 'net.onnx', 'logits'))).values, await logits.data());
});

test('layers written as ONNX and read again make the same of images, also with normalisations put into convolutions', async () => {
  const list = createLayerList('images', 3);
  const conv = (kernel: number, stride: number, padding: 'same' | 'valid', filters: number) =>
    convolutionConfig({ kernel: [kernel, kernel], strides: [stride, stride], padding, hasBias: false, filters });
  const first = list.add('Conv2D', 'first', ['images'], conv(3, 2, 'same', 4), {
    kernel: { shape: [3, 3, 3, 4], values: wave(108, 1) },
  });
  const norm = list.add(
    'BatchNormalization',
    'norm',
    [first],
    { axis: [3], epsilon: 0.01 },
    {
      gamma: { shape: [4], values: wave(4, 2) },
      beta: { shape: [4], values: wave(4, 3) },
      moving_mean: { shape: [4], values: wave(4, 4) },
      moving_variance: { shape: [4], values: Float32Array.of(1, 2, 3, 4) },
    },
  );
  const relu = list.add('ReLU', 'relu', [norm], { max_value: 6 });
  const own = convolutionConfig({ kernel: [3, 3], strides: [1, 1], padding: 'same', hasBias: true, multiplier: 1 });
  const depthwise = list.add(
    'DepthwiseConv2D',
    'own',
    [relu],
    { ...own, activation: 'relu' },
    {
      depthwise_kernel: { shape: [3, 3, 4, 1], values: wave(36, 5) },
      bias: { shape: [4], values: wave(4, 6) },
    },
  );
  const sum = list.add('Add', 'sum', [relu, depthwise], {});
  const pads = list.add('ZeroPadding2D', 'pads', [sum], {
    padding: [
      [1, 0],
      [0, 1],
    ],
    data_format: 'channels_last',
  });
  list.add('MaxPooling2D', 'pool', [pads], { pool_size: [2, 2], strides: [1, 1], padding: 'valid' });
  const network = { ...list.toNetwork(), until: '' };
  const cut = cutBackbone(network, SHAPE);
  const backend = await openBackend();
  for (const isPooled of [true, false]) {
    const work = { cut, shape: SHAPE, isPooled };
    const pass = await openBackendPass(backend, work);
    const values = await pass.run(images);
    pass.close();
    const file = writeOnnx(cut, { shape: SHAPE, batch: BATCH, isPooled }) as Uint8Array;
    expectClose((await see(readOnnx(file, 'net.onnx', 'features'))).values, values);
    if (!isPooled) expectClose((await see(network)).values, values);
  }
});

test('a network quantised in the form QDQ is read in single precision; a range that begins at 0 is a relu up to its end', async () => {
  const stored = Float32Array.from({ length: 108 }, (_, i) => ((i * 37) % 255) - 127);
  const scales = Float32Array.of(0.01, 0.02, 0.005, 0.01);
  const quantized = createOnnx();
  quantized.floats('stored', [4, 3, 3, 3], stored);
  quantized.floats('scales', [4], scales);
  quantized.floats('zeros', [4], new Float32Array(4).fill(3));
  quantized.floats('step', [], Float32Array.of(1 / 128));
  quantized.floats('middle', [], Float32Array.of(128));
  quantized.floats('least', [], Float32Array.of(0));
  quantized.node('QuantizeLinear', ['x', 'step', 'middle'], 'x8');
  quantized.node('DequantizeLinear', ['x8', 'step', 'middle'], 'seen');
  quantized.node('DequantizeLinear', ['stored', 'scales', 'zeros'], 'w', { axis: 0 });
  quantized.node('Conv', ['seen', 'w'], 'sums', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  quantized.node('QuantizeLinear', ['sums', 'step', 'least'], 'sums8');
  quantized.node('DequantizeLinear', ['sums8', 'step', 'least'], 'maps');
  const plain = createOnnx();
  const filters = stored.map((value, i) => (value - 3) * (scales[Math.floor(i / 27)] as number));
  plain.floats('w', [4, 3, 3, 3], filters);
  plain.node('Conv', ['x', 'w'], 'sums', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  plain.clip('sums', 'maps', 255 / 128);
  const found = await see(readOnnx(quantized.toFile('x', [0, 3, 7, 6], 'maps'), 'net.onnx', 'maps'));
  const expected = await see(readOnnx(plain.toFile('x', [0, 3, 7, 6], 'maps'), 'net.onnx', 'maps'));
  expectClose(found.values, expected.values);
  expect(found.values.some((value) => value === 0)).toBe(true);
  const odd = createOnnx();
  odd.node('DequantizeLinear', ['x', 'computed'], 'a');
  expect(() => readOnnx(odd.toFile('x', [0, 3, 7, 6], 'a'), 'net.onnx', '')).toThrow('its scale is computed');
});

test('a range of signed bytes begins at 0 where their least value stands for it', () => {
  const constant = (value: number, isSigned = false) => ({ shape: [], values: Float32Array.of(value), isSigned });
  const node = (operator: string, inputs: readonly string[]) => ({
    operator,
    inputs,
    outputs: ['y'],
    int: (_name: string, otherwise: number) => otherwise,
    ints: () => [],
    float: (_name: string, otherwise: number) => otherwise,
    text: () => '',
    constant: () => null,
  });
  const operators = (zero: ReturnType<typeof constant>) =>
    inSinglePrecision({
      nodes: [node('QuantizeLinear', ['x', 'scale', 'zero'])],
      constants: new Map([
        ['scale', constant(0.02353)],
        ['zero', zero],
      ]),
      input: { name: 'x', shape: [] },
    });
  expect(operators(constant(0, true)).nodes.map(({ operator }) => operator)).toEqual(['Identity']);
  const relu = operators(constant(-128, true));
  expect(relu.nodes.map(({ operator }) => operator)).toEqual(['Clip']);
  expect(relu.constants.get('y/most')?.values[0]).toBe(6);
});

test('a quantised network is refused by its first operation in 8 bits, unless it is cut before', () => {
  for (const operator of ['QLinearConv', 'DynamicQuantizeLinear', 'ConvInteger']) {
    const graph = createOnnx();
    graph.floats('scale', [1], Float32Array.of(0.5));
    graph.node('Relu', ['x'], 'a');
    graph.node(operator, ['a', 'scale'], 'b');
    const file = graph.toFile('x', [1, 3, 7, 6], 'b');
    expect(() => readOnnx(file, 'net.onnx', '')).toThrow(
      expect.objectContaining({ code: 'E0885', message: expect.stringContaining('before it is quantised') }),
    );
    expect(readOnnx(file, 'net.onnx', 'a').until).toBe('a');
  }
});

test('weights that lie in another file are told of', () => {
  const text = (field: number, content: string | Uint8Array[]) => bytesField(field, content);
  const tensor = [intField(1, 1), intField(2, 1), text(8, 'w'), text(13, [text(1, 'location'), text(2, 'w.bin')])];
  const file = text(7, [text(5, tensor), text(11, [text(1, 'x')])]);
  expect(() => readOnnx(file, 'net.onnx', '')).toThrow(
    expect.objectContaining({ code: 'E0884', message: expect.stringContaining('save the network as one file') }),
  );
});

test('a file that ends too early, or is none, is refused; so is an operation nobody knows in the middle', () => {
  const coded = (code: string) => expect.objectContaining({ code });
  const graph = createOnnx();
  graph.node('LRN', ['x'], 'a');
  graph.node('Relu', ['a'], 'b');
  const file = graph.toFile('x', [1, 3, 7, 6], 'b');
  expect(() => readOnnx(file, 'net.onnx', '')).toThrow(coded('E0885'));
  expect(() => readOnnx(file.subarray(0, 20), 'net.onnx', '')).toThrow(coded('E0884'));
  expect(() => readOnnx(Buffer.from('a text file'), 'net.onnx', '')).toThrow(coded('E0884'));
});
