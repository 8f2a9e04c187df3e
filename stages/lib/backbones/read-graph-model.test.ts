import type { io, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import { loadCut } from '../models/backbone.ts';
import { cutBackbone } from '../models/backbone-topology.ts';
import { readGraphModel } from './read-graph-model.ts';
import { wave } from './testing.ts';

const SHAPE = [6, 6, 3] as const;
const text64 = (text: string) => ({ s: Buffer.from(text).toString('base64') });
const list = (...values: number[]) => ({ list: { i: values.map(String) } });
const joined = (...names: string[]) => ({ list: { s: names.map((name) => text64(name).s) } });

function graph(nodes: readonly object[]): io.ModelJSON {
  const images = {
    name: 'images',
    op: 'Placeholder',
    attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '-1' }, { size: '3' }] } } },
  };
  return { modelTopology: { node: [images, ...nodes] }, weightsManifest: [] } as unknown as io.ModelJSON;
}

test('a graph model is what its operations say, up to the maps before their mean', async () => {
  const { tf, ...backend } = await openBackend();
  const images = wave(2 * 108, 7);
  const weights = new Map([
    ['factor', { shape: [1], values: Float32Array.of(0.5) }],
    ['filter', { shape: [3, 3, 3, 4], values: wave(108, 1) }],
    ['bias', { shape: [4], values: wave(4, 2) }],
    ['own', { shape: [3, 3, 4, 1], values: wave(36, 3) }],
    ['axes', { shape: [2], values: Float32Array.of(1, 2) }],
  ]);
  const same = text64('SAME');
  const text = graph([
    { name: 'scaled', op: 'Mul', input: ['images', 'factor'] },
    {
      name: 'a',
      op: '_FusedConv2D',
      input: ['scaled', 'filter', 'bias'],
      attr: { strides: list(1, 2, 2, 1), padding: same, fused_ops: joined('BiasAdd', 'Relu6') },
    },
    { name: 'b', op: 'DepthwiseConv2dNative', input: ['a', 'own'], attr: { strides: list(1, 1, 1, 1), padding: same } },
    { name: 'sum', op: 'AddV2', input: ['a', 'b'] },
    {
      name: 'pool',
      op: 'MaxPool',
      input: ['sum'],
      attr: { ksize: list(1, 2, 2, 1), strides: list(1, 1, 1, 1), padding: text64('VALID') },
    },
    { name: 'mean', op: 'Mean', input: ['pool', 'axes'], attr: { keep_dims: { b: false } } },
  ]);
  const x = tf.mul(tf.tensor4d(images, [2, ...SHAPE]), 0.5) as Tensor4D;
  const a = tf.relu6(
    tf.add(tf.conv2d(x, tf.tensor4d(wave(108, 1), [3, 3, 3, 4]), 2, 'same'), tf.tensor1d(wave(4, 2))),
  ) as Tensor4D;
  const b = tf.depthwiseConv2d(a, tf.tensor4d(wave(36, 3), [3, 3, 4, 1]), 1, 'same');
  const expected = await tf.maxPool(tf.add(a, b) as Tensor4D, 2, 1, 'valid').data();
  const model = await loadCut({ tf, ...backend }, cutBackbone(readGraphModel(text, weights, 'model.json', ''), SHAPE));
  const answer = model.apply(tf.tensor4d(images, [2, ...SHAPE])) as Tensor;
  expect(answer.shape).toEqual([2, 2, 2, 4]);
  for (const [i, value] of (await answer.data()).entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4);
  model.dispose();
});

test('an operation nobody knows is refused, and a graph without images', () => {
  const coded = (code: string) => expect.objectContaining({ code });
  const odd = graph([{ name: 'odd', op: 'LRN', input: ['images'] }]);
  expect(() => readGraphModel(odd, new Map(), 'model.json', '')).toThrow(coded('E0885'));
  const empty = { modelTopology: { node: [] }, weightsManifest: [] } as unknown as io.ModelJSON;
  expect(() => readGraphModel(empty, new Map(), 'model.json', '')).toThrow(coded('E0884'));
});
