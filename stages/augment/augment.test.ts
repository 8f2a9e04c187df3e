import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import grayscale from '../grayscale/index.ts';
import ingest from '../ingest/index.ts';
import { applyAtOnce } from '../lib/augment/apply.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { createDataset, pixelsDigest } from '../lib/dataset/write-dataset.ts';
import { decodeImage } from '../lib/image/raster.ts';
import { noiseImage } from '../lib/image/testing.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import augment from './index.ts';

const ALL = { copies: 2, flip: ['horizontal', 'vertical'], rotate: 10, scale: [0.8, 1], brightness: 0.2, seed: 7 };
let bench: Workbench;
let source: string;
beforeEach(async () => {
  bench = openWorkbench();
  source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 5));
});
afterEach(() => bench.remove());

async function ingested(): Promise<string> {
  return path.join((await bench.run('ingest', ingest, { source: 'source' }, { source })).folder, 'dataset');
}

async function run(params: object, dataset: string) {
  const made = await bench.run('augment', augment, { ...params }, { dataset });
  const folder = path.join(made.folder, 'dataset');
  return { folder, note: made.note, dataset: openDataset(folder) };
}

test('each original gets its copies, in its family, with what was done to them', async () => {
  const { dataset, note } = await run(ALL, await ingested());
  expect([dataset.info.samples, note]).toEqual([30, '10 images and 20 copies']);
  const copy = dataset.samples.find(({ id }) => id === 'ok/3+2.png');
  expect(copy).toMatchObject({
    family: 'ok/3.png',
    file: 'images/ok/3+2.png',
    labels: ['ok'],
    derived: { by: 'augment', copy: 2 },
  });
  expect(Math.abs(copy?.derived?.operations?.degrees ?? 99)).toBeLessThanOrEqual(10);
});

test('of a split dataset only train images get copies', async () => {
  const parted = await bench.run('split', split, {}, { dataset: await ingested() });
  const { dataset } = await run(ALL, path.join(parted.folder, 'dataset'));
  const derived = dataset.samples.filter((sample) => sample.derived !== undefined);
  expect(new Set(derived.map((sample) => sample.split))).toEqual(new Set(['train']));
  expect(derived.length).toBe(12);
});

test('a copy stays the same when images are added and when more copies are asked for', async () => {
  const digests = ({ dataset }: Awaited<ReturnType<typeof run>>) =>
    new Map(dataset.samples.map(({ id, digest }) => [id, digest]));
  const before = digests(await run(ALL, await ingested()));
  await writeImages(source, [{ file: 'bad/new.png', value: 60 }]);
  const after = digests(await run({ ...ALL, copies: 3 }, await ingested()));
  for (const [id, digest] of before) expect(after.get(id)).toBe(digest);
  expect(after.size).toBe(44);
});

test('the layout of pixels gives the same pixels as files do', async () => {
  const dataset = await ingested();
  const { default: filter } = await import('../filter/index.ts');
  const asPixels = await bench.run('filter', filter, { layout: 'pixels' }, { dataset });
  const files = (await run(ALL, dataset)).dataset;
  const array = (await run(ALL, path.join(asPixels.folder, 'dataset'))).dataset;
  expect(array.samples.map(({ id }) => id)).toEqual(files.samples.map(({ id }) => id));
  for (const place of files.samples.keys()) {
    expect([...(await array.raster(place)).data]).toEqual([...(await files.raster(place)).data]);
  }
  array.close();
});

test('what is made together lies where its line says: every copy is what its operations make of its original', async () => {
  // More than one job takes, and originals without copies between others.
  const writer = createDataset(path.join(bench.root, 'pixels'));
  const pixels = writer.pixels([50, 60, 60, 3]);
  const samples = Array.from({ length: 50 }, (_, i) => {
    pixels.write(i, noiseImage(60, 60, 3, i).data);
    const split = i % 7 === 3 ? ('test' as const) : ('train' as const);
    const [id, size] = [`${i}.png`, { width: 60, height: 60, channels: 3 as const }];
    return { id, labels: ['a'], family: id, source: id, digest: `${i}`, split, ...size };
  });
  pixels.close();
  writer.finish({ task: 'multi-class', classes: ['a'], layout: 'pixels', steps: [] }, samples);
  const { dataset } = await run({ ...ALL, copies: 5 }, path.join(bench.root, 'pixels'));
  expect(dataset.samples.length).toBe(50 + 43 * 5);
  for (const [place, { derived, digest, family }] of dataset.samples.entries()) {
    const { data } = await dataset.raster(place);
    const original = noiseImage(60, 60, 3, Number.parseInt(family, 10));
    const expected = derived === undefined ? original : applyAtOnce(original, derived.operations ?? {});
    expect(pixelsDigest(data)).toBe(pixelsDigest(expected.data));
    if (derived !== undefined) expect(digest).toBe(pixelsDigest(data));
  }
  dataset.close();
});

test('one changed image costs one image of work: all other files are the ones made before', async () => {
  const gray = async () => {
    const made = await bench.run('grayscale', grayscale, {}, { dataset: await ingested() });
    return path.join(made.folder, 'dataset');
  };
  const first = await run(ALL, await gray());
  await writeImages(source, [{ file: 'ok/0.png', value: 200 }]);
  const second = await run(ALL, await gray());
  const changed = second.dataset.samples.filter(({ file }) => {
    const inode = (folder: string) => fs.statSync(path.join(folder, file ?? '')).ino;
    return inode(first.folder) !== inode(second.folder);
  });
  expect(changed.map(({ id }) => id)).toEqual(['ok/0.png', 'ok/0+1.png', 'ok/0+2.png']);
});

test('a rarer class gets as many images as the largest, and the note tells when turning cuts objects off', async () => {
  await writeImages(source, [
    { file: 'ok/more.png', value: 61 },
    { file: 'ok/still-more.png', value: 62 },
  ]);
  const { dataset } = await run({ copies: 1, balance: true, flip: ['horizontal'] }, await ingested());
  expect(dataset.info.counts).toEqual({ bad: 14, ok: 14 });
});

test('the sheet shows originals with their copies', async () => {
  const made = await bench.run('augment', augment, { ...ALL }, { dataset: await ingested() });
  const sheet = await decodeImage(path.join(made.folder, 'sheet.png'));
  // Eight originals of 12 x 8 with two copies each, four pixels between them.
  expect([sheet.width, sheet.height]).toEqual([3 * 16 + 4, 8 * 12 + 4]);
});
