import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { halfToSingle } from './half-float.ts';
import { openNetwork } from './open-network.ts';
import { bytesOf } from './testing.ts';

let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'network-'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const coded = (code: string) => expect.objectContaining({ code });

function write(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, file), content);
  return folder;
}

test('weights in several files and in fewer bits are those the converter wrote', () => {
  const model = {
    modelTopology: { class_name: 'Sequential', config: { layers: [] } },
    weightsManifest: [
      {
        paths: ['one.bin', 'two.bin'],
        weights: [
          { name: 'plain', shape: [3], dtype: 'float32' },
          { name: 'bytes', shape: [2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
          { name: 'words', shape: [1], dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.001, min: 2 } },
          { name: 'halves', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
        ],
      },
    ],
  };
  const bytes = Buffer.concat([
    bytesOf(Float32Array.of(1, 2, 3)),
    Uint8Array.of(0, 4),
    bytesOf(Uint16Array.of(5000)),
    bytesOf(Uint16Array.of(0x3c00, 0xc000)),
  ]);
  const files = { 'one.bin': bytes.subarray(0, 7), 'two.bin': bytes.subarray(7), 'model.json': JSON.stringify(model) };
  const { weights } = openNetwork(write('sharded', files), '');
  const values = Object.fromEntries([...weights].map(([name, { values }]) => [name, [...values]]));
  expect(values).toEqual({ plain: [1, 2, 3], bytes: [-1, 1], words: [Math.fround(7)], halves: [1, -2] });
  const short = write('short', { ...files, 'two.bin': bytes.subarray(7, 10) });
  expect(() => openNetwork(short, '')).toThrow(coded('E0884'));
  fs.rmSync(path.join(short, 'two.bin'));
  expect(() => openNetwork(short, '')).toThrow('the file `two.bin` of its weights is missing');
});

test('half precision covers zeros, the least, the greatest and what is no number', () => {
  const halves = Uint16Array.of(0, 0x8000, 1, 0x0400, 0x7bff, 0xfc00, 0x3555);
  expect([...halfToSingle(halves)]).toEqual([
    0,
    -0,
    2 ** -24,
    2 ** -14,
    65504,
    Number.NEGATIVE_INFINITY,
    Math.fround(1365 / 4096),
  ]);
  expect(halfToSingle(Uint16Array.of(0x7e00))[0]).toBeNaN();
});

test('a file beside backbone.json is used with the bytes that are recorded there, or not at all', () => {
  const model = JSON.stringify({ modelTopology: {}, weightsManifest: [] });
  const sha256 = { 'model.json': createHash('sha256').update(model).digest('hex') };
  const preprocessing = { order: 'bgr', mean: [3, 2, 1], deviation: [1, 1, 1] };
  const about = JSON.stringify({ file: 'model.json', preprocessing, sha256 });
  const folder = write('about', { 'model.json': model, 'backbone.json': about });
  expect(openNetwork(folder, '').preprocessing).toEqual(preprocessing);
  fs.appendFileSync(path.join(folder, 'model.json'), ' ');
  expect(() => openNetwork(folder, '')).toThrow(coded('E0882'));
  fs.rmSync(path.join(folder, 'model.json'));
  expect(() => openNetwork(folder, '')).toThrow('the file `model.json` of the backbone is missing');
});

test('what holds no network is refused', () => {
  expect(() => openNetwork(path.join(root, 'nowhere'), '')).toThrow(coded('E0884'));
  expect(() => openNetwork(write('empty', { 'notes.txt': '' }), '')).toThrow(coded('E0884'));
  expect(() => openNetwork(write('text', { 'model.json': 'no JSON' }), '')).toThrow(coded('E0884'));
  expect(() => openNetwork(write('half', { 'model.json': '{}' }), '')).toThrow(coded('E0884'));
  expect(() => openNetwork(write('odd', { 'backbone.json': '{}' }), '')).toThrow(coded('E0884'));
});
