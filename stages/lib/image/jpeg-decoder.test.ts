import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeJpeg } from './jpeg-decoder.ts';
import { planJpeg } from './jpeg-header.ts';
import { decodeImage } from './raster.ts';

/** 27 x 19 pixels, chroma of half the width, a restart after every second unit. */
const RESTARTS = fs.readFileSync(path.join(import.meta.dirname, 'data/restarts-422.jpg'));

/** Pixels that are neither smooth nor noise, different for every seed. */
function pixels(width: number, height: number, channels: 1 | 3, seed: number) {
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = (i * i * seed + i * 31 + (i % 7 === 0 ? 97 * seed : 0)) % 256;
  return sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
}

/** A file with one more segment, before all others. */
function withSegment(file: Buffer, marker: number, bytes: readonly number[]): Buffer {
  const segment = Buffer.of(0xff, marker, 0, bytes.length + 2, ...bytes);
  return Buffer.concat([file.subarray(0, 2), segment, file.subarray(2)]);
}

/** An EXIF block that says which way up its image is. */
function exif(orientation: number): number[] {
  const entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
  return [...Buffer.from('Exif\0\0II*\0'), 8, 0, 0, 0, 1, 0, ...entry, 0, 0, 0, 0];
}

function ours(file: Buffer) {
  const plan = planJpeg(file);
  const raster = plan === null ? null : decodeJpeg(file, plan);
  return raster === null ? null : { ...raster, data: raster.data.slice() };
}

async function theirs(file: Buffer, channels: number) {
  const { data, info } = await sharp(file, { failOn: 'error' })
    .autoOrient()
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data) };
}

async function expectSame(file: Buffer): Promise<void> {
  const raster = ours(file);
  expect(raster).not.toBeNull();
  expect(raster).toEqual(await theirs(file, raster?.channels ?? 3));
}

test('pixels are those of the library, for every size, quality, sampling and way up', async () => {
  const files = fc.record({
    width: fc.integer({ min: 5, max: 70 }),
    height: fc.integer({ min: 1, max: 50 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    seed: fc.integer({ min: 1, max: 999 }),
    quality: fc.constantFrom(1, 20, 75, 90, 100),
    chromaSubsampling: fc.constantFrom('4:4:4', '4:2:0'),
    optimiseCoding: fc.boolean(),
    orientation: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(files, async ({ width, height, channels, seed, orientation, ...options }) => {
      await expectSame(
        withSegment(await pixels(width, height, channels, seed).jpeg(options).toBuffer(), 0xe1, exif(orientation)),
      );
    }),
    { numRuns: 150 },
  );
});

test('restarts and chroma of half the width alone are read', async () => {
  expect(planJpeg(RESTARTS)).toMatchObject({ across: 2, down: 1, interval: 2 });
  await expectSame(RESTARTS);
});

test('a file that is damaged is left to the library, unless the damage is one that neither sees', async () => {
  const sound = [RESTARTS, await pixels(40, 30, 3, 5).jpeg({ quality: 85 }).toBuffer()];
  const damaged = fc.record({
    file: fc.constantFrom(...sound),
    cut: fc.option(fc.nat({ max: 2000 })),
    places: fc.array(fc.record({ at: fc.integer({ min: 2, max: 2000 }), byte: fc.nat({ max: 255 }) }), {
      maxLength: 3,
    }),
  });
  let left = 0;
  await fc.assert(
    fc.asyncProperty(damaged, async ({ file, cut, places }) => {
      const bytes = Buffer.from(file.subarray(0, cut ?? file.length));
      for (const { at, byte } of places) if (bytes.length > 2) bytes[2 + (at % (bytes.length - 2))] = byte;
      const raster = ours(bytes);
      if (raster === null) left++;
      else expect(raster).toEqual(await theirs(bytes, raster.channels));
    }),
    { numRuns: 400 },
  );
  expect(left).toBeGreaterThan(100);
  for (const file of sound) {
    await expect(decodeImage(file.subarray(0, file.length - 40))).rejects.toThrow(/premature|end of/i);
  }
});

/** A file with a byte changed. @param behind  of the first segment of this marker */
function changed(file: Buffer, marker: number, behind: number, byte: number): Buffer {
  const copy = Buffer.from(file);
  copy[file.indexOf(Buffer.of(0xff, marker)) + behind] = byte;
  return copy;
}

test('first coefficients that no image has, and units that cannot be, are left to the library', async () => {
  const gray = await pixels(16, 16, 1, 7).jpeg({ quality: 100 }).toBuffer();
  expect(ours(gray)).not.toBeNull();
  const coarse = changed(gray, 0xdb, 5, 255);
  expect(ours(coarse)).toBeNull();
  expect(Buffer.from((await decodeImage(coarse)).data)).toEqual(Buffer.from((await theirs(coarse, 1)).data));
  for (const sampling of [0x01, 0x10, 0x51]) {
    await expect(decodeImage(changed(gray, 0xc0, 11, sampling))).rejects.toThrow(/sampling/);
  }
});

test('what says the colours and the way up counts under its own marker alone', async () => {
  const image = () => pixels(16, 16, 3, 7);
  const plain = await image().jpeg().toBuffer();
  expect(planJpeg(withSegment(plain, 0xe1, exif(6)))?.orientation).toBe(6);
  const elsewhere = withSegment(plain, 0xe5, exif(6));
  expect(planJpeg(elsewhere)?.orientation).toBe(1);
  await expectSame(elsewhere);

  let rgb: Buffer = await image().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
  for (const [i, letter] of [...Buffer.from('RGB')].entries()) {
    rgb = changed(changed(rgb, 0xc0, 10 + 3 * i, letter), 0xda, 5 + 2 * i, letter);
  }
  const jfif = [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0];
  const adobe = [...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 1];
  for (const [marker, bytes] of [
    [0xe0, jfif],
    [0xee, adobe],
  ] as const) {
    await expectSame(withSegment(rgb, marker, bytes));
    for (const other of [withSegment(rgb, 0xe5, bytes), withSegment(rgb, marker, bytes.slice(0, 5))]) {
      expect(ours(other)).toBeNull();
      expect(Buffer.compare((await decodeImage(other)).data, (await theirs(rgb, 3)).data)).toBe(0);
    }
  }
});

test('what follows the image takes no memory', async () => {
  const file = await pixels(16, 16, 3, 7).jpeg().toBuffer();
  expect(ours(Buffer.concat([file, Buffer.alloc(100)]))).not.toBeNull();
  expect(ours(Buffer.concat([file, Buffer.alloc(64 << 20)]))).toBeNull();
});

test('what is not plain is left to the library: its pixels are the same as ever', async () => {
  const image = () => pixels(24, 16, 3, 3);
  const others = [
    await image().jpeg({ progressive: true }).toBuffer(),
    await image().toColourspace('cmyk').jpeg().toBuffer(),
    await image().withIccProfile('p3').jpeg().toBuffer(),
    await pixels(3, 3, 3, 3).jpeg({ chromaSubsampling: '4:2:0' }).toBuffer(),
  ];
  for (const file of others) {
    expect(ours(file)).toBeNull();
    expect(await decodeImage(file)).toEqual({ ...(await theirs(file, 3)), data: expect.anything() });
  }
});

test('pixels that are kept stay as they are when the next image is decoded', async () => {
  const [first, second] = await Promise.all([1, 2].map((seed) => pixels(20, 20, 3, seed).jpeg().toBuffer()));
  const kept = await decodeImage(first as Buffer);
  const before = kept.data.slice();
  await decodeImage(second as Buffer);
  expect(kept.data).toEqual(before);
});
