import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Json } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { cutBackbone } from '../models/backbone-topology.ts';
import { openFrozenPass } from './frozen-pass.ts';
import { convolutionConfig, createLayerList } from './layer-list.ts';
import { wave } from './testing.ts';

const SHAPE = [4, 4, 3] as const;
const list = createLayerList('images', 3);
const settings = { kernel: [3, 3], strides: [1, 1], padding: 'same', hasBias: false, filters: 2 } as const;
list.add('Conv2D', 'conv', ['images'], convolutionConfig(settings), {
  kernel: { shape: [3, 3, 3, 2], values: wave(54) },
});
const work = { cut: cutBackbone({ ...list.toNetwork(), until: '' }, SHAPE), shape: SHAPE, isPooled: true };
let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'frozen-'));
});
beforeEach(() => {
  vi.stubEnv('PIPE_BACKENDS_FOLDER', root);
  vi.stubEnv('PIPE_BACKEND', '');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** Puts a package of that name where optional ones are looked for. */
function install(text: string): void {
  const folder = path.join(root, 'onnxruntime/node_modules/onnxruntime-node');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version: '9.9.9', main: 'index.js' }));
  fs.writeFileSync(path.join(folder, 'index.js'), text);
}

async function open(): Promise<{ told: Json; values: number[] }> {
  const provenance: Record<string, Json> = {};
  const context = {
    threads: 1,
    provenance(name: string, value: Json) {
      provenance[name] = value;
    },
  };
  const pass = await openFrozenPass(context, await openBackend(), work);
  const values = [...(await pass.run(new Float32Array(pass.batch * 48).fill(1)))];
  pass.close();
  return { told: provenance.backbone ?? null, values };
}

test('onnxruntime computes where it is installed and no backend is asked for by name, and is recorded', async () => {
  const own = await open();
  expect(own.told).toBe('wasm');
  install(`
    class Tensor { constructor(type, data, shape) { Object.assign(this, { data, shape }); } }
    const create = async (model) => ({
      run: async ({ images }) => ({ features: { data: Float32Array.of(model.length > 100 ? images.data.length : 0) } }),
      release: async () => {},
    });
    module.exports = { Tensor, InferenceSession: { create } };`);
  expect(await open()).toEqual({ told: 'onnxruntime 9.9.9', values: [8 * 48] });
  vi.stubEnv('PIPE_BACKEND', 'wasm');
  expect(await open()).toEqual(own);
});

test('an onnxruntime that does not load is passed over', async () => {
  fs.rmSync(path.join(root, 'onnxruntime'), { recursive: true, force: true });
  fs.mkdirSync(path.join(root, 'broken'));
  vi.stubEnv('PIPE_BACKENDS_FOLDER', path.join(root, 'broken'));
  const folder = path.join(root, 'broken/onnxruntime/node_modules/onnxruntime-node');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version: '9.9.9', main: 'index.js' }));
  fs.writeFileSync(path.join(folder, 'index.js'), 'throw new Error("made for another platform")');
  expect((await open()).told).toBe('wasm');
});
