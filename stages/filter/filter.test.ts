import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { parseCsv } from '../lib/csv.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { decodeImage, encodePng } from '../lib/image/raster.ts';
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

async function run(params: JsonObject) {
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
  const [header = [], bad = [], ok = []] = parseCsv(read('kept.csv'));
  const counts = (row: readonly string[]) => header.flatMap((name, i) => (row[i] === '0' ? [] : [`${name} ${row[i]}`]));
  expect(counts(bad)).toEqual(['class bad', 'kept 4', 'unreadable 1']);
  expect(counts(ok)).toEqual(['class ok', 'kept 3', 'other size 1', 'duplicate 1']);
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

test('a condition on fields says which samples stay, and is counted as a reason', async () => {
  const ids = async (where: string) => (await run({ where })).dataset.samples.map(({ id }) => id);
  expect((await ids("label == 'bad'")).every((id) => id.startsWith('bad/'))).toBe(true);
  expect(await ids('width > 12 and aspect >= 2')).toEqual(['ok/large.png']);
  const { read, note } = await run({ where: "not (id == 'ok/twin.png' or channels == 1)" });
  expect(note).toBe('kept 7 of 10 images, 1 unreadable, 2 condition not met');
  expect(read('dropped.csv')).toContain('ok/twin.png,ok,condition not met\n');
});

test('a condition on what is measured looks at pixels', async () => {
  const { dataset, note } = await run({ where: 'spread > 0 and brightness < 0.9' });
  expect(dataset.samples.map(({ id }) => id)).not.toContain('bad/grey.png');
  expect(note).toMatch(/^kept [1-8] of 10 images, 1 unreadable, \d condition not met$/);
});

test('a class that loses all its images leaves the dataset, and the note says so', async () => {
  const { dataset, note } = await run({ where: "label != 'bad'" });
  expect(dataset.info).toMatchObject({ classes: ['ok'], task: 'multi-class', counts: { ok: 5 } });
  expect(note).toBe('kept 5 of 10 images, 1 unreadable, 4 condition not met, no `bad` left');
});

test('a filter that leaves nothing fails, and counts why', async () => {
  await expect(run({ where: "split in ['train', 'test']" })).rejects.toThrow(
    expect.objectContaining({ code: 'E0873', message: 'no image is left: 1 unreadable, 9 condition not met' }),
  );
});

test('a condition that cannot be read fails the stage and says at which character', async () => {
  await expect(run({ where: 'width >= 64 or labl == 3' })).rejects.toThrow(
    expect.objectContaining({
      code: 'E0872',
      message: expect.stringContaining('cannot be read at character 16, `labl == 3`: there is no field `labl`, but id'),
      hint: 'did you mean `label`?',
    }),
  );
});

test('dark and empty images go by limits, and near duplicates but for the first', async () => {
  fs.writeFileSync(
    path.join(source, 'ok/dark.png'),
    await encodePng({ width: 12, height: 8, channels: 3, data: new Uint8Array(288).fill(9) }),
  );
  const { read } = await run({ quality: { dark: 0.32 } });
  expect(read('dropped.csv')).toContain('ok/dark.png,ok,dark\n');
  const all = await run({ nearDuplicates: 32 });
  expect(all.read('dropped.csv')).toMatch(/,near duplicate\n/);
  expect(all.dataset.samples.map(({ id }) => id)).toContain('bad/0.png');
});

test('the sheet has a row for each reason', async () => {
  const { folder } = await run({ dimensions: 'modal', duplicates: 'drop' });
  const { height } = await decodeImage(path.join(folder, 'dropped.png'));
  expect(height).toBe(2 * 12 + 4);
});
