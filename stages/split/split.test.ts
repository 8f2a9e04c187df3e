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
import { assignGroups, largestRemainder, SPLITS } from './assign.ts';
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

async function run(params = {}, dataset = ingested): Promise<{ dataset: Dataset; folder: string; table: string }> {
  const made = await bench.run('split', split, params, { dataset });
  const folder = path.join(made.folder, 'dataset');
  return { dataset: openDataset(folder), folder, table: made.read('split.csv') };
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
      const splitOf = assignGroups(groups, [0.6, 0.2, 0.2], true, (stream) => randomStream(seed, stream));
      for (const { members } of groups) {
        const found = new Set(members.map(({ id }) => splitOf.get(id)));
        expect(found.size).toBe(1);
        expect(SPLITS).toContain([...found][0]);
      }
    }),
    { numRuns: 100 },
  );
});
