import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { convolutionConfig, createLayerList } from '../lib/backbones/layer-list.ts';
import { wave } from '../lib/backbones/testing.ts';
import { writeOnnx } from '../lib/backbones/write-onnx.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { parseCsv } from '../lib/csv.ts';
import { cutBackbone } from '../lib/models/backbone-topology.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import { writeEnsemble } from '../lib/training/ensemble-file.ts';
import { loadModel } from '../lib/training/model-file.ts';
import split from '../split/index.ts';
import train from '../train/index.ts';
import { gradCam } from './grad-cam.ts';
import explain from './index.ts';
import { openFastSight, openSight } from './sight.ts';

const SHAPE = [8, 12, 3] as const;
let bench: Workbench;
let dataset: string;
let backbone: string;
beforeAll(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad', 'odd'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 0 }, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
  // A sum of two ways is no chain of layers, and the last convolution is on one of them only.
  const list = createLayerList('images', 3);
  const conv = (name: string, from: string, inputs: number, stride: number) =>
    list.add(
      'Conv2D',
      name,
      [from],
      convolutionConfig({ kernel: [3, 3], strides: [stride, stride], padding: 'same', hasBias: false, filters: 4 }),
      { kernel: { shape: [3, 3, inputs, 4], values: wave(9 * inputs * 4, inputs) } },
    );
  const first = conv('first', 'images', 3, 2);
  const second = conv('second', first, 4, 1);
  const sum = list.add('Add', 'sum', [first, second], {});
  list.add('Activation', 'relu', [sum], { activation: 'relu' });
  const cut = cutBackbone({ ...list.toNetwork(), until: '' }, SHAPE);
  backbone = path.join(bench.root, 'net.onnx');
  fs.writeFileSync(backbone, writeOnnx(cut, { shape: SHAPE, batch: 1, isPooled: false }) as Uint8Array);
});
afterAll(() => bench.remove());

async function trained(model: object): Promise<string> {
  const inputs = { dataset, 'model.backbone.path': backbone };
  const made = await bench.run(
    'train',
    train,
    { epochs: 3, model: { backbone: { path: 'net.onnx' }, ...model } },
    inputs,
  );
  return path.join(made.folder, 'model');
}

test('of a model behind a backbone the maps that the backbone ends with are shown', async () => {
  const made = await bench.run('explain', explain, { images: 4 }, { dataset, model: await trained({ dense: 4 }) });
  const [, ...rows] = parseCsv(made.read('explanations.csv'));
  expect(rows.length).toBe(4);
  expect(rows.flat().includes('NaN')).toBe(false);
  expect(made.provenance.backbone).toBe('wasm');
  expect(fs.readdirSync(path.join(made.folder, 'maps'), { recursive: true }).length).toBeGreaterThanOrEqual(4);
});

test('of an ensemble the first member is explained, and named', async () => {
  const ensemble = path.join(bench.root, 'ensemble');
  for (const member of ['fold-1', 'fold-2']) {
    fs.cpSync(await trained({ dense: member === 'fold-1' ? 0 : 4 }), path.join(ensemble, member), { recursive: true });
  }
  writeEnsemble(ensemble, '', [
    { path: 'fold-1', fold: 0 },
    { path: 'fold-2', fold: 1 },
  ]);
  const made = await bench.run('explain', explain, { images: 2 }, { dataset, model: ensemble });
  const first = await bench.run('explain', explain, { images: 2 }, { dataset, model: path.join(ensemble, 'fold-1') });
  expect(made.note).toBe(`${first.note}; of the ensemble, \`fold-1\``);
  expect(made.read('explanations.csv')).toBe(first.read('explanations.csv'));
});

test('what a frozen pass gives is what the whole network gives', async () => {
  const folder = await trained({ dense: 0 });
  const backend = await openBackend();
  const { model } = await loadModel(backend, folder);
  const quiet = { threads: 1, signal: new AbortController().signal, progress() {}, provenance() {}, itemsFor: never };
  const fast = await openFastSight(quiet, backend, model, folder);
  const plain = openSight(backend, model);
  expect([fast.size, plain.size]).toEqual([
    [4, 6],
    [4, 6],
  ]);
  const images = wave(11 * 8 * 12 * 3, 3);
  const asked = Array.from({ length: 11 }, (_, i) => i % 3);
  const [found, expected] = [await gradCam(backend, fast, images, asked), await gradCam(backend, plain, images, asked)];
  expect(found.length).toBe(11 * 24);
  expect(Math.max(...expected)).toBeGreaterThan(0);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4);
  const whole = backend.tf.tidy(() => model.apply(backend.tf.tensor(images, [11, ...SHAPE])) as never) as {
    data(): Promise<Float32Array>;
  };
  const maps = await fast.look(images, 11);
  const answers = await fast.answers(maps).data();
  for (const [i, value] of (await whole.data()).entries()) expect(answers[i]).toBeCloseTo(value, 5);
});

test('where layers of its own look at the maps of a backbone, theirs are shown', async () => {
  const layers = [{ layer: 'conv', filters: 3, stride: 2 }, { layer: 'flatten' }];
  const folder = await trained({ layers });
  const backend = await openBackend();
  const { model } = await loadModel(backend, folder);
  expect(openSight(backend, model).size).toEqual([2, 3]);
  const made = await bench.run('explain', explain, { images: 2 }, { dataset, model: folder });
  expect(made.json('metrics.json')).toMatchObject({ images: 2 });
});

function never(): never {
  throw new Error('nothing is remembered');
}
