import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import filter from './index.ts';

let bench: Workbench;
let source: string;
beforeEach(async () => {
  bench = openWorkbench();
  source = await writeImages(path.join(bench.root, 'source'), [
    ...classImages(['ok', 'bad'], 3),
    { file: 'ok/large.png', width: 20, height: 8, value: 90 },
    { file: 'ok/twin.png', value: 0 },
    { file: 'bad/grey.png', channels: 1, value: 91 },
  ]);
  fs.writeFileSync(path.join(source, 'bad/broken.png'), 'no image');
});
afterEach(() => bench.remove());

async function run(params: Record<string, string | { width: number; height: number }>) {
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const made = await bench.run('filter', filter, params, { dataset: path.join(read.folder, 'dataset') });
  return { ...made, dataset: openDataset(path.join(made.folder, 'dataset')) };
}

test('without params only unreadable images go', async () => {
  const { dataset, note } = await run({});
  expect([dataset.info.samples, dataset.info.shape]).toEqual([9, 'mixed']);
  expect(note).toBe('kept 9 of 10 images, 1 unreadable');
});

test('modal keeps the most frequent size, and a given size keeps that one', async () => {
  expect((await run({ dimensions: 'modal' })).dataset.samples.map(({ id }) => id)).not.toContain('ok/large.png');
  expect((await run({ dimensions: { width: 20, height: 8 } })).dataset.samples.map(({ id }) => id)).toEqual([
    'ok/large.png',
  ]);
});

test('of duplicates the first stays; with different labels none does', async () => {
  expect((await run({ duplicates: 'drop' })).read('dropped.csv')).toContain('ok/twin.png,ok,duplicate\n');
  await writeImages(source, [{ file: 'bad/liar.png', value: 1 }]);
  const { read, note } = await run({ duplicates: 'drop' });
  expect(read('dropped.csv')).toContain('bad/liar.png,bad,duplicate with another label\n');
  expect(read('dropped.csv')).toContain('ok/1.png,ok,duplicate with another label\n');
  expect(note).toBe('kept 7 of 11 images, 1 unreadable, 1 duplicate, 2 duplicate with another label');
});

test('the table counts what stays and what goes by class and reason', async () => {
  const { read } = await run({ dimensions: 'modal', duplicates: 'drop' });
  expect(read('kept.csv')).toBe(
    'class,kept,unreadable,other size,duplicate,duplicate with another label\nbad,4,1,0,0,0\nok,3,0,1,1,0\n',
  );
});

test('the pixels layout holds the same pixels as the files, grey among colours in three channels', async () => {
  const { dataset, folder } = await run({ dimensions: 'modal', layout: 'pixels' });
  expect(dataset.info).toMatchObject({ layout: 'pixels', shape: [8, 12, 3], samples: 8 });
  const place = dataset.samples.findIndex(({ id }) => id === 'bad/grey.png');
  const { data } = await dataset.raster(place);
  expect([data[3], data[4], data[5]]).toEqual([data[3], data[3], data[3]]);
  expect(fs.existsSync(path.join(folder, 'dataset/images'))).toBe(false);
  dataset.close();
});

test('the pixels layout needs images of one size', async () => {
  await expect(run({ layout: 'pixels' })).rejects.toThrow(expect.objectContaining({ code: 'E0805' }));
});

test('an unreadable image fails the stage when asked', async () => {
  await expect(run({ unreadable: 'fail' })).rejects.toThrow(expect.objectContaining({ code: 'E0804' }));
});
