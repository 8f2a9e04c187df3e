import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sample } from '../../../src/generated/sample.ts';
import { carrySamples } from './carry.ts';
import { groupSamples } from './groups.ts';
import { createNpy, openNpy } from './npy.ts';
import { openDataset } from './read-dataset.ts';
import { createDataset, pngFile } from './write-dataset.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'dataset-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function sample(id: string, label: string, more: Partial<Sample> = {}): Sample {
  return {
    id,
    labels: [label],
    family: id,
    source: 'a'.repeat(64),
    digest: id,
    width: 2,
    height: 1,
    channels: 1,
    ...more,
  };
}

/** A dataset in the pixels layout whose image i holds the bytes [i, i]. */
function writeSmall(folder: string, samples: readonly Sample[]): void {
  const writer = createDataset(folder);
  const pixels = writer.pixels([samples.length, 1, 2, 1]);
  samples.forEach((_, i) => {
    pixels.write(i, Uint8Array.of(i, i));
  });
  pixels.close();
  writer.finish({ task: 'binary', classes: ['a', 'b'], layout: 'pixels', steps: ['ingest'] }, samples);
}

test('what is written is read again, line by line, also across the borders of reading chunks', async () => {
  const many = Array.from({ length: 9000 }, (_, i) => sample(`folder/ä${i}`, i % 2 === 0 ? 'a' : 'b'));
  writeSmall(path.join(root, 'one'), many);
  const dataset = openDataset(path.join(root, 'one'));
  expect(dataset.samples).toEqual(many);
  expect(dataset.info).toMatchObject({ shape: [1, 2, 1], samples: 9000, counts: { a: 4500, b: 4500 } });
  expect((await dataset.raster(200)).data).toEqual(Uint8Array.of(200, 200));
  dataset.close();
});

test('the order in which a stage sets members does not change the bytes', () => {
  const one = sample('x', 'a', { split: 'train' });
  const other = Object.fromEntries(Object.entries(one).reverse()) as unknown as Sample;
  writeSmall(path.join(root, 'one'), [one]);
  writeSmall(path.join(root, 'two'), [other]);
  expect(fs.readFileSync(path.join(root, 'one/samples.jsonl'), 'utf8')).toBe(
    fs.readFileSync(path.join(root, 'two/samples.jsonl'), 'utf8'),
  );
});

test('npy files have the bytes NumPy writes, and come back', () => {
  const file = path.join(root, 'pixels.npy');
  const writer = createNpy(file, [2, 1, 2, 1]);
  writer.write(1, Uint8Array.of(3, 4));
  writer.write(0, Uint8Array.of(1, 2));
  writer.close();
  const bytes = fs.readFileSync(file);
  expect(bytes.subarray(0, 10)).toEqual(Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'));
  expect(bytes.subarray(10, 128).toString('latin1')).toBe(
    `${"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 2, 1), }".padEnd(117)}\n`,
  );
  expect([...bytes.subarray(128)]).toEqual([1, 2, 3, 4]);
  const back = openNpy(file);
  const entry = new Uint8Array(2);
  back.read(1, entry);
  expect([back.shape, [...entry]]).toEqual([
    [2, 1, 2, 1],
    [3, 4],
  ]);
  back.close();
});

test('a damaged npy file is refused', () => {
  const file = path.join(root, 'pixels.npy');
  createNpy(file, [2, 1, 2, 1]).close();
  expect(() => openNpy(file)).toThrow('it does not have the 132 bytes its header announces');
  fs.writeFileSync(file, 'no array at all');
  expect(() => openNpy(file)).toThrow(expect.objectContaining({ code: 'E0801' }));
});

test('a folder that is no dataset, or lacks samples, is refused', () => {
  expect(() => openDataset(root)).toThrow(expect.objectContaining({ code: 'E0801' }));
  writeSmall(path.join(root, 'one'), [sample('x', 'a'), sample('y', 'b')]);
  const file = path.join(root, 'one/samples.jsonl');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').split('\n')[0] ?? '');
  expect(() => openDataset(path.join(root, 'one'))).toThrow('announces 2 samples, samples.jsonl holds 1');
});

test('an image that could not be decoded has no size to ask for', async () => {
  const broken: Sample = { id: 'x', labels: ['a'], family: 'x', source: 'a', problem: 'cut short' };
  const writer = createDataset(path.join(root, 'one'));
  writer.finish({ task: 'binary', classes: ['a', 'b'], layout: 'images', steps: [] }, [broken]);
  const dataset = openDataset(path.join(root, 'one'));
  await expect(dataset.raster(0)).rejects.toThrow(expect.objectContaining({ code: 'E0804' }));
});

test('carrying all samples links the array; carrying some copies their entries', async () => {
  const samples = [sample('x', 'a'), sample('y', 'b'), sample('z', 'a')];
  writeSmall(path.join(root, 'from'), samples);
  const from = openDataset(path.join(root, 'from'));
  carrySamples(
    from,
    path.join(root, 'all'),
    'split',
    samples.map((each, index) => ({ index, sample: { ...each, split: 'train' } })),
  );
  expect(fs.statSync(path.join(root, 'all/pixels.npy')).ino).toBe(fs.statSync(path.join(root, 'from/pixels.npy')).ino);
  carrySamples(
    from,
    path.join(root, 'some'),
    'filter',
    [2, 0].map((index) => ({ index, sample: samples[index] as Sample })),
  );
  const some = openDataset(path.join(root, 'some'));
  expect((await some.raster(0)).data).toEqual(Uint8Array.of(2, 2));
  expect([some.info.samples, some.info.steps]).toEqual([2, ['ingest', 'filter']]);
  some.close();
  from.close();
});

test('families and exact duplicates form one group', () => {
  const groups = groupSamples([
    sample('x', 'a', { content: '1' }),
    sample('y', 'a', { content: '2' }),
    sample('z', 'a', { content: '1' }),
    sample('z+1', 'a', { content: '1', family: 'z' }),
    sample('other', 'b'),
  ]);
  expect(groups.map(({ members, originals }) => [members.map(({ id }) => id), originals])).toEqual([
    [['x', 'z', 'z+1'], 2],
    [['y'], 1],
    [['other'], 1],
  ]);
});

test('files of one name and different extensions stay apart', () => {
  expect([pngFile('ok/a.png'), pngFile('ok/a.jpg'), pngFile('ok/a.PNG')]).toEqual([
    'images/ok/a.png',
    'images/ok/a.jpg.png',
    'images/ok/a.PNG',
  ]);
});
