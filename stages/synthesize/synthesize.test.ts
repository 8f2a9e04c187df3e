import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import synthesize from './index.ts';

let bench: Workbench;
beforeEach(() => {
  bench = openWorkbench();
});
afterEach(() => bench.remove());

const run = (params: JsonObject) => bench.run('synthesize', synthesize, params);
const lines = (ran: Awaited<ReturnType<typeof run>>) =>
  ran
    .read('truth.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);

test('the pictures are a folder a class, which ingest reads', async () => {
  const made = await run({ subject: 'screws', counts: { ok: 3, defective: 2 }, size: 32 });
  const read = await bench.run('ingest', ingest, {}, { images: path.join(made.folder, 'images') });
  const { info } = openDataset(path.join(read.folder, 'dataset'));
  expect(info).toMatchObject({ counts: { ok: 3, defective: 2 }, shape: [32, 32, 1] });
  expect(lines(made).map(({ truth, defects }) => [truth, (defects as unknown[]).length])).toEqual([
    ['ok', 0],
    ['ok', 0],
    ['ok', 0],
    ['defective', 1],
    ['defective', 1],
  ]);
});

test('more pictures leave the others as they were', async () => {
  const bytes = (ran: Awaited<ReturnType<typeof run>>, file: string) =>
    fs.readFileSync(path.join(ran.folder, 'images', file)).toString('base64');
  const few = await run({ subject: 'fruit', counts: { cherry: 1, strawberry: 1, tomato: 1 }, size: 24 });
  const more = await run({ subject: 'fruit', counts: { cherry: 3, strawberry: 2, tomato: 2 }, size: 24 });
  for (const { file } of lines(few)) expect(bytes(more, String(file))).toBe(bytes(few, String(file)));
  expect(lines(more).slice(0, 1)).toEqual(lines(few).slice(0, 1));
});

test('label noise files some under another class, and the truth is kept', async () => {
  const made = await run({ subject: 'plates', counts: { ok: 40, defective: 40 }, labelNoise: 0.25, seed: 3 });
  const wrong = lines(made).filter(({ label, truth }) => label !== truth);
  expect(wrong.length).toBeGreaterThan(8);
  expect(wrong.length).toBeLessThan(32);
  expect(made.note).toBe(`80 pictures of plates, ${wrong.length} filed under another class`);
  for (const { file, label } of wrong) expect(String(file).startsWith(`${label}/`)).toBe(true);
});

test('fruit may have other sizes, as many of each class as asked for', async () => {
  const made = await run({
    subject: 'fruit',
    counts: { cherry: 4, strawberry: 4, tomato: 4 },
    oddSizes: { cherry: 2, tomato: 1 },
    size: 20,
  });
  const odd = lines(made).filter(({ width, height }) => width !== 20 || height !== 20);
  expect(odd.map(({ truth }) => truth)).toEqual(['cherry', 'cherry', 'tomato']);
});

test('a class that does not exist is refused', async () => {
  await expect(run({ subject: 'screws', counts: { ng: 3 } })).rejects.toThrow(
    expect.objectContaining({ code: 'E0803', message: '`screws` have no class `ng`, but ok, defective' }),
  );
});

test('faults are planted in as many pictures as asked for, named with what they are copies of, and leave the others as they were', async () => {
  const counts = { ok: 6, defective: 4 };
  const clean = await run({ subject: 'screws', counts, size: 32 });
  const faults = { otherLabel: { ok: 1 }, cutShort: { defective: 1 } };
  const made = await run({ subject: 'screws', counts, size: 32, faults });
  expect(made.note).toBe('10 pictures of screws, 1 filed under another class, 2 with a planted fault');
  const faulty = lines(made).filter(({ fault }) => fault !== undefined);
  expect(faulty).toMatchObject([
    { fault: 'otherLabel', label: 'ok', truth: 'defective', of: expect.stringMatching(/^defective\//) },
    { fault: 'cutShort', label: 'defective', truth: 'defective' },
  ]);
  const bytes = (ran: typeof made, file: unknown) => fs.readFileSync(path.join(ran.folder, 'images', String(file)));
  expect(bytes(made, faulty[0]?.file)).toEqual(bytes(made, faulty[0]?.of));
  const sound = lines(made).filter(({ fault }) => fault === undefined);
  expect(sound).toHaveLength(8);
  for (const { file } of sound) expect(bytes(made, file)).toEqual(bytes(clean, file));
});

test('more faults than pictures are refused', async () => {
  const faults = { duplicate: { ok: 2 } };
  await expect(run({ subject: 'screws', counts: { ok: 3, defective: 1 }, size: 16, faults })).rejects.toThrow(
    expect.objectContaining({ code: 'E0803', message: 'there are fewer pictures than `faults` are to be planted in' }),
  );
  await expect(run({ subject: 'screws', faults: { dark: { ng: 1 } } })).rejects.toThrow('have no class `ng`');
});
