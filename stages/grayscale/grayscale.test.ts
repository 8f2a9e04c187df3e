import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import grayscale from './index.ts';

let bench: Workbench;
let source: string;
beforeEach(async () => {
  bench = openWorkbench();
  const images = [...classImages(['ok', 'bad'], 2), { file: 'ok/grey.png', channels: 1 as const, value: 50 }];
  source = await writeImages(path.join(bench.root, 'source'), images);
});
afterEach(() => bench.remove());

async function run(params: object) {
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const made = await bench.run('grayscale', grayscale, { ...params }, { dataset: path.join(read.folder, 'dataset') });
  return { note: made.note, dataset: openDataset(path.join(made.folder, 'dataset')), before: read.folder };
}

test('every image has one channel afterwards, and stays an original', async () => {
  const { dataset, note } = await run({});
  expect([dataset.info.shape, note]).toEqual([[8, 12, 1], '4 of 5 images turned to grey']);
  expect(dataset.samples.every(({ id, family, channels }) => id === family && channels === 1)).toBe(true);
  expect((await dataset.raster(0)).channels).toBe(1);
});

test('an image that is grey passes through as the same file', async () => {
  const { dataset, before } = await run({});
  const inode = (folder: string) => fs.statSync(path.join(folder, 'images/ok/grey.png')).ino;
  expect(inode(dataset.folder)).toBe(inode(path.join(before, 'dataset')));
});

test('contrast equalisation also changes grey images', async () => {
  const { dataset, note } = await run({ clahe: { clipLimit: 4, tiles: 2 } });
  expect(note).toBe('5 of 5 images turned to grey with even contrast');
  expect(dataset.info.shape).toEqual([8, 12, 1]);
});

test('an unreadable image is refused with the way out', async () => {
  fs.writeFileSync(path.join(source, 'ok/broken.png'), 'no image');
  await expect(run({})).rejects.toThrow(
    expect.objectContaining({ code: 'E0804', hint: expect.stringContaining('filter') }),
  );
});
