import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCsv } from '../lib/csv.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import ingest from './index.ts';

let bench: Workbench;
let source: string;
beforeEach(async () => {
  bench = openWorkbench();
  source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 3));
});
afterEach(() => bench.remove());

const run = (params = {}, inputs = {}) =>
  bench.run('ingest', ingest, { source: 'source', ...params }, { source, ...inputs });

test('folders name the classes; files are copied as they are, never linked to the user', async () => {
  const made = await run();
  const { info, samples } = openDataset(path.join(made.folder, 'dataset'));
  expect(info).toMatchObject({ task: 'binary', classes: ['bad', 'ok'], shape: [8, 12, 3], counts: { ok: 3, bad: 3 } });
  expect(samples[0]).toMatchObject({ id: 'bad/0.png', labels: ['bad'], family: 'bad/0.png', file: 'images/bad/0.png' });
  const copy = path.join(made.folder, 'dataset/images/ok/1.png');
  expect(fs.readFileSync(copy)).toEqual(fs.readFileSync(path.join(source, 'ok/1.png')));
  expect(fs.statSync(copy).ino).not.toBe(fs.statSync(path.join(source, 'ok/1.png')).ino);
  expect(fs.statSync(path.join(source, 'ok/1.png')).mode & 0o200).toBe(0o200);
  expect(made.note).toBe('6 images, 2 classes');
});

test('the same images give the same bytes, whatever was there before', async () => {
  const [first, second] = [await run(), await run()];
  for (const file of ['dataset/samples.jsonl', 'dataset/dataset.json', 'files.csv', 'sizes.csv']) {
    expect(second.read(file)).toBe(first.read(file));
  }
});

test('an exact duplicate is noticed though its file differs', async () => {
  const png = fs.readFileSync(path.join(source, 'ok/0.png'));
  fs.writeFileSync(path.join(source, 'ok/again.png'), Buffer.concat([png, Buffer.from('trailing bytes')]));
  const made = await run();
  const { samples } = openDataset(path.join(made.folder, 'dataset'));
  const [one, other] = ['ok/0.png', 'ok/again.png'].map((id) => samples.find((sample) => sample.id === id));
  expect(one?.content).toBe(other?.content);
  expect(one?.source).not.toBe(other?.source);
  expect(made.note).toBe('7 images, 2 classes, 1 exact duplicate');
});

test('an unreadable file is kept, dropped or fails the stage, as asked', async () => {
  fs.writeFileSync(path.join(source, 'ok/broken.png'), 'no image');
  fs.writeFileSync(path.join(source, 'ok/notes.txt'), 'not looked at');
  const kept = await run();
  expect(kept.note).toBe('7 images, 2 classes, 1 unreadable, 1 other file ignored');
  expect(
    openDataset(path.join(kept.folder, 'dataset')).samples.find(({ id }) => id === 'ok/broken.png')?.problem,
  ).toContain('the content is that of no image');
  expect(openDataset(path.join((await run({ unreadable: 'drop' })).folder, 'dataset')).info.samples).toBe(6);
  await expect(run({ unreadable: 'fail' })).rejects.toThrow(expect.objectContaining({ code: 'E0804' }));
});

test('a table names labels; an image with several makes the task multi-label', async () => {
  const csv = path.join(bench.root, 'labels.csv');
  fs.writeFileSync(csv, 'label,file\r\n"x; y",ok/0.png\r\nx,ok/1.png\r\n');
  const made = await run({ labels: 'csv', csv: 'labels.csv' }, { csv });
  const { info, samples } = openDataset(path.join(made.folder, 'dataset'));
  expect([info.task, info.classes, info.samples]).toEqual(['multi-label', ['x', 'y'], 2]);
  expect(samples[0]?.labels).toEqual(['x', 'y']);
});

test('a table that does not fit is refused', async () => {
  const csv = path.join(bench.root, 'labels.csv');
  const withTable = (text: string) => {
    fs.writeFileSync(csv, text);
    return run({ labels: 'csv', csv: 'labels.csv' }, { csv });
  };
  await expect(withTable('file,label\nok/9.png,x\n')).rejects.toThrow('the label table names `ok/9.png`');
  await expect(withTable('name,class\nok/1.png,x\n')).rejects.toThrow('expected `file` and `label`');
  await expect(run({ labels: 'csv' })).rejects.toThrow(expect.objectContaining({ code: 'E0803' }));
});

test('the order of classes can be given, and must name them all', async () => {
  const made = await run({ classes: ['ok', 'bad'] });
  expect(openDataset(path.join(made.folder, 'dataset')).info.classes).toEqual(['ok', 'bad']);
  await expect(run({ classes: ['ok'] })).rejects.toThrow('images are labelled `bad`, which is not among `classes`');
});

test('a folder without labelled images is refused', async () => {
  fs.renameSync(path.join(source, 'ok/0.png'), path.join(source, 'loose.png'));
  await expect(run()).rejects.toThrow('`loose.png` lies in no class folder');
  fs.rmSync(source, { recursive: true });
  fs.mkdirSync(source);
  await expect(run()).rejects.toThrow(expect.objectContaining({ code: 'E0802' }));
});

test('folders may name splits and groups; other names of splits are refused', async () => {
  await writeImages(path.join(bench.root, 'parted'), [
    { file: 'train/ok/part-1/a.png', value: 1 },
    { file: 'train/ok/part-1/b.png', value: 2 },
    { file: 'val/bad/part-1/c.png', value: 3 },
  ]);
  const parted = { source: path.join(bench.root, 'parted') };
  const made = await run({ splits: 'folders', groups: 'folders' }, parted);
  const lines = openDataset(path.join(made.folder, 'dataset')).samples;
  expect(lines.map(({ labels, split, group }) => [labels[0], split, group])).toEqual([
    ['ok', 'train', 'ok/part-1'],
    ['ok', 'train', 'ok/part-1'],
    ['bad', 'validation', 'bad/part-1'],
  ]);
  await expect(run({ splits: 'folders' })).rejects.toThrow(
    expect.objectContaining({ code: 'E0803', message: expect.stringContaining('is given the split `bad`') }),
  );
  await expect(run({ groups: 'folders' })).rejects.toThrow(expect.objectContaining({ code: 'E0803' }));
});

test('JSON lines give labels, splits, groups and times', async () => {
  const table = path.join(bench.root, 'labels.jsonl');
  const row = { file: 'ok/1.png', labels: ['x', 'y'], split: 'test', group: 'g', time: '2024-05-31' };
  fs.writeFileSync(table, `${JSON.stringify(row)}\n\n{"file":"bad/1.png","label":"x","split":"train","group":"h"}\n`);
  const params = { labels: 'jsonl', jsonl: 'labels.jsonl', splits: 'table', groups: 'table' };
  const { samples, info } = openDataset(path.join((await run(params, { jsonl: table })).folder, 'dataset'));
  expect(info.task).toBe('multi-label');
  expect(samples.find(({ id }) => id === 'ok/1.png')).toMatchObject({
    labels: ['x', 'y'],
    split: 'test',
    group: 'g',
    time: '2024-05-31',
  });
  fs.writeFileSync(table, '{"file":"ok/1.png"}\n');
  await expect(run(params, { jsonl: table })).rejects.toThrow(
    expect.objectContaining({ code: 'E0803', message: expect.stringContaining('line 1 of the label table') }),
  );
});

test('images without labels make a dataset to predict', async () => {
  const { info, samples } = openDataset(path.join((await run({ labels: 'none' })).folder, 'dataset'));
  expect([info.classes, samples.length, samples[0]?.labels]).toEqual([[], 6, []]);
});

test('patterns choose files', async () => {
  const made = await run({ include: ['ok/*.png', '!ok/2.png'] });
  expect(openDataset(path.join(made.folder, 'dataset')).samples.map(({ id }) => id)).toEqual(['ok/0.png', 'ok/1.png']);
});

test('names with quotes, commas and line breaks go through tables unharmed', async () => {
  const odd = 'ok/a "b", c\nd.png';
  await writeImages(source, [{ file: odd, value: 50 }]);
  const table = path.join(bench.root, 'labels.csv');
  fs.writeFileSync(table, `file,label\n"${odd.replaceAll('"', '""')}","la""bel, one"\nbad/0.png,two\n`);
  const made = await run({ labels: 'csv', csv: 'labels.csv' }, { csv: table });
  const sample = openDataset(path.join(made.folder, 'dataset')).samples.find(({ id }) => id === odd);
  expect(sample?.labels).toEqual(['la"bel, one']);
  expect(parseCsv(made.read('files.csv'))[2]?.slice(0, 2)).toEqual([odd, 'la"bel, one']);
});

test('images come from the project or from another stage, not from both and not from nowhere', async () => {
  const made = await bench.run('ingest', ingest, {}, { images: source });
  expect(openDataset(path.join(made.folder, 'dataset')).samples.length).toBe(6);
  for (const inputs of [{}, { source, images: source }]) {
    await expect(bench.run('ingest', ingest, {}, inputs)).rejects.toThrow(expect.objectContaining({ code: 'E0802' }));
  }
});
