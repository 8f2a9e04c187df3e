import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import transform from './index.ts';

let bench: Workbench;
let source: string;
beforeEach(async () => {
  bench = openWorkbench();
  source = await writeImages(path.join(bench.root, 'source'), [
    ...classImages(['ok', 'bad'], 3),
    { file: 'ok/large.png', width: 40, height: 20, value: 90 },
    { file: 'bad/grey.png', channels: 1, value: 91 },
  ]);
});
afterEach(() => bench.remove());

async function run(params: JsonObject) {
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const made = await bench.run('transform', transform, params, { dataset: path.join(read.folder, 'dataset') });
  return { ...made, dataset: openDataset(path.join(made.folder, 'dataset')) };
}

test('every image gets the size, as one array in colour when one is in colour', async () => {
  const { dataset, note, folder } = await run({ resize: { width: 8, height: 6 } });
  expect(dataset.info).toMatchObject({
    layout: 'pixels',
    shape: [6, 8, 3],
    samples: 8,
    steps: ['ingest', 'transform'],
  });
  expect(note).toBe('8 images, 8 x 6');
  expect(fs.existsSync(path.join(folder, 'dataset/images'))).toBe(false);
  const gray = await dataset.raster(dataset.samples.findIndex(({ id }) => id === 'bad/grey.png'));
  expect([gray.data[3], gray.data[4]]).toEqual([gray.data[5], gray.data[5]]);
  dataset.close();
});

test('as images each keeps its channels, and its line says its size', async () => {
  const { dataset } = await run({ resize: { width: 8, height: 6, fit: 'cover' }, layout: 'images' });
  const gray = dataset.samples.findIndex(({ id }) => id === 'bad/grey.png');
  expect(dataset.samples[gray]).toMatchObject({ width: 8, height: 6, channels: 1 });
  expect(await dataset.raster(gray)).toMatchObject({ width: 8, height: 6, channels: 1 });
});

test('fit decides what happens to another aspect', async () => {
  for (const [fit, corner] of [
    ['pad', 77],
    ['cover', null],
  ] as const) {
    const { dataset } = await run({ resize: { width: 10, height: 10, fit, shade: 77 } });
    const large = await dataset.raster(dataset.samples.findIndex(({ id }) => id === 'ok/large.png'));
    if (corner === null) expect(large.data[0]).not.toBe(77);
    else expect([large.data[0], large.data.at(-1)]).toEqual([corner, corner]);
    dataset.close();
  }
});

test('a crop keeps the middle, and an image that is too small is named', async () => {
  const { dataset } = await run({ crop: { width: 10, height: 8 } });
  expect(dataset.info.shape).toEqual([8, 10, 3]);
  await expect(run({ crop: { width: 13, height: 8 } })).rejects.toThrow(
    expect.objectContaining({ code: 'E0805', message: expect.stringContaining('12 x 8, too small to keep 13 x 8') }),
  );
});

test('one array needs one size', async () => {
  await expect(run({})).rejects.toThrow(expect.objectContaining({ code: 'E0805' }));
  expect((await run({ layout: 'images' })).dataset.info.shape).toBe('mixed');
});

test('images that were seen before are not resized again', async () => {
  const params = { resize: { width: 5, height: 5 } };
  const first = await run(params);
  await writeImages(source, [{ file: 'ok/new.png', value: 77 }]);
  const second = await run(params);
  expect(second.dataset.info.samples).toBe(first.dataset.info.samples + 1);
  expect(second.dataset.samples.find(({ id }) => id === 'ok/1.png')).toEqual(
    first.dataset.samples.find(({ id }) => id === 'ok/1.png'),
  );
});

test('pixels with the same bytes in another shape are another image', async () => {
  // Of one shade: the bytes are the same whichever side is the longer one.
  const even = classImages(['a', 'b'], 1).map((image) => ({ ...image, value: 255 }));
  const folder = await writeImages(path.join(bench.root, 'even'), even);
  const read = await bench.run('ingest', ingest, { source: 'even' }, { source: folder });
  const corners: (number | undefined)[][] = [];
  for (const [width, height] of [
    [8, 4],
    [4, 8],
  ] as const) {
    const resize = { width, height, fit: 'stretch' };
    const small = await bench.run('transform', transform, { resize }, { dataset: path.join(read.folder, 'dataset') });
    const params = { resize: { width: 8, height: 8, fit: 'pad', shade: 0 }, layout: 'images' };
    const made = await bench.run('transform', transform, params, { dataset: path.join(small.folder, 'dataset') });
    const { data } = await openDataset(path.join(made.folder, 'dataset')).raster(0);
    corners.push([data[4 * 3], data[4 * 8 * 3]]);
  }
  expect(corners).toEqual([
    [0, 253],
    [253, 0],
  ]);
});
