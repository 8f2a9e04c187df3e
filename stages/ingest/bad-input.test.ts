/** Data as it should not be: a clear error or a counted drop for each, and memory that does not follow the size of the nonsense. */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCsv } from '../lib/csv.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { readPieces } from '../lib/read-text.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import ingest from './index.ts';

let bench: Workbench;
let source: string;
beforeEach(() => {
  bench = openWorkbench();
  source = path.join(bench.root, 'source');
  fs.mkdirSync(source);
});
afterEach(() => bench.remove());

const run = (params = {}, inputs = {}) =>
  bench.run('ingest', ingest, { source: 'source', ...params }, { source, ...inputs });
const samplesOf = (folder: string) => openDataset(path.join(folder, 'dataset')).samples;

function put(file: string, bytes: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
  fs.writeFileSync(path.join(source, file), bytes);
}

/** A PNG of one shade with one bit a pixel: 50 MB of pixels in a file of 49 kB for 20,000 x 20,000. */
function flatPng(width: number, height: number, shortened = 0): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 1;
  const lines = Buffer.alloc((Math.ceil(width / 8) + 1) * (height - shortened));
  const chunks = [chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** CRC-32 as PNG has it, bit by bit. */
function crc(bytes: Uint8Array): number {
  let state = 0xffffffff;
  for (const byte of bytes) {
    state ^= byte;
    for (let bit = 0; bit < 8; bit++) state = (state >>> 1) ^ (0xedb88320 & -(state & 1));
  }
  return (state ^ 0xffffffff) >>> 0;
}

test('zero images are an error that says what a source looks like', async () => {
  await expect(run()).rejects.toThrow(
    expect.objectContaining({ code: 'E0802', message: 'no labelled images in `source`' }),
  );
  put('notes.txt', 'no image by its name');
  await expect(run()).rejects.toThrow(expect.objectContaining({ code: 'E0802' }));
});

test('one class and a class of one are read, said, and can be split', async () => {
  await writeImages(source, classImages(['ok'], 4));
  expect((await run()).note).toBe('4 images, 1 class');
  await writeImages(source, [{ file: 'bad/only.png', value: 99 }]);
  const made = await run();
  expect(made.note).toBe('5 images, 2 classes, `bad` has 1 of them');
  const parted = await bench.run('split', split, {}, { dataset: path.join(made.folder, 'dataset') });
  expect(samplesOf(parted.folder).filter(({ split: side }) => side !== undefined)).toHaveLength(5);
});

test('where no image can be decoded the stage fails, whatever it was to do with single ones', async () => {
  put('ok/a.jpg', 'a text file');
  put('bad/b.png', flatPng(40, 40).subarray(0, 45));
  for (const unreadable of ['keep', 'drop', 'fail']) {
    await expect(run({ unreadable })).rejects.toThrow(
      expect.objectContaining({
        code: 'E0804',
        message: expect.stringContaining('none of 2 images can be decoded; `bad/b.png` cannot be decoded: '),
      }),
    );
  }
});

test('an image of 20,000 x 20,000 pixels and a bomb within a small file are counted drops', async () => {
  await writeImages(source, classImages(['ok', 'bad'], 2));
  put('ok/huge.png', flatPng(20_000, 20_000));
  // It says 9,000 x 9,000 and holds a tenth of it: found when it is decoded whole.
  put('bad/short.png', flatPng(9000, 9000, 8100));
  const made = await run({ unreadable: 'drop' });
  expect(made.note).toBe('4 images, 2 classes, 2 unreadable');
  const problems = new Map(parseCsv(made.read('files.csv')).map((row) => [row[0], row.at(-1)]));
  expect(problems.get('ok/huge.png')).toBe('20000 x 20000 pixels are more than the 100 million that are decoded');
  expect(problems.get('bad/short.png')).not.toBe('');
});

test('a file larger than any image is not read into memory', async () => {
  await writeImages(source, classImages(['ok', 'bad'], 2));
  put('ok/sparse.jpg', '');
  fs.truncateSync(path.join(source, 'ok/sparse.jpg'), 513 << 20);
  const made = await run();
  const sparse = samplesOf(made.folder).find(({ id }) => id === 'ok/sparse.jpg');
  expect(sparse?.problem).toBe('537919488 bytes are more than the 536870912 that are read');
  expect(sparse?.source).toMatch(/^[0-9a-f]{64}$/);
});

test('a text called .jpg is unreadable; an image of another format than its name says is read and counted', async () => {
  await writeImages(source, classImages(['ok', 'bad'], 2));
  put('ok/text.jpg', 'this is a text file\n');
  put('bad/really-png.jpg', fs.readFileSync(path.join(source, 'ok/1.png')).subarray());
  const made = await run();
  expect(made.note).toBe('6 images, 2 classes, 1 unreadable, 1 of another format than named, 1 exact duplicate');
  const rows = parseCsv(made.read('files.csv'));
  expect(rows[0]).toEqual(['file', 'labels', 'format', 'width', 'height', 'channels', 'bytes', 'problem']);
  expect(rows.find(([file]) => file === 'bad/really-png.jpg')?.[2]).toBe('PNG');
  expect(rows.find(([file]) => file === 'ok/text.jpg')?.[2]).toBe('');
});

test('labels that name no image are counted in one error; rows of files that are left out by patterns do no harm', async () => {
  await writeImages(source, classImages(['ok', 'bad'], 2));
  const csv = path.join(bench.root, 'labels.csv');
  fs.writeFileSync(csv, 'file,label\nok/0.png,x\nbad/0.png,y\nok/7.png,x\nok/8.png,x\n');
  await expect(run({ labels: 'csv', csv: 'labels.csv' }, { csv })).rejects.toThrow(
    expect.objectContaining({
      code: 'E0803',
      message: 'the label table names `ok/7.png`, which is no image below `source`; 2 rows in all name none',
    }),
  );
  const some = await run({ labels: 'csv', csv: 'labels.csv', include: ['*0.png'] }, { csv });
  expect(some.note).toContain('2 images, 2 classes');
  fs.writeFileSync(csv, 'file,label,split\nok/0.png,x,train\nok/0.png,y,test\n');
  await expect(run({ labels: 'csv', csv: 'labels.csv', splits: 'table' }, { csv })).rejects.toThrow(
    'puts `ok/0.png` into train and into test',
  );
});

test('a table of a million rows is read a piece at a time', async () => {
  await writeImages(source, classImages(['ok', 'bad'], 50));
  const csv = path.join(bench.root, 'labels.csv');
  const handle = fs.openSync(csv, 'w');
  fs.writeSync(handle, 'file,label\n');
  const block = Array.from({ length: 1000 }, (_, i) => `${i % 2 ? 'ok' : 'bad'}/${i % 50}.png,label ${i % 7}\n`).join(
    '',
  );
  for (let i = 0; i < 1000; i++) fs.writeSync(handle, block);
  fs.closeSync(handle);
  expect(Math.max(...[...readPieces(csv)].map(({ length }) => length))).toBeLessThanOrEqual(1 << 20);
  const made = await run({ labels: 'csv', csv: 'labels.csv' }, { csv });
  expect(samplesOf(made.folder)[0]?.labels).toHaveLength(7);
});
