import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, type JsonObject, randomStream } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { buildModel } from '../models/build-model.ts';
import { planLayers } from '../models/plan-layers.ts';
import { trainSettings } from '../models/testing.ts';
import type { Inputs } from '../training/inputs.ts';
import { loadModel, saveModel } from '../training/model-file.ts';
import { partAtBackbone } from './behind-backbone.ts';
import type { FeatureContext } from './features-of.ts';
import { convolutionConfig, createLayerList } from './layer-list.ts';
import { createOnnx } from './onnx-builder.ts';
import { writeSmallBackbone } from './small-backbone.ts';
import { liteFile, wave } from './testing.ts';
import { useBackbone } from './use-backbone.ts';

let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'digest-'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** What features are remembered under. */
function watched(): FeatureContext & { readonly keys: Json[] } {
  const keys: Json[] = [];
  return {
    keys,
    threads: 1,
    signal: new AbortController().signal,
    progress() {},
    provenance() {},
    itemsFor(params) {
      keys.push(params);
      return { bytes: async (_key, compute) => compute(), file: () => Promise.reject(new Error('unused')) };
    },
  };
}

/** Keys of features in training, and with the model that training saves. */
async function keysOf(place: string, shape: [number, number, number], model: JsonObject = {}): Promise<Json[]> {
  const backend = await openBackend();
  const settings = trainSettings({ normalize: 'symmetric', model: { backbone: { path: '' }, ...model } });
  const pixels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  const images: Inputs = { samples: [], labels: Int32Array.of(0), shape, pixels };
  const context = watched();
  const backbone = await useBackbone(context, backend, place, settings, images);
  const head = buildModel(backend, planLayers(settings.model, 3), backbone.shape, {
    random: (stream) => randomStream(1, stream),
    clock: { step: 0 },
    initializer: 'glorot-uniform',
    output: 'softmax',
  });
  const { normalization } = backbone;
  const folder = fs.mkdtempSync(path.join(root, 'model-'));
  const about = { task: 'multi-class' as const, classes: ['a', 'b', 'c'], normalization };
  await saveModel(backend, backbone.joinTo(head.model).model, about, folder);
  const saved = (await loadModel(backend, folder)).model;
  partAtBackbone(context, backend, saved, folder, { shape, normalization });
  return context.keys;
}

function tflite(): string {
  const tensors = [
    { name: 'images', shape: [1, 8, 12, 3] },
    { name: 'filter', shape: [4, 3, 3, 3], values: wave(108, 1) },
    { name: 'first', shape: [1, 4, 6, 4] },
  ];
  const file = path.join(root, 'net.tflite');
  const options = { 0: 0, 1: 2, 2: 2, 3: 3 };
  fs.writeFileSync(file, liteFile(tensors, [{ code: 3, inputs: [0, 1, -1], output: 2, options }]));
  return file;
}

function onnx(): string {
  const graph = createOnnx();
  graph.floats('w', [4, 3, 3, 3], wave(108, 1));
  graph.node('Conv', ['x', 'w'], 'a', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  graph.node('Relu', ['a'], 'r');
  graph.node('Add', ['a', 'r'], 's');
  const file = path.join(root, 'net.onnx');
  fs.writeFileSync(file, graph.toFile('x', [0, 3, 8, 12], 's'));
  return file;
}

test('a saved model finds the features that its training computed, whatever file the backbone came from', async () => {
  const small = await writeSmallBackbone(path.join(root, 'small'), [8, 12, 3]);
  const layers = { layers: [{ layer: 'conv', filters: 2 }] };
  const cases: readonly [string, [number, number, number], JsonObject][] = [
    [small, [8, 12, 3], {}],
    [small, [8, 12, 3], layers],
    [small, [8, 12, 1], {}],
    [small, [12, 8, 3], {}],
    [tflite(), [8, 12, 3], {}],
    [onnx(), [8, 12, 3], layers],
  ];
  const all = new Set<string>();
  for (const [place, shape, model] of cases) {
    const [trained, saved] = await keysOf(place, shape, model);
    expect(saved).toEqual(trained);
    all.add(JSON.stringify(trained));
  }
  expect(all.size).toBe(cases.length);
});

test('a stride, an activation or another way through the layers is another backbone', async () => {
  const keys = new Set<string>();
  const variants = [
    { stride: 1, activation: 'relu', from: 'first' },
    { stride: 2, activation: 'relu', from: 'first' },
    { stride: 1, activation: 'relu6', from: 'first' },
    { stride: 1, activation: 'relu', from: 'second' },
  ];
  for (const [i, { stride, activation, from }] of variants.entries()) {
    const list = createLayerList('images', 3);
    const config = convolutionConfig({
      kernel: [1, 1],
      strides: [stride, stride],
      padding: 'same',
      hasBias: false,
      filters: 3,
      activation,
    });
    const kernel = { shape: [1, 1, 3, 3], values: wave(9) };
    list.add('Conv2D', 'first', ['images'], config, { kernel });
    list.add('Activation', 'second', ['first'], { activation: 'sigmoid' });
    list.add('Add', 'sum', ['second', from], {});
    const { text, weights } = list.toNetwork();
    const folder = path.join(root, `variant-${i}`);
    fs.mkdirSync(folder);
    const specs = [...weights].map(([name, { shape }]) => ({ name, shape, dtype: 'float32' }));
    const manifest = [{ paths: ['w.bin'], weights: specs }];
    fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify({ ...text, weightsManifest: manifest }));
    fs.writeFileSync(path.join(folder, 'w.bin'), Buffer.from(kernel.values.buffer));
    keys.add(JSON.stringify((await keysOf(folder, [8, 12, 3]))[0]));
  }
  expect(keys.size).toBe(variants.length);
});
