import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, randomStream, StageError } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { openBackbone } from '../models/backbone.ts';
import { createOnnx } from './onnx-builder.ts';
import { openNetwork } from './open-network.ts';
import { writeSmallBackbone } from './small-backbone.ts';
import { type LiteTensorText, liteFile, wave } from './testing.ts';

const SHAPE: [number, number, number] = [8, 8, 3];
const CODES = ['E0828', 'E0882', 'E0884', 'E0885'];
let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'damaged-'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

function onnx(): Uint8Array {
  const graph = createOnnx();
  graph.floats('w', [4, 3, 3, 3], wave(108, 1));
  graph.floats('b', [4], wave(4, 2));
  graph.node('Conv', ['x', 'w', 'b'], 'a', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  for (const part of ['gamma', 'beta', 'mean', 'variance']) graph.floats(part, [4], wave(4, 3));
  graph.node('BatchNormalization', ['a', 'gamma', 'beta', 'mean', 'variance'], 'n', { epsilon: { float: 0.01 } });
  graph.node('Relu', ['n'], 'r');
  graph.node('GlobalAveragePool', ['r'], 'm');
  graph.node('Flatten', ['m'], 'f');
  graph.floats('w2', [5, 4], wave(20, 8));
  graph.node('Gemm', ['f', 'w2'], 'logits', { transB: 1 });
  return graph.toFile('x', [0, 3, 8, 8], 'logits');
}

const LITE_TENSORS: LiteTensorText[] = [
  { name: 'images', shape: [1, 8, 8, 3] },
  { name: 'filter', shape: [4, 3, 3, 3], values: wave(108, 1) },
  { name: 'first', shape: [1, 4, 4, 4] },
  { name: 'own', shape: [1, 3, 3, 4], values: wave(36, 3) },
  { name: 'second', shape: [1, 4, 4, 4] },
  { name: 'mean', shape: [1, 1, 1, 4] },
];
const lite = (): Uint8Array =>
  liteFile(LITE_TENSORS, [
    { code: 3, inputs: [0, 1, -1], output: 2, options: { 0: 0, 1: 2, 2: 2, 3: 3 } },
    { code: 4, inputs: [2, 3, -1], output: 4, options: { 0: 0, 1: 1, 2: 1, 3: 1, 4: 1 } },
    { code: 1, inputs: [4], output: 5, options: { 0: 1, 1: 1, 2: 1, 3: 4, 4: 4 } },
  ]);

/** A copy with a few other bytes, or cut short. */
function damaged(whole: Uint8Array, random: Random): Uint8Array {
  if (random.uniform() < 0.3) return whole.subarray(0, random.integer(whole.length));
  const bytes = Uint8Array.from(whole);
  for (let i = 0; i < 4; i++) bytes[random.integer(bytes.length)] = random.integer(256);
  return bytes;
}

/** What opening it came to: a code, or null where the damage did no harm. */
async function open(place: string): Promise<string | null> {
  try {
    const backbone = await openBackbone(await openBackend(), openNetwork(place, ''), { shape: SHAPE, pooled: true });
    backbone.dispose();
    return null;
  } catch (error) {
    if (error instanceof StageError) {
      expect(error.hint).toMatch(/./);
      return error.code ?? 'none';
    }
    throw error;
  }
}

async function outcomes(count: number, write: (random: Random) => string): Promise<Set<string | null>> {
  const found = new Set<string | null>();
  for (let i = 0; i < count; i++) found.add(await open(write(randomStream(i, 'damage'))));
  return found;
}

test.each([
  ['net.onnx', onnx],
  ['net.tflite', lite],
])('a damaged %s is told of as such, or read: nothing else happens', async (name, make) => {
  const file = path.join(root, name);
  fs.writeFileSync(file, make());
  expect(await open(file)).toBe(null);
  const found = await outcomes(250, (random) => {
    fs.writeFileSync(file, damaged(make(), random));
    return file;
  });
  expect([...found].filter((code) => code !== null && !CODES.includes(code))).toEqual([]);
  expect(found.has('E0884')).toBe(true);
});

test('a damaged model.json is told of as such, or read: nothing else happens', async () => {
  const folder = await writeSmallBackbone(path.join(root, 'layers'), SHAPE);
  const file = path.join(folder, 'model.json');
  const text = fs.readFileSync(file);
  expect(await open(folder)).toBe(null);
  const found = await outcomes(250, (random) => {
    fs.writeFileSync(file, damaged(text, random));
    return folder;
  });
  expect([...found].filter((code) => code !== null && !CODES.includes(code))).toEqual([]);
  expect(found.has('E0884')).toBe(true);
});
