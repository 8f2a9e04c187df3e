/**
 * Every stage that makes pixels writes the same bytes on every run, with any number of threads and on every machine of one
 * architecture. Each run is a project of its own: nothing comes from a cache.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { TestProject } from '../support/project.ts';

const SIZES = { cherry: 3, strawberry: 3, tomato: 3 };
const ALL_OPERATIONS = {
  copies: 2,
  flip: ['horizontal', 'vertical'],
  rotate: 20,
  scale: [0.8, 1.2],
  shift: 0.1,
  brightness: 0.2,
  contrast: 0.2,
  saturation: 0.3,
  hue: 30,
  blur: 1.5,
  noise: 6,
  jpeg: 40,
  cutout: 0.3,
  seed: 3,
};

/** Each image stage at least once in either layout, and in grey and colour. */
const STAGES = {
  plates: { uses: 'synthesize', with: { subject: 'plates', counts: { ok: 3, defective: 3 }, seed: 5 } },
  screws: { uses: 'synthesize', with: { subject: 'screws', counts: { ok: 2, defective: 3 }, size: 96, seed: 5 } },
  fruit: {
    uses: 'synthesize',
    with: { subject: 'fruit', counts: SIZES, oddSizes: { tomato: 1 }, size: 80, format: 'jpeg', seed: 5 },
  },
  'ingest-fruit': { uses: 'ingest', from: { images: 'fruit:images' } },
  'ingest-screws': { uses: 'ingest', from: { images: 'screws:images' } },
  'ingest-plates': { uses: 'ingest', from: { images: 'plates:images' } },
  'ingest-photos': { uses: 'ingest', with: { source: 'photos' } },
  'filter-pixels': { uses: 'filter', from: 'ingest-fruit', with: { dimensions: 'modal', layout: 'pixels' } },
  'filter-images': { uses: 'filter', from: 'ingest-photos', with: { nearDuplicates: 4, quality: { dark: 0.1 } } },
  'gray-images': { uses: 'grayscale', from: 'filter-images', with: { clahe: { clipLimit: 2, tiles: 4 } } },
  'gray-pixels': { uses: 'grayscale', from: 'filter-pixels' },
  'transform-cover': {
    uses: 'transform',
    from: 'filter-images',
    with: { resize: { width: 33, height: 47, fit: 'cover' } },
  },
  'transform-pad': {
    uses: 'transform',
    from: 'ingest-screws',
    with: {
      crop: { width: 90, height: 60 },
      resize: { width: 64, height: 64, fit: 'pad', shade: 9 },
      layout: 'images',
    },
  },
  'transform-grow': { uses: 'transform', from: 'ingest-plates', with: { resize: { width: 101, height: 67 } } },
  'augment-pixels': { uses: 'augment', from: 'filter-pixels', with: ALL_OPERATIONS },
  'augment-images': { uses: 'augment', from: 'filter-images', with: { ...ALL_OPERATIONS, quarterTurns: true } },
  'augment-gray': { uses: 'augment', from: 'gray-pixels', with: { clahe: true, copies: 3, seed: 1 } },
  'rand-augment': {
    uses: 'augment',
    from: 'transform-cover',
    with: { copies: 3, policy: { name: 'randaugment', operations: 4, magnitude: 20 } },
  },
  'trivial-augment': {
    uses: 'augment',
    from: 'filter-pixels',
    with: { copies: 4, policy: { name: 'trivialaugment' } },
  },
  audit: { uses: 'audit', from: 'filter-images', with: { nearDuplicates: { orientations: true } } },
};

/** Waves of colour: no two pixels of a neighbourhood are equal, and what a decoder rounds shows. */
function waves(width: number, height: number, shift: number): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at++) {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    data[at] = ((x * x * (channel + 1)) / 40 + (y * (y + shift)) / 30 + ((x * 7) ^ (y * 13)) / 9) & 255;
  }
  return data;
}

/** One file of each kind whose way to pixels is its own. */
async function writePhotos(project: TestProject): Promise<void> {
  const picture = (shift: number, width = 121, height = 90) =>
    sharp(waves(width, height, shift), { raw: { width, height, channels: 3 } });
  const files = {
    'a/fine.jpg': picture(1).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }),
    'a/halved.jpg': picture(2).jpeg({ quality: 70, chromaSubsampling: '4:2:0' }),
    'a/progressive.jpg': picture(3).jpeg({ progressive: true }),
    'a/turned.jpg': picture(4).withMetadata({ orientation: 6 }).jpeg(),
    'a/gray.jpg': picture(5).toColourspace('b-w').jpeg(),
    'b/print.jpg': picture(6).toColourspace('cmyk').jpeg(),
    'b/plain.png': picture(7).png(),
    'b/deep.png': picture(8).toColourspace('rgb16').png(),
    'b/glass.png': picture(9).ensureAlpha(0.4).png(),
    'b/lossy.webp': picture(10).webp({ quality: 60 }),
    'b/scan.tif': picture(11).tiff({ compression: 'lzw' }),
    'b/few.gif': picture(12).gif(),
  };
  for (const [file, image] of Object.entries(files)) project.write(`photos/${file}`, await image.toBuffer());
}

type Digests = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** SHA-256 of each output by stage. */
async function run(threads: number): Promise<Digests> {
  const stages = Object.entries(STAGES).map(([name, stage]) => [name, { ...stage, resources: { cpus: threads } }]);
  const project = new TestProject({
    'pipeline.yaml': JSON.stringify({ version: 1, stages: Object.fromEntries(stages) }),
  });
  try {
    await writePhotos(project);
    // A stage gets no more threads than there are jobs.
    const { code, stderr } = project.pipe(['run', '--jobs', '4']);
    expect(code, stderr).toBe(0);
    const outputs = (stage: string) => {
      const folder = project.path(`artifacts/main/${stage}`);
      const names = fs.readdirSync(folder).sort();
      return Object.fromEntries(names.map((name) => [name, digest(path.join(folder, name))]));
    };
    return Object.fromEntries(Object.keys(STAGES).map((stage) => [stage, outputs(stage)]));
  } finally {
    project.destroy();
  }
}

/** Of a file, or of a folder's names and files. */
function digest(place: string): string {
  const hash = createHash('sha256');
  const add = (at: string) => {
    if (fs.statSync(at).isFile()) hash.update(`${path.relative(place, at)}\n`).update(fs.readFileSync(at));
    else for (const name of fs.readdirSync(at).sort()) add(path.join(at, name));
  };
  add(place);
  return hash.digest('hex').slice(0, 16);
}

let first: Digests;
beforeAll(async () => {
  first = await run(1);
});

for (const threads of [2, 4]) {
  test(`${threads} threads write the bytes that one thread writes, in a run of its own`, async () => {
    expect(await run(threads)).toEqual(first);
  });
}

// Encoders belong to the pictures: with another version of sharp these digests are made anew, by `vitest run --update` of this file.
test.skipIf(process.arch !== 'x64')('another machine writes the bytes that the first one wrote', async () => {
  // What is written for people changes with its wording.
  const pixels = Object.entries(first).map(([stage, outputs]) => [
    stage,
    Object.fromEntries(Object.entries(outputs).filter(([name]) => /^images$|^dataset$|^properties|\.png$/.test(name))),
  ]);
  await expect(`${JSON.stringify(Object.fromEntries(pixels), null, 2)}\n`).toMatchFileSnapshot(
    '../fixtures/same-pixels.json',
  );
});
