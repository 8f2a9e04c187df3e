import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { parseCsv } from '../lib/csv.ts';
import { decodeImage, encodePng } from '../lib/image/raster.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import train from '../train/index.ts';
import { areaUnder, deletionOrder, rankCorrelation } from './checks.ts';
import explain from './index.ts';

let bench: Workbench;
let dataset: string;
beforeAll(async () => {
  bench = openWorkbench();
  const source = path.join(bench.root, 'source');
  // Class `spot` has a light square in the upper left, class `plain` has none; both have noise all over.
  for (let i = 0; i < 60; i++) {
    const name = i % 2 ? 'spot' : 'plain';
    const data = Uint8Array.from({ length: 256 }, (_, at) => 90 + ((at * 7919 + i * 104729) % 31));
    if (name === 'spot') for (let y = 2; y < 6; y++) data.fill(240, y * 16 + 2, y * 16 + 6);
    fs.mkdirSync(path.join(source, name), { recursive: true });
    const png = await encodePng({ width: 16, height: 16, channels: 1, data });
    fs.writeFileSync(path.join(source, name, `${i}.png`), png);
  }
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 1 }, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
});
afterAll(() => bench.remove());

async function trained(params: object): Promise<string> {
  return path.join((await bench.run('train', train, { ...params }, { dataset })).folder, 'model');
}

test('maps of a network that learned point to what decides, and pass both checks', async () => {
  const settings = {
    epochs: 15,
    model: { filters: 8, blocks: 2 },
    optimizer: { learningRate: 0.01 },
    normalize: 'none',
  };
  const model = await trained(settings);
  const made = await bench.run('explain', explain, { images: 8 }, { dataset, model });
  const [header = [], ...rows] = parseCsv(made.read('explanations.csv'));
  expect(rows.length).toBe(8);
  expect(rows.every((row) => row[3] === 'right')).toBe(true);
  const spots = rows.filter(([, label]) => label === 'spot');
  for (const row of spots) {
    const [deletion, atRandom] = ['deletion', 'deletionAtRandom'].map((name) => Number(row[header.indexOf(name)]));
    expect(deletion).toBeLessThan(atRandom ?? 0);
    // Left half the image, right half the map over it: the warmest place lies in the upper left quarter.
    const { width, data } = await decodeImage(path.join(made.folder, 'maps', (row[0] ?? '').replace('.png', '.png')));
    let warmest = 0;
    const red = (x: number, y: number) => (data[(y * width + x) * 3] ?? 0) - (data[(y * width + x - 16) * 3] ?? 0) / 2;
    for (let at = 0; at < 256; at++) {
      if (red(16 + (at % 16), at >> 4) > red(16 + (warmest % 16), warmest >> 4)) warmest = at;
    }
    expect([warmest % 16 < 8, warmest >> 4 < 8]).toEqual([true, true]);
  }
  expect(made.json('metrics.json')).toMatchObject({ images: 8 });
  expect(made.note).toMatch(/^8 images; the maps /);
});

test('a network without a convolution is refused', async () => {
  const model = await trained({ epochs: 1, model: { template: 'mlp' } });
  await expect(bench.run('explain', explain, {}, { dataset, model })).rejects.toThrow(
    expect.objectContaining({ code: 'E0871' }),
  );
});

test('rank correlation: the same order is 1, the reverse -1, an even map 0, ties share ranks', () => {
  const map = Float32Array.of(0, 3, 1, 9);
  expect(
    rankCorrelation(
      map,
      map.map((value) => value * value),
    ),
  ).toBe(1);
  expect(
    rankCorrelation(
      map,
      map.map((value) => -value),
    ),
  ).toBe(-1);
  expect(rankCorrelation(map, new Float32Array(4))).toBe(0);
  // scipy.stats.spearmanr([1, 2, 2, 4], [1, 3, 2, 4]) is 0.9486833
  expect(rankCorrelation(Float32Array.of(1, 2, 2, 4), Float32Array.of(1, 3, 2, 4))).toBeCloseTo(0.9486833, 7);
});

test('cells are blanked most important first, all of them in the end', () => {
  expect(deletionOrder([0.1, 0.9, 0.5, 0.7], 2)).toEqual([
    [1, 3],
    [1, 3, 2, 0],
  ]);
  expect(areaUnder([1, 0.5, 0])).toBe(0.5);
});
