import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { encodePng, type Raster } from '../lib/image/raster.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import audit from './index.ts';

let bench: Workbench;
let source: string;
beforeEach(() => {
  bench = openWorkbench();
  source = path.join(bench.root, 'source');
});
afterEach(() => bench.remove());

/** A picture with blobs where the seed puts them: pictures of different seeds do not look alike. */
function picture(seed: number, { gray = false, width = 48, height = 40 } = {}): Raster {
  const data = new Uint8Array(width * height * 3);
  let state = seed * 2654435761 + 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const blobs = Array.from({ length: 6 }, () => [
    next() * width,
    next() * height,
    4 + next() * 8,
    next(),
    next(),
    next(),
  ]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = [60 + x, 70 + y, 80 + ((x * y) % 23)];
      for (const [bx = 0, by = 0, radius = 1, ...shade] of blobs) {
        if ((x - bx) ** 2 + (y - by) ** 2 < radius ** 2)
          shade.forEach((part, c) => {
            colour[c] = Math.round(255 * part);
          });
      }
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = (gray ? colour[0] : colour[c]) ?? 0;
    }
  }
  return { width, height, channels: 3, data };
}

async function put(file: string, raster: Raster): Promise<void> {
  fs.mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
  fs.writeFileSync(path.join(source, file), await encodePng(raster));
}

async function run(params: JsonObject = {}, ingestParams: JsonObject = { splits: 'folders' }) {
  const read = await bench.run('ingest', ingest, { source: 'source', ...ingestParams }, { source });
  return bench.run('audit', audit, params, { dataset: path.join(read.folder, 'dataset') });
}

/** Two classes in three splits, nothing wrong with any picture. */
async function cleanSource(): Promise<void> {
  let seed = 1;
  for (const [split, count] of [
    ['train', 6],
    ['validation', 2],
    ['test', 2],
  ] as const) {
    for (const name of ['bad', 'ok']) {
      for (let i = 0; i < count; i++) await put(`${split}/${name}/${i}.png`, picture(seed++));
    }
  }
}

const found = (ran: Awaited<ReturnType<typeof run>>) => ran.json('audit.json').findings as Record<string, number>;

test('a clean dataset has no errors, and its test split is called small before anything is trained', async () => {
  await cleanSource();
  const ran = await run();
  expect(found(ran)).toEqual({ 'small-test': 1 });
  expect(ran.json('audit.json').test).toMatchObject({ images: 4 });
  expect(ran.note).toBe('20 images: 0 errors, 1 warnings');
});

test('where all images have one label there is nothing to tell apart', async () => {
  for (let i = 0; i < 3; i++) await put(`ok/${i}.png`, picture(i + 1));
  expect(found(await run({}, {}))).toEqual({ 'single-class': 1 });
  expect(found(await run({}, { classes: ['bad', 'ok'] }))).toEqual({ 'single-class': 1, 'empty-class': 1 });
});

test('equal pixels in two splits, and with two labels, are errors that name the images', async () => {
  await cleanSource();
  await put('test/ok/leak.png', picture(1));
  await put('train/ok/liar.png', picture(2));
  const ran = await run();
  expect(found(ran)).toMatchObject({ 'duplicate-across-splits': 1, 'duplicate-with-another-label': 2 });
  const lines = ran.read('findings.csv');
  expect(lines).toContain('error,duplicate-across-splits,test/ok/leak.png;train/bad/0.png,2,');
  expect(lines).toContain('error,duplicate-with-another-label,train/bad/1.png;train/ok/liar.png,2,');
});

test('a picture made brighter is a near duplicate, and across splits an error', async () => {
  await cleanSource();
  const { data, ...size } = picture(3);
  await put('test/bad/near.png', { ...size, data: data.map((value) => Math.min(255, value + 6)) });
  expect(found(await run())).toMatchObject({ 'near-duplicate-across-splits': 1 });
  expect(found(await run({ nearDuplicates: null }))).toEqual({ 'small-test': 1 });
});

/** Transposed, then mirrored along x, then along y, as asked. */
function turned({ data, width, height, channels }: Raster, orientation: number): Raster {
  const [transpose, mirrorX, mirrorY] = [orientation & 4, orientation & 1, orientation & 2];
  const size = transpose ? { width: height, height: width } : { width, height };
  const result = new Uint8Array(data.length);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [u, v] = [mirrorX ? size.width - 1 - x : x, mirrorY ? size.height - 1 - y : y];
      const from = (transpose ? u * width + v : v * width + u) * channels;
      result.set(data.subarray(from, from + channels), (y * size.width + x) * channels);
    }
  }
  return { ...size, channels, data: result };
}

test('a mirrored or turned picture in another split is an error, whichever way it was turned', async () => {
  await cleanSource();
  for (let orientation = 1; orientation < 8; orientation++) {
    await put(`validation/bad/turned-${orientation}.png`, turned(picture(3 + orientation), orientation));
  }
  const ran = await run();
  const pairs = ran.read('findings.csv').match(/near-duplicate.*one mirrored or turned/g) ?? [];
  expect(pairs).toHaveLength(7);
  expect(found(ran)['near-duplicate-across-splits']).toBe(7);
  const asTheyStand = found(await run({ nearDuplicates: { orientations: false } }));
  expect(asTheyStand['near-duplicate-across-splits']).toBeUndefined();
});

test('dark, light, empty and long pictures, grey ones stored as colour, and unreadable files are each named', async () => {
  await cleanSource();
  const flat = (value: number, width = 48): Raster => ({
    width,
    height: 40,
    channels: 3,
    data: Uint8Array.from({ length: width * 40 * 3 }, (_, at) => value + (at % 3)),
  });
  await put('train/ok/dark.png', flat(10));
  await put('train/ok/light.png', flat(253));
  await put('train/ok/long.png', picture(90, { width: 200 }));
  await put('train/ok/gray.png', picture(91, { gray: true }));
  fs.writeFileSync(path.join(source, 'train/ok/broken.png'), 'no image');
  const ran = await run();
  expect(found(ran)).toMatchObject({
    unreadable: 1,
    dark: 1,
    light: 1,
    'low-information': 2,
    blurred: 2,
    'odd-aspect': 1,
    'gray-coded-as-colour': 1,
  });
  expect(ran.json('metrics.json')).toMatchObject({ images: 25, grayCoded: 1 });
});

test('grey that comes with one class only gives the label away', async () => {
  for (let i = 0; i < 12; i++) {
    await put(`ok/${i}.png`, picture(i + 1, { gray: true }));
    await put(`bad/${i}.png`, picture(i + 50));
  }
  expect(found(await run({}, {}))).toMatchObject({ 'gray-coded-as-colour': 12, 'gray-predicts-label': 1 });
});

test('splits taken under another light are told apart', async () => {
  for (let i = 0; i < 30; i++) {
    await put(`train/${i % 2 ? 'ok' : 'bad'}/${i}.png`, picture(i + 1));
    const { data, ...size } = picture(i + 100);
    await put(`test/${i % 2 ? 'ok' : 'bad'}/${i}.png`, { ...size, data: data.map((value) => value * 0.6) });
  }
  const ran = await run();
  expect(found(ran)).toMatchObject({ 'splits-told-apart': 1 });
  expect(found(ran).drift).toBeGreaterThan(0);
});

test('the labels doubted most are swapped ones', async () => {
  const swapped = (i: number) => i % 13 === 5;
  for (let i = 0; i < 40; i++) {
    // Class ok is reddish, bad is bluish: a rule that a classifier on colours finds.
    for (const [name, other, channel] of [
      ['ok', 'bad', 0],
      ['bad', 'ok', 2],
    ] as const) {
      const { data, ...size } = picture(i + 1 + 100 * channel);
      const tinted = data.map((value, at) => (at % 3 === channel ? Math.min(255, value + 90) : value));
      await put(`${swapped(i) ? other : name}/${name}-${i}.png`, { ...size, data: tinted });
    }
  }
  const lines = (await run({}, {})).read('findings.csv').split('\n');
  const doubted = lines.filter((line) => line.includes(',label-issue,')).map((line) => line.split(',')[2] ?? '');
  expect(doubted.length).toBeGreaterThanOrEqual(3);
  const few = await run({ labelIssues: 2 }, {});
  expect(few.json('audit.json').baseline).toMatchObject({ labelIssues: doubted.length });
  expect(found(few)['label-issue']).toBe(2);
  for (const file of doubted.slice(0, 3)) expect(swapped(Number(/-(\d+)\.png/.exec(file)?.[1])), file).toBe(true);
});

test('a rule fails the pipeline, and the message tells what was found', async () => {
  await cleanSource();
  await put('test/ok/leak.png', picture(1));
  await expect(run({ fail: ['duplicate-across-splits'] })).rejects.toThrow(
    expect.objectContaining({ code: 'E0870', message: expect.stringContaining('have equal pixels and are in') }),
  );
});

test('what comes from the data cannot become markup of the page', async () => {
  await put('<b>&"x/1.png', picture(1));
  await put('x" onerror="y/1.png', picture(2));
  const page = (await run({ notes: { 'Who <made> it?': 'a & b' } }, {})).read('audit.html');
  for (const raw of ['<b>&"x', 'x" onerror', '<made>']) expect(page.includes(raw), raw).toBe(false);
  for (const shown of ['&lt;b&gt;&amp;&quot;x', 'Who &lt;made&gt; it?']) expect(page.includes(shown), shown).toBe(true);
  expect(/https?:/.test(page)).toBe(false);
});

test('the same dataset gives the same bytes, from the cache and anew', async () => {
  await cleanSource();
  const first = await run();
  const second = await run();
  for (const output of ['audit.html', 'audit.json', 'findings.csv', 'properties.csv']) {
    expect(second.read(output) === first.read(output), output).toBe(true);
  }
});
