import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import train from '../train/index.ts';
import threshold from './index.ts';

let bench: Workbench;
beforeAll(() => {
  bench = openWorkbench();
});
afterAll(() => bench.remove());

async function prepared(name: string, classes: readonly string[]): Promise<{ dataset: string; model: string }> {
  const source = await writeImages(path.join(bench.root, name), classImages(classes, 12));
  const read = await bench.run('ingest', ingest, { source: name }, { source });
  const made = await bench.run('split', split, {}, { dataset: path.join(read.folder, 'dataset') });
  const dataset = path.join(made.folder, 'dataset');
  const trained = await bench.run('train', train, { epochs: 2, model: { filters: 2, blocks: 1 } }, { dataset });
  return { dataset, model: path.join(trained.folder, 'model') };
}

test('the test split has no part in it: other labels there change nothing', async () => {
  const { dataset, model } = await prepared('pair', ['a', 'b']);
  const first = await bench.run('threshold', threshold, {}, { dataset, model });
  const other = path.join(bench.root, 'relabelled');
  fs.cpSync(dataset, other, { recursive: true, dereference: true });
  const lines = fs.readFileSync(path.join(other, 'samples.jsonl'), 'utf8').trim().split('\n');
  const swapped = lines.map((line) => {
    const sample = JSON.parse(line) as { split: string; labels: string[] };
    return JSON.stringify(
      sample.split === 'test' ? { ...sample, labels: sample.labels.map((name) => (name === 'a' ? 'b' : 'a')) } : sample,
    );
  });
  fs.rmSync(path.join(other, 'samples.jsonl'));
  fs.writeFileSync(path.join(other, 'samples.jsonl'), `${swapped.join('\n')}\n`);
  const second = await bench.run('threshold', threshold, {}, { dataset: other, model });
  expect(second.read('thresholds.json')).toBe(first.read('thresholds.json'));
  expect(JSON.parse(first.read('thresholds.json'))).toMatchObject({
    classes: ['a', 'b'],
    thresholds: { b: expect.any(Number) },
  });
});

test('of more than two classes the most probable one is predicted: there is only a temperature to choose', async () => {
  const { dataset, model } = await prepared('three', ['a', 'b', 'c']);
  const made = await bench.run('threshold', threshold, {}, { dataset, model });
  const { loss, f1 } = made.json('metrics.json') as Record<string, Record<string, number>>;
  expect(JSON.parse(made.read('thresholds.json'))).toMatchObject({ thresholds: null });
  expect(loss?.after).toBeLessThanOrEqual((loss?.before ?? 0) + 1e-9);
  expect(f1).toBeUndefined();
  expect(fs.readdirSync(path.join(made.folder, 'charts'))).toContain('reliability-after.svg');
});

test('`calibrate: false` leaves probabilities as they are', async () => {
  const { dataset, model } = await prepared('plain', ['a', 'b']);
  const made = await bench.run('threshold', threshold, { calibrate: false }, { dataset, model });
  expect(JSON.parse(made.read('thresholds.json'))).toMatchObject({ temperature: 1 });
});
