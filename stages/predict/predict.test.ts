import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import evaluate from '../evaluate/index.ts';
import ingest from '../ingest/index.ts';
import { writeSmallBackbone } from '../lib/backbones/small-backbone.ts';
import { parseCsv } from '../lib/csv.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import train from '../train/index.ts';
import predict from './index.ts';

let bench: Workbench;
let source: string;
let dataset: string;
let model: string;
beforeAll(async () => {
  bench = openWorkbench();
  source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, {}, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
  const trained = await bench.run('train', train, { epochs: 2, model: { filters: 4, blocks: 1 } }, { dataset });
  model = path.join(trained.folder, 'model');
});
afterAll(() => bench.remove());

const run = (inputs: Record<string, string>) => bench.run('predict', predict, {}, { model, ...inputs });

test('the probabilities are those of evaluate, for images without labels as well', async () => {
  const folder = path.join(bench.root, 'new');
  fs.cpSync(source, folder, { recursive: true });
  const unlabelled = await bench.run('ingest', ingest, { source: 'new', labels: 'none' }, { source: folder });
  const made = await run({ dataset: path.join(unlabelled.folder, 'dataset') });
  const measured = await bench.run('evaluate', evaluate, {}, { dataset, model });
  const own = new Map(parseCsv(made.read('predictions.csv')).map(([id, ...row]) => [id, row]));
  const [, ...theirs] = parseCsv(measured.read('predictions.csv'));
  expect(own.size).toBe(21);
  for (const [id, , ...rest] of theirs) expect(own.get(id ?? '')).toEqual(rest);
  expect(made.note).toMatch(/^20 images: \d+ bad, \d+ ok$/);
});

test('both files say the same', async () => {
  const made = await run({ dataset });
  const [header = [], ...rows] = parseCsv(made.read('predictions.csv'));
  const lines = made
    .read('predictions.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  expect(header).toEqual(['id', 'predicted', 'bad', 'ok']);
  expect(lines.map(({ id, predicted, probabilities }) => [id, predicted, probabilities])).toEqual(
    rows.map(([id, predicted, bad, ok]) => [id, [predicted], { bad: Number(bad), ok: Number(ok) }]),
  );
});

test('behind a backbone new images are seen by it once, and get the probabilities of evaluate', async () => {
  const backbone = await writeSmallBackbone(path.join(bench.root, 'backbone'), [8, 12, 3]);
  const settings = { epochs: 2, model: { backbone: { path: 'backbone' } } };
  const trained = await bench.run('train', train, settings, { dataset, 'model.backbone.path': backbone });
  const behind = path.join(trained.folder, 'model');
  const made = await run({ dataset, model: behind });
  const measured = await bench.run('evaluate', evaluate, {}, { dataset, model: behind });
  const own = new Map(parseCsv(made.read('predictions.csv')).map(([id, ...row]) => [id, row]));
  const [, ...theirs] = parseCsv(measured.read('predictions.csv'));
  expect(theirs.length).toBeGreaterThan(0);
  for (const [id, , ...rest] of theirs) expect(own.get(id ?? '')).toEqual(rest);
  expect(made.provenance.backbone).toBeDefined();
  expect((await run({ dataset, model: behind })).provenance.backbone).toBeUndefined();
  // What an answer takes, and what is to be copied, is the backbone's, too.
  const { parameters, weightBytes } = measured.json('metrics.json');
  expect(parameters).toBe(trained.json('metrics.json').parameters);
  expect(weightBytes).toBe(fs.statSync(path.join(behind, 'weights.bin')).size);
});

test('thresholds decide', async () => {
  const thresholds = path.join(bench.root, 'thresholds.json');
  for (const [threshold, expected] of [
    [0, 'ok'],
    [1.01, 'bad'],
  ] as const) {
    const decision = { version: 1, classes: ['bad', 'ok'], thresholds: { ok: threshold }, temperature: 1 };
    fs.writeFileSync(thresholds, JSON.stringify(decision));
    const rows = parseCsv((await run({ dataset, thresholds })).read('predictions.csv')).slice(1);
    expect(new Set(rows.map(([, predicted]) => predicted))).toEqual(new Set([expected]));
  }
});

test('images of another size are refused before the model sees them', async () => {
  const large = await writeImages(path.join(bench.root, 'large'), [{ file: 'a.png', width: 20, height: 20, value: 1 }]);
  const read = await bench.run('ingest', ingest, { source: 'large', labels: 'none' }, { source: large });
  await expect(run({ dataset: path.join(read.folder, 'dataset') })).rejects.toThrow(
    expect.objectContaining({ code: 'E0805', message: 'the images are 20 x 20 x 3, the model takes 8 x 12 x 3' }),
  );
});
