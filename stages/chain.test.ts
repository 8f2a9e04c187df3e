import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import evaluate from './evaluate/index.ts';
import ingest from './ingest/index.ts';
import { openWorkbench, type Ran, type Workbench } from './lib/testing.ts';
import split from './split/index.ts';
import train from './train/index.ts';

const PLATES = path.join(import.meta.dirname, '../examples/plates/data');
let bench: Workbench;
let parted: Ran;
beforeAll(async () => {
  bench = openWorkbench();
  const read = await bench.run('ingest', ingest, { source: 'examples/plates/data' }, { source: PLATES });
  parted = await bench.run('split', split, { seed: 1 }, { dataset: path.join(read.folder, 'dataset') });
});
afterAll(() => bench.remove());

const dataset = () => path.join(parted.folder, 'dataset');
const QUICK = { epochs: 3, model: { filters: 4, dropout: 0.2, batchNorm: true } };

test('the plates go from files to metrics', async () => {
  expect(parted.note).toBe('102 train, 34 validation, 34 test');
  const trained = await bench.run('train', train, QUICK, { dataset: dataset() });
  const inputs = { dataset: dataset(), model: path.join(trained.folder, 'model') };
  const evaluated = await bench.run('evaluate', evaluate, {}, inputs);
  expect(evaluated.json('metrics.json').images).toBe(34);
  expect(evaluated.note).toMatch(/^accuracy \d+\.\d % \(\d+ of 34; 95 % interval/);
  expect(evaluated.read('predictions.csv').trim().split('\n').length).toBe(35);
});

test('equal seeds give equal weights, other seeds other weights', async () => {
  const weights = async (seed: number) => {
    const trained = await bench.run('train', train, { ...QUICK, seed }, { dataset: dataset() });
    return fs.readFileSync(path.join(trained.folder, 'model/weights.bin')).toString('base64');
  };
  const first = await weights(0);
  expect(await weights(0)).toBe(first);
  expect(await weights(1)).not.toBe(first);
});
