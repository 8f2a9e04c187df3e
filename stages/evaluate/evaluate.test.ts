import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { parseCsv } from '../lib/csv.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import threshold from '../threshold/index.ts';
import train from '../train/index.ts';
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
  expect(header).toEqual(['id', 'label', 'predicted', 'a', 'b', 'c']);
  const metrics = made.json('metrics.json');
  const right = rows.filter(([, truth, guess]) => truth === guess).length;
  expect(metrics.accuracy).toMatchObject({ value: right / rows.length });
  const { value, low, high } = metrics.rocAuc as Record<string, number>;
  expect(low).toBeLessThanOrEqual(value as number);
  expect(high).toBeGreaterThanOrEqual(value as number);
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

test('several labels an image: each is a question of its own, and thresholds are chosen on validation', async () => {
  const csv = path.join(bench.root, 'labels.csv');
  const rows = ['a', 'b'].flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}/${i}.png,x;${name}`));
  fs.writeFileSync(csv, `file,label\n${rows.join('\n')}\n`);
  const dataset = await parted('many', ['a', 'b'], csv);
  const model = await trainOn(dataset);
  const chosen = await bench.run('threshold', threshold, {}, { dataset, model });
  const { f1, loss } = chosen.json('metrics.json') as Record<string, Record<string, number>>;
  expect(f1?.after).toBeGreaterThanOrEqual(f1?.before ?? 1);
  expect(loss?.after).toBeLessThanOrEqual((loss?.before ?? 0) + 1e-9);

  const thresholds = path.join(chosen.folder, 'thresholds.json');
  const made = await bench.run('evaluate', evaluate, {}, { dataset, model, thresholds });
  const [header, ...lines] = parseCsv(made.read('predictions.csv'));
  expect(header).toEqual(['id', 'label', 'predicted', 'a', 'b', 'x']);
  expect(lines.every(([, label]) => label === 'a;x' || label === 'b;x')).toBe(true);
  const decision = JSON.parse(fs.readFileSync(thresholds, 'utf8')) as { thresholds: Record<string, number> };
  for (const [, , predicted, ...probabilities] of lines) {
    const above = ['a', 'b', 'x'].filter(
      (name, k) => Number(probabilities[k]) >= (decision.thresholds[name] as number),
    );
    expect(predicted).toBe(above.join(';'));
  }
  expect(parseCsv(made.read('confusion.csv'))[0]).toEqual([
    'class',
    'found',
    'missed',
    'false alarms',
    'rightly absent',
  ]);
  expect(fs.existsSync(path.join(made.folder, 'charts/confusion.svg'))).toBe(false);
});

test('thresholds chosen for other classes are refused', async () => {
  const dataset = await parted('pair', ['a', 'b']);
  const model = await trainOn(dataset);
  const thresholds = path.join(bench.root, 'thresholds.json');
  fs.writeFileSync(thresholds, JSON.stringify({ version: 1, classes: ['x', 'y'], thresholds: null, temperature: 1 }));
  await expect(bench.run('evaluate', evaluate, {}, { dataset, model, thresholds })).rejects.toThrow(
    expect.objectContaining({ code: 'E0850' }),
  );
});

test('of two classes the threshold decides which is predicted', async () => {
  const dataset = await parted('decided', ['a', 'b']);
  const model = await trainOn(dataset);
  const thresholds = path.join(bench.root, 'decided.json');
  const decide = async (b: number) => {
    fs.writeFileSync(
      thresholds,
      JSON.stringify({ version: 1, classes: ['a', 'b'], thresholds: { b }, temperature: 1 }),
    );
    const made = await bench.run('evaluate', evaluate, {}, { dataset, model, thresholds });
    return new Set(
      parseCsv(made.read('predictions.csv'))
        .slice(1)
        .map(([, , predicted]) => predicted),
    );
  };
  expect([...(await decide(0.000001))]).toEqual(['b']);
  expect([...(await decide(0.999999))]).toEqual(['a']);
});

test('a model whose answers are no numbers is refused', async () => {
  const dataset = await parted('diverged', ['a', 'b']);
  const model = await trainOn(dataset);
  const weights = path.join(model, 'weights.bin');
  const size = fs.statSync(weights).size;
  fs.rmSync(weights);
  fs.writeFileSync(weights, new Uint8Array(new Float32Array(size / 4).fill(Number.NaN).buffer));
  await expect(bench.run('evaluate', evaluate, {}, { dataset, model })).rejects.toThrow(
    expect.objectContaining({ code: 'E0851' }),
  );
});

test('the worst mistakes come first, each with its picture; equal input gives equal bytes', async () => {
  const dataset = await parted('mistakes', ['a', 'b', 'c']);
  const model = await trainOn(dataset);
  const [made, again] = [
    await bench.run('evaluate', evaluate, {}, { dataset, model }),
    await bench.run('evaluate', evaluate, {}, { dataset, model }),
  ];
  const [, ...errors] = parseCsv(made.read('errors/errors.csv'));
  const wrong = parseCsv(made.read('predictions.csv')).filter(([, label, guess], i) => i > 0 && label !== guess);
  expect(errors.map(([, id]) => id).sort()).toEqual(wrong.map(([id]) => id).sort());
  const losses = errors.map((row) => Number(row[4]));
  expect(losses).toEqual([...losses].sort((x, y) => y - x));
  for (const [file] of errors)
    expect(fs.statSync(path.join(made.folder, 'errors', file ?? '')).size).toBeGreaterThan(50);
  for (const file of fs.readdirSync(made.folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const place = path.relative(made.folder, path.join(file.parentPath, file.name));
    expect(
      fs.readFileSync(path.join(again.folder, place)).equals(fs.readFileSync(path.join(made.folder, place))),
      place,
    ).toBe(true);
  }
  expect(made.provenance.latencyMs).toMatchObject({ images: expect.any(Number) });
});

test('seeing each image mirrored, too, gives other probabilities that still add up to 1', async () => {
  const dataset = await parted('mirror', ['a', 'b']);
  const model = await trainOn(dataset);
  const plain = await bench.run('evaluate', evaluate, {}, { dataset, model });
  const mirrored = await bench.run('evaluate', evaluate, { mirror: true }, { dataset, model });
  expect(mirrored.read('predictions.csv')).not.toBe(plain.read('predictions.csv'));
  for (const [, , , a, b] of parseCsv(mirrored.read('predictions.csv')).slice(1))
    expect(Number(a) + Number(b)).toBeCloseTo(1, 5);
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
