import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ItemCache, type JsonObject, randomStream } from '../../src/sdk/index.ts';
import evaluate from '../evaluate/index.ts';
import grayscale from '../grayscale/index.ts';
import ingest from '../ingest/index.ts';
import { partAtBackbone } from '../lib/backbones/behind-backbone.ts';
import { openBackendPass } from '../lib/backbones/frozen-pass.ts';
import { openNetwork } from '../lib/backbones/open-network.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { openBackbone } from '../lib/models/backbone.ts';
import { buildModel } from '../lib/models/build-model.ts';
import { planLayers } from '../lib/models/plan-layers.ts';
import { modelSettings, trainSettings } from '../lib/models/testing.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import { loadInputs } from '../lib/training/inputs.ts';
import { measureInputs } from '../lib/training/measure-model.ts';
import { loadModel, readNamedWeights, saveModel } from '../lib/training/model-file.ts';
import { predict } from '../lib/training/predict.ts';
import { work } from '../lib/training/testing.ts';
import { trainModel } from '../lib/training/train-model.ts';
import split from '../split/index.ts';
import train from './index.ts';

const COLOUR: [number, number, number] = [8, 12, 3];
const HEAD = { epochs: 3, model: { backbone: { path: 'backbone' }, dense: 4 }, earlyStopping: null };
const forgetful: ItemCache = {
  bytes: async (_key, compute) => compute(),
  file: () => Promise.reject(new Error('unused')),
};
const quiet = {
  threads: 1,
  signal: new AbortController().signal,
  progress() {},
  provenance() {},
  itemsFor: () => forgetful,
};
let bench: Workbench;
let colour: string;
let grey: string;
let folder: string;
beforeAll(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 0 }, { dataset: path.join(read.folder, 'dataset') });
  colour = path.join(parted.folder, 'dataset');
  const turned = await bench.run('grayscale', grayscale, {}, { dataset: colour });
  grey = path.join(turned.folder, 'dataset');
  // A colour backbone whose layers have the names that the network behind it wants, too.
  const backend = await openBackend();
  const settings = modelSettings({ filters: 4, blocks: 2, batchNorm: true, dense: 4 });
  const { model } = buildModel(backend, planLayers(settings, 3), COLOUR, {
    random: (stream) => randomStream(9, stream),
    clock: { step: 0 },
    initializer: 'glorot-uniform',
    output: 'softmax',
  });
  folder = path.join(bench.root, 'backbone');
  await saveModel(backend, model, { task: 'multi-class', classes: [], normalization: { kind: 'none' } }, folder);
  model.dispose();
});
afterAll(() => bench.remove());

const run = (params: JsonObject, dataset: string) =>
  bench.run('train', train, params, { dataset, 'model.backbone.path': folder });

test('what is trained on features and saved with its backbone gives, from images, what training measured', async () => {
  for (const [dataset, extra] of [
    [colour, {}],
    [grey, { layers: [{ layer: 'conv', filters: 3 }, { layer: 'flatten' }] }],
  ] as const) {
    const made = await run({ ...HEAD, model: { ...HEAD.model, ...extra } }, dataset);
    const backend = await openBackend();
    const opened = openDataset(dataset);
    const images = await loadInputs(opened, ({ split }) => split === 'validation', quiet);
    opened.close();
    const { model, about } = await loadModel(backend, path.join(made.folder, 'model'));
    const { probabilities } = await predict(backend, model, images, about.normalization, 2, 8);
    const metrics = made.json('metrics.json');
    expect(measureInputs(images, 2, probabilities).loss).toBeCloseTo(metrics['validation.loss'] as number, 5);
    expect(model.countParams()).toBe(metrics.parameters);
    const at = { shape: images.shape, normalization: about.normalization };
    const parted = partAtBackbone(quiet, backend, model, path.join(made.folder, 'model'), at);
    const features = (await parted?.featuresOf(images)) ?? images;
    const head = parted?.head ?? model;
    const seen = await predict(backend, head, features, about.normalization, 2, 8);
    await parted?.release();
    for (const [i, p] of seen.probabilities.entries()) expect(p).toBeCloseTo(probabilities[i] ?? Number.NaN, 5);
    expect(head.layers.length).toBeLessThan(model.layers.length);
    expect(made.json('summary.json').nonTrainableParams).toBe(model.countParams() - trainableOf(made));
    model.dispose();
  }
});

test('a grey image is seen by a backbone for colour as the same image in three equal colours', async () => {
  const backend = await openBackend();
  const see = async (shape: [number, number, number], pixels: Float32Array) => {
    const { cut } = await openBackbone(backend, openNetwork(folder, ''), { shape, pooled: false });
    const { batch, run, close } = await openBackendPass(backend, { cut, shape, isPooled: false });
    const all = new Float32Array(batch * pixels.length);
    all.set(pixels);
    const values = await run(all);
    close();
    return values.subarray(0, values.length / batch);
  };
  const one = Float32Array.from({ length: 96 }, (_, i) => ((i * 37) % 96) / 96);
  const three = Float32Array.from({ length: 288 }, (_, i) => one[Math.floor(i / 3)] ?? 0);
  const [seen, expected] = [await see([8, 12, 1], one), await see(COLOUR, three)];
  expect(seen.length).toBe(2 * 3 * 8);
  for (const [i, value] of seen.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
});

test('a backbone is cut where it is told to be', async () => {
  const made = await run({ ...HEAD, model: { ...HEAD.model, backbone: { path: 'backbone', until: 'pool1' } } }, colour);
  const [backbone] = made.json('summary.json').layers as JsonObject[];
  // One convolution of 3 x 3 from 3 to 4 channels, its normalisation; then the mean of each of the 4 maps.
  expect(backbone).toMatchObject({ name: 'backbone', params: 112 + 16, flops: 2 * 8 * 12 * 108 });
});

test('a backbone that has no such layer, or cannot take the images, is refused; and one in settings of a search', async () => {
  const coded = expect.objectContaining({ code: 'E0828' });
  const until = { ...HEAD, model: { backbone: { path: 'backbone', until: 'mixed7' } } };
  await expect(run(until, colour)).rejects.toThrow(coded);
  const network = openNetwork(folder, '');
  const { text } = network;
  const backend = await openBackend();
  const open = (shape: [number, number, number], changed = text) =>
    openBackbone(backend, { ...network, text: changed }, { shape, pooled: true });
  await expect(open([8, 12, 2])).rejects.toThrow(coded);
  await expect(open([1, 1, 3])).rejects.toThrow(coded);
  await expect(open(COLOUR, { ...text, modelTopology: { node: [] } } as unknown as typeof text)).rejects.toThrow(coded);
  const hint = 'with: { model: { backbone: { path: backbones/mobilenet-v1 } } }';
  const unseen = expect.objectContaining({ code: 'E0828', hint });
  await expect(trainModel(backend, trainSettings(HEAD), work(2))).rejects.toThrow(unseen);
  const twice = expect.objectContaining({ code: 'E0820' });
  await expect(run({ ...HEAD, augment: { flip: ['horizontal'] } }, colour)).rejects.toThrow(twice);
});

test('a model of which a part is missing is refused', () => {
  const broken = path.join(bench.root, 'broken');
  fs.cpSync(folder, broken, { recursive: true });
  fs.truncateSync(path.join(broken, 'weights.bin'), 100);
  expect(() => readNamedWeights(broken)).toThrow('its weights have 100 bytes, expected');
  fs.rmSync(path.join(broken, 'weights.bin'));
  expect(() => readNamedWeights(broken)).toThrow(expect.objectContaining({ code: 'E0810' }));
  fs.rmSync(path.join(broken, 'model.json'));
  expect(() => readNamedWeights(broken)).toThrow('holds no model.json');
});

test('fine-tuning trains the layers it names, from where the first phase ended, and keeps the better of both', async () => {
  const tuned = (fineTune: JsonObject | null, more: JsonObject = {}) =>
    run({ ...HEAD, ...more, model: { ...HEAD.model, backbone: { path: 'backbone', fineTune } } }, colour);
  const kernels = (made: { folder: string }) => {
    const weights = readNamedWeights(path.join(made.folder, 'model'));
    return ['backbone-conv1/kernel', 'backbone-conv2/kernel', 'backbone-norm2/moving_mean', 'output/kernel'].map(
      (name) => [...(weights.get(name)?.values ?? [])].join(),
    );
  };
  const [frozen, last] = [await tuned(null), await tuned({ from: 'conv2', epochs: 2, learningRate: 0.01 })];
  const changed = kernels(last).map((values, i) => values !== kernels(frozen)[i]);
  expect(changed).toEqual([false, true, false, true]);
  const epochs = last
    .read('history.csv')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',')[0]);
  expect(epochs).toEqual(['1', '2', '3', '4', '5']);
  expect(last.json('metrics.json')).toMatchObject({ epochs: 5, keptEpoch: 5 });
  // A rate that only does harm: the first phase's weights are kept.
  const harmed = await tuned({ epochs: 2, learningRate: 10 }, { earlyStopping: { patience: 9 } });
  expect(harmed.json('metrics.json').keptEpoch).toBeLessThanOrEqual(3);
  expect(kernels(harmed)[0]).toBe(kernels(frozen)[0]);
  await expect(tuned({ from: 'conv9' })).rejects.toThrow(expect.objectContaining({ code: 'E0828' }));
});

test('folds behind a backbone: each has layers of its own, and what is pooled is what its model gives from images', async () => {
  const parted = await bench.run('split', split, { folds: 2 }, { dataset: colour });
  const dataset = path.join(parted.folder, 'dataset');
  const made = await run(HEAD, dataset);
  const inputs = { dataset, model: path.join(made.folder, 'model') };
  const judged = await bench.run('evaluate', evaluate, { split: 'validation' }, inputs);
  const { outOfFold } = made.json('metrics.json') as { outOfFold: Record<string, number> };
  expect(judged.json('metrics.json').loss).toMatchObject({ value: expect.closeTo(outOfFold.loss ?? Number.NaN, 5) });
  const heads = [0, 1].map((fold) =>
    readNamedWeights(path.join(inputs.model, `fold-${fold}`))
      .get('output/kernel')
      ?.values.join(),
  );
  expect(heads[0]).not.toBe(heads[1]);
});

test('of folds behind a frozen backbone it counts once and sees each image once; what is trained counts for each', async () => {
  const parted = await bench.run('split', split, { folds: 2, seed: 8 }, { dataset: colour });
  const dataset = path.join(parted.folder, 'dataset');
  const counts = async (model: JsonObject) => {
    const made = await run({ ...HEAD, epochs: 1, model: { ...HEAD.model, ...model } }, dataset);
    const { totalParams, layers } = made.json('summary.json') as { totalParams: number; layers: JsonObject[] };
    const inputs = (below: string) => ({ dataset, model: path.join(made.folder, 'model', below) });
    await bench.run('evaluate', evaluate, {}, inputs('fold-0'));
    const before = itemBytes('evaluate');
    const judged = await bench.run('evaluate', evaluate, { mirror: false }, inputs(''));
    const { parameters, flops } = made.json('metrics.json') as { parameters: number; flops: number };
    expect(judged.json('metrics.json').parameters).toBe(parameters);
    const [backbone = {}, ...own] = layers as { params: number; flops: number }[];
    return { parameters, flops, totalParams, backbone, own, kept: itemBytes('evaluate') - before };
  };
  const frozen = await counts({});
  const { params = 0, flops = 0 } = frozen.backbone as { params?: number; flops?: number };
  expect(frozen.parameters).toBe(2 * frozen.totalParams - params);
  expect(frozen.flops).toBe(flops + 2 * frozen.own.reduce((sum, layer) => sum + layer.flops, 0));
  expect(frozen.kept).toBe(0);
  const tuned = await counts({ backbone: { path: 'backbone', fineTune: { from: 'conv2', epochs: 1 } } });
  expect(tuned.parameters).toBe(2 * tuned.totalParams);
});

/** All that is remembered by image. */
function itemBytes(stage: string): number {
  const folder = path.join(bench.root, 'cache/items', stage);
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.data'));
  return files.reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
}

function trainableOf(made: { json(output: string): JsonObject }): number {
  return made.json('summary.json').trainableParams as number;
}
