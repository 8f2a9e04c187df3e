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
        await pixels(width, height, channels, seed)
          .withExif({ IFD0: { Orientation: String(orientation) } })
          .jpeg(options)
          .toBuffer(),
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
