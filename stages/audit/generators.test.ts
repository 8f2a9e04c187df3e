/** What the generators plant, the audit finds: all of it, and nothing else of the kind. */
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { parseCsv } from '../lib/csv.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import synthesize from '../synthesize/index.ts';
import audit from './index.ts';

let bench: Workbench;
beforeEach(() => {
  bench = openWorkbench();
});
afterEach(() => bench.remove());

interface Line {
  readonly file: string;
  readonly label: string;
  readonly truth: string;
  readonly fault?: string;
  readonly of?: string;
  readonly width: number;
}

async function auditOf(params: JsonObject, auditParams: JsonObject = {}) {
  const drawn = await bench.run('synthesize', synthesize, { seed: 11, difficulty: 0.3, ...params });
  const truth = drawn
    .read('truth.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const read = await bench.run('ingest', ingest, {}, { images: path.join(drawn.folder, 'images') });
  const ran = await bench.run('audit', audit, auditParams, { dataset: path.join(read.folder, 'dataset') });
  const [, ...rows] = parseCsv(ran.read('findings.csv'));
  /** Images of each finding of a kind, as text. */
  const found = (...kinds: string[]) =>
    rows
      .filter(([, kind = '']) => kinds.includes(kind))
      .map(([, , images = '']) => images.split(';').sort().join(' + '))
      .sort();
  const planted = (...faults: string[]) =>
    truth
      .filter(({ fault = '' }) => faults.includes(fault))
      .map(({ file, of }) => [file, ...(of ? [of] : [])].sort().join(' + '))
      .sort();
  return { ran, truth, found, planted };
}

/** What stands out by itself: a fault may bring others with it, as what is overexposed has few shades and edges. */
const LOOKS = ['dark', 'light', 'blurred', 'low-information', 'gray-coded-as-colour'];

for (const [subject, [first, second], size] of [
  ['plates', ['ok', 'defective'], 60],
  ['screws', ['ok', 'defective'], 128],
  ['fruit', ['cherry', 'tomato'], 64],
] as const) {
  test(`${subject}: copies, wrong labels and spoilt pictures are found as they were planted, and no others`, async () => {
    const { found, planted, ran } = await auditOf({
      subject,
      size,
      counts: { [first]: 24, [second]: 22, ...(subject === 'fruit' ? { strawberry: 10 } : {}) },
      faults: {
        duplicate: { [first]: 2, [second]: 1 },
        otherLabel: { [second]: 1 },
        mirrored: { [first]: 1, [second]: 1 },
        dark: { [first]: 1 },
        light: { [second]: 2 },
        blurred: { [first]: 2 },
        empty: { [first]: 1 },
        gray: { [second]: 2 },
        cutShort: { [first]: 1, [second]: 1 },
      },
    });
    expect(found('unreadable')).toEqual(planted('cutShort'));
    expect(found('duplicate')).toEqual(planted('duplicate'));
    expect(found('duplicate-with-another-label')).toEqual(planted('otherLabel'));
    expect(found('dark')).toEqual(planted('dark'));
    expect(found('light')).toEqual(planted('light'));
    expect(found('gray-coded-as-colour')).toEqual(planted('gray'));
    expect(found('blurred')).toEqual(expect.arrayContaining(planted('blurred', 'empty')));
    expect(found('low-information')).toEqual(expect.arrayContaining(planted('empty')));
    const spoilt = planted('dark', 'light', 'blurred', 'empty', 'gray');
    expect([...new Set(found(...LOOKS))].sort()).toEqual(spoilt);
    const mirrored = found('near-duplicate', 'near-duplicate-with-another-label');
    expect(mirrored).toEqual(expect.arrayContaining(planted('mirrored')));
    // All plates look alike: there a hash says nothing.
    if (subject !== 'plates') expect(certain(ran.read('findings.csv'))).toEqual(planted('mirrored'));
  });
}

/** Pairs that are mirrored and near without a doubt. */
function certain(findings: string): string[] {
  const near = parseCsv(findings).filter(([, , , value, text = '']) => Number(value) <= 4 && text.includes('mirrored'));
  return near.map(([, , images = '']) => images.split(';').sort().join(' + ')).sort();
}

test('pictures of other sizes are found as they were planted, and counted by size', async () => {
  const { found, truth, ran } = await auditOf({
    subject: 'fruit',
    size: 48,
    counts: { cherry: 20, strawberry: 20, tomato: 20 },
    oddSizes: { cherry: 2, tomato: 1 },
  });
  const odd = truth.filter(({ width }) => width !== 48);
  expect(odd).toHaveLength(3);
  expect(found('odd-size')).toEqual(odd.map(({ file }) => file).sort());
  expect(parseCsv(ran.read('dimensions.csv'))[1]).toEqual(['48', '48', '3', '57']);
});

test('grey that was planted in one class gives the label away', async () => {
  const { found } = await auditOf({
    subject: 'fruit',
    size: 32,
    counts: { cherry: 12, strawberry: 12, tomato: 12 },
    faults: { gray: { tomato: 9 } },
  });
  expect(found('gray-coded-as-colour')).toHaveLength(9);
  expect(found('gray-predicts-label')).toHaveLength(1);
});

test('among the labels in doubt are those that were planted wrong, twice as many as chance would name', async () => {
  const { found, truth } = await auditOf({
    subject: 'fruit',
    size: 32,
    counts: { cherry: 120, strawberry: 120, tomato: 120 },
    labelNoise: 0.08,
    difficulty: 0.1,
  });
  const wrong = new Set(truth.filter(({ label, truth: shows }) => label !== shows).map(({ file }) => file));
  const doubted = found('label-issue');
  const hits = doubted.filter((file) => wrong.has(file)).length;
  expect(hits / doubted.length).toBeGreaterThan((2 * wrong.size) / truth.length);
});

for (const [subject, count] of [
  ['plates', 24],
  ['screws', 60],
] as const) {
  test(`no single number of a picture gives away which ${subject} are defective`, async () => {
    const { ran } = await auditOf({ subject, size: 64, counts: { ok: count, defective: count } });
    const traits = ran.json('audit.json').traits as { property: string; area: number }[];
    expect(traits.length).toBeGreaterThan(8);
    // Three standard errors of an area of 0.5 with so many pictures of each.
    for (const { property, area } of traits)
      expect(Math.abs(area - 0.5), property).toBeLessThan(0.5 / Math.sqrt(count / 6));
  });
}
