import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { parseCsv } from '../lib/csv.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import train from '../train/index.ts';
import { drawConfusion } from './draw-confusion.ts';
import evaluate from './index.ts';

const QUICK = { epochs: 1, model: { filters: 2, blocks: 1 } };
let bench: Workbench;
beforeAll(() => {
  bench = openWorkbench();
});
afterAll(() => bench.remove());

async function parted(name: string, classes: readonly string[], csv?: string): Promise<string> {
  const source = await writeImages(path.join(bench.root, name), classImages(classes, 10));
  const params = csv === undefined ? {} : { labels: 'csv', csv: 'labels.csv' };
  const read = await bench.run(
    'ingest',
    ingest,
    { source: name, ...params },
    { source, ...(csv === undefined ? {} : { csv }) },
  );
  const made = await bench.run('split', split, {}, { dataset: path.join(read.folder, 'dataset') });
  return path.join(made.folder, 'dataset');
}

async function trainOn(dataset: string): Promise<string> {
  return path.join((await bench.run('train', train, QUICK, { dataset })).folder, 'model');
}

test('with three classes every number can be recomputed from the predictions', async () => {
  const dataset = await parted('three', ['a', 'b', 'c']);
  const model = await trainOn(dataset);
  const made = await bench.run('evaluate', evaluate, {}, { dataset, model });
  const [header, ...rows] = parseCsv(made.read('predictions.csv'));
  expect(header).toEqual(['id', 'true', 'predicted', 'a', 'b', 'c']);
  const metrics = made.json('metrics.json');
  expect(metrics.accuracy).toBeCloseTo(rows.filter(([, truth, guess]) => truth === guess).length / rows.length, 12);
  expect(metrics.rocAuc).toBeUndefined();
  const confusion = parseCsv(made.read('confusion.csv')).slice(1);
  for (const [truth, ...counts] of confusion) {
    const guesses = ['a', 'b', 'c'].map((guess) => rows.filter((row) => row[1] === truth && row[2] === guess).length);
    expect(counts.map(Number)).toEqual(guesses);
  }
});

test('a model is not measured on other classes than it knows', async () => {
  const model = await trainOn(await parted('ab', ['a', 'b']));
  const other = await parted('xy', ['x', 'y']);
  await expect(bench.run('evaluate', evaluate, {}, { dataset: other, model })).rejects.toThrow(
    expect.objectContaining({ code: 'E0810' }),
  );
  await expect(bench.run('evaluate', evaluate, {}, { dataset: other, model: other })).rejects.toThrow(
    'holds no model.json',
  );
});

test('a dataset that is not split is neither trained on nor evaluated', async () => {
  const source = await writeImages(path.join(bench.root, 'whole'), classImages(['a', 'b'], 3));
  const read = await bench.run('ingest', ingest, { source: 'whole' }, { source });
  const dataset = path.join(read.folder, 'dataset');
  const refused = expect.objectContaining({ code: 'E0807' });
  await expect(bench.run('train', train, QUICK, { dataset })).rejects.toThrow(refused);
  await expect(bench.run('evaluate', evaluate, {}, { dataset, model: dataset })).rejects.toThrow(refused);
});

test('several labels an image are refused, not mistaken for one', async () => {
  const csv = path.join(bench.root, 'labels.csv');
  const rows = ['a', 'b'].flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}/${i}.png,x;${name}`));
  fs.writeFileSync(csv, `file,label\n${rows.join('\n')}\n`);
  const dataset = await parted('many', ['a', 'b'], csv);
  await expect(bench.run('train', train, QUICK, { dataset })).rejects.toThrow(
    expect.objectContaining({ code: 'E0808' }),
  );
});

test('images of several sizes are refused with the way out', async () => {
  const source = await writeImages(path.join(bench.root, 'sizes'), [
    ...classImages(['a', 'b'], 5),
    { file: 'a/wide.png', width: 30, value: 99 },
  ]);
  const read = await bench.run('ingest', ingest, { source: 'sizes' }, { source });
  const made = await bench.run('split', split, {}, { dataset: path.join(read.folder, 'dataset') });
  const inputs = { dataset: path.join(made.folder, 'dataset') };
  await expect(bench.run('train', train, QUICK, inputs)).rejects.toThrow(expect.objectContaining({ code: 'E0805' }));
});

test('the picture shows every count and escapes names', () => {
  const svg = drawConfusion(
    ['<a>', 'b & c'],
    [
      [31, 4],
      [7, 28],
    ],
  );
  for (const count of [31, 4, 7, 28]) expect(svg).toContain(`>${count}</text>`);
  expect(svg).toContain('&lt;a&gt;');
  expect(svg).toContain('b &amp; c');
});
