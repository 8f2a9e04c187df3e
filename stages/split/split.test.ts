import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomStream } from '../../src/sdk/index.ts';
import augment from '../augment/index.ts';
import ingest from '../ingest/index.ts';
import { type Dataset, isOriginal, openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import { assignByTime, assignGroups, largestRemainder, roundedUp, SPLITS } from './assign.ts';
import split from './index.ts';

let bench: Workbench;
let ingested: string;
beforeEach(async () => {
  bench = openWorkbench();
  const images = [...classImages(['ok', 'bad'], 10), { file: 'ok/twin.png', value: 0 }];
  const source = await writeImages(path.join(bench.root, 'source'), images);
  ingested = path.join((await bench.run('ingest', ingest, { source: 'source' }, { source })).folder, 'dataset');
});
afterEach(() => bench.remove());

interface Divided {
  dataset: Dataset;
  folder: string;
  table: string;
  note: string | null;
}

async function run(params = {}, dataset = ingested): Promise<Divided> {
  const made = await bench.run('split', split, params, { dataset });
  const folder = path.join(made.folder, 'dataset');
  return { dataset: openDataset(folder), folder, table: made.read('split.csv'), note: made.note };
}

test('each class is divided by the shares', async () => {
  expect((await run({ seed: 3 })).table).toBe('class,train,validation,test\nbad,6,2,2\nok,7,2,2\n');
});

test('the same seed gives the same split, another seed another', async () => {
  const lines = async (seed: number) =>
    fs.readFileSync(path.join((await run({ seed })).folder, 'samples.jsonl'), 'utf8');
  expect(await lines(0)).toBe(await lines(0));
  expect(await lines(1)).not.toBe(await lines(0));
});

test('exact duplicates are never parted', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const { dataset } = await run({ seed });
    const splits = dataset.samples
      .filter(({ id }) => id === 'ok/0.png' || id === 'ok/twin.png')
      .map((sample) => sample.split);
    expect(splits[0]).toBe(splits[1]);
  }
});

test('after an augmentation families stay together, and validation and test hold originals only', async () => {
  const augmented = await bench.run('augment', augment, { copies: 3, rotate: 10 }, { dataset: ingested });
  const { dataset } = await run({ seed: 5 }, path.join(augmented.folder, 'dataset'));
  const splitOf = new Map(dataset.samples.filter(isOriginal).map(({ id, split: name }) => [id, name]));
  for (const sample of dataset.samples) {
    expect(splitOf.get(sample.family)).toBe(sample.split);
    if (sample.split !== 'train') expect(isOriginal(sample)).toBe(true);
  }
  expect(dataset.samples.length).toBe(21 + 3 * [...splitOf.values()].filter((name) => name === 'train').length);
});

test('shares that do not add up to 1 are refused', async () => {
  await expect(run({ train: 0.7 })).rejects.toThrow(
    expect.objectContaining({ code: 'E0806', hint: expect.stringContaining('train: 0.6') }),
  );
});

test('largest remainders: 20 % of 1386, 1380 and 1375 images', () => {
  expect([1386, 1380, 1375].map((n) => largestRemainder(n, [0.8, 0.2])[1])).toEqual([277, 276, 275]);
  expect(largestRemainder(85, [0.6, 0.2, 0.2])).toEqual([51, 17, 17]);
});

test('largest remainders add up, stay within one of the share, and give nothing to a share of 0', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(100), fc.nat(100), fc.nat(100), (total, a, b, c) => {
      fc.pre(a + b + c > 0);
      const shares = [a, b, c].map((part) => part / (a + b + c));
      const counts = largestRemainder(total, shares);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
      counts.forEach((count, i) => {
        const share = shares[i] ?? 0;
        expect(Math.abs(count - share * total)).toBeLessThan(1 + 1e-6);
        if (share === 0) expect(count).toBe(0);
      });
    }),
    { numRuns: 200 },
  );
});

test('whole groups go to one split, whatever their sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 }), fc.nat(), (sizes, seed) => {
      const groups = sizes.map((size, g) => ({
        members: Array.from({ length: size }, (_, i) => ({
          id: `${g}/${i}`,
          labels: ['x'],
          family: `${g}`,
          source: '',
        })),
        originals: size,
        stratum: g % 2 === 0 ? 'even' : 'odd',
      }));
      const splitOf = assignGroups(groups, {
        shares: [0.6, 0.2, 0.2],
        stratify: true,
        rounding: largestRemainder,
        random: (stream) => randomStream(seed, stream),
      });
      for (const { members } of groups) {
        const found = new Set(members.map(({ id }) => splitOf.get(id)));
        expect(found.size).toBe(1);
        expect(SPLITS).toContain([...found][0]);
      }
    }),
    { numRuns: 100 },
  );
});

test('rounded up: the 20 % of three classes of fruit that the fifth reference project held out', () => {
  const held = [1386, 1380, 1375].map((n) => roundedUp(n, [0.8, 0.2, 0]));
  expect(held.map(([, validation]) => validation)).toEqual([278, 276, 275]);
  const train = held.reduce((sum, [count = 0]) => sum + count, 0);
  expect([train, train * 8]).toEqual([3312, 26496]);
  expect(roundedUp(3, [0, 0.5, 0.5])).toEqual([0, 2, 1]);
});

test('with folds the test images are those there are without, and the others validate once each', async () => {
  const idsIn = (dataset: Dataset, of: string) =>
    dataset.samples.filter(({ split: name }) => name === of).map(({ id }) => id);
  const [plain, folded] = [await run({ seed: 3 }), await run({ seed: 3, folds: 3 })];
  expect(idsIn(folded.dataset, 'test')).toEqual(idsIn(plain.dataset, 'test'));
  expect(idsIn(folded.dataset, 'train').sort()).toEqual(
    [...idsIn(plain.dataset, 'train'), ...idsIn(plain.dataset, 'validation')].sort(),
  );
  expect(folded.table).toBe('class,train,validation,test,fold 0,fold 1,fold 2\nbad,8,0,2,3,3,2\nok,9,0,2,3,3,3\n');
  expect(folded.note).toBe('17 in 3 folds of 5 to 6, 4 test');
  for (const { split: name, fold } of folded.dataset.samples) expect(fold === undefined).toBe(name === 'test');
});

test('copies go to the fold of their original, and are counted among those it is learned from only', async () => {
  const augmented = await bench.run('augment', augment, { copies: 2, rotate: 10 }, { dataset: ingested });
  const { dataset, table } = await run({ folds: 4, test: 0 }, path.join(augmented.folder, 'dataset'));
  const foldOf = new Map(dataset.samples.filter(isOriginal).map(({ id, fold }) => [id, fold]));
  expect(dataset.samples).toHaveLength(63);
  for (const { family, fold } of dataset.samples) expect(fold).toBe(foldOf.get(family));
  const counts = table
    .split('\n')
    .slice(1, 3)
    .flatMap((row) => row.split(',').slice(4).map(Number));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(21);
});

test('a given test split stays; an order by time, kept validation images and too many folds are refused', async () => {
  const marked = await given({ 'ok/0.png': 'test', 'bad/3.png': 'test' });
  const { dataset, note } = await run({ keep: ['test'], test: 0, folds: 2 }, marked);
  expect(dataset.samples.filter(({ fold }) => fold === undefined).map(({ id }) => id)).toEqual([
    'bad/3.png',
    'ok/0.png',
  ]);
  expect(note).toMatch(/^18 in 2 folds of 9, 2 test; 1 left out/);
  for (const [params, code] of [
    [{ folds: 2, order: 'time' }, 'E0806'],
    [{ folds: 2, keep: ['validation'], validation: 0 }, 'E0806'],
    [{ folds: 30 }, 'E0807'],
  ] as const)
    await expect(run(params)).rejects.toThrow(expect.objectContaining({ code }));
});

test('what is given as test stays test and is not added to, and its duplicates never train', async () => {
  const marked = await given({ 'ok/0.png': 'test', 'bad/3.png': 'test' });
  for (let seed = 0; seed < 5; seed++) {
    const { dataset } = await run({ keep: ['test'], train: 0.8, validation: 0.2, test: 0, seed }, marked);
    const inTest = dataset.samples.filter((sample) => sample.split === 'test').map(({ id }) => id);
    expect(inTest).toEqual(['bad/3.png', 'ok/0.png']);
    expect(dataset.samples.map(({ id }) => id)).not.toContain('ok/twin.png');
  }
});

test('a kept split has no share, and duplicates given in two kept splits are refused', async () => {
  const marked = await given({ 'ok/0.png': 'test', 'ok/twin.png': 'train' });
  await expect(run({ keep: ['test'] }, marked)).rejects.toThrow(expect.objectContaining({ code: 'E0806' }));
  const both = { keep: ['train', 'test'], train: 0, validation: 1, test: 0 };
  await expect(run(both, marked)).rejects.toThrow(
    expect.objectContaining({ code: 'E0807', message: expect.stringContaining('belong together') }),
  );
});

test('near duplicates stay together when asked for', async () => {
  for (let seed = 0; seed < 8; seed++) {
    // At 32 bits all of these gradients are alike in chains, so that everything lands on one side.
    const { dataset } = await run({ nearDuplicates: 32, seed });
    expect(new Set(dataset.samples.map((sample) => sample.split)).size).toBe(1);
  }
});

test('in order of time no test sample is earlier than a train sample', () => {
  const part = (id: string, time: string) => ({
    members: [{ id, labels: ['a'], family: id, source: '', time }],
    originals: 1,
    stratum: 'a',
  });
  const groups = ['2024-05', '2024-01', '2024-03', '2024-02', '2024-04'].map((time) => part(time, time));
  const splitOf = assignByTime(groups, [0.6, 0.2, 0.2], largestRemainder);
  expect([...splitOf].sort().map(([, split]) => split)).toEqual(['train', 'train', 'train', 'validation', 'test']);
});

test('without times an order by time is refused', async () => {
  await expect(run({ order: 'time' })).rejects.toThrow(
    expect.objectContaining({ code: 'E0807', message: expect.stringContaining('has no time') }),
  );
});

/** The dataset with some samples marked as given in a split. */
async function given(splits: Record<string, string>): Promise<string> {
  const lines = Object.keys(Object.fromEntries(openDataset(ingested).samples.map(({ id }) => [id, id])));
  const table = path.join(bench.root, 'labels.csv');
  const rows = lines.map((id) => `${id},${id.split('/')[0]},${splits[id] ?? 'validation'}`);
  fs.writeFileSync(table, `file,label,split\n${rows.join('\n')}\n`);
  const source = path.join(bench.root, 'source');
  const params = { source: 'source', labels: 'csv', csv: 'labels.csv', splits: 'table' };
  return path.join((await bench.run('ingest', ingest, params, { source, csv: table })).folder, 'dataset');
}
