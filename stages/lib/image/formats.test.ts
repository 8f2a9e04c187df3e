import sharp from 'sharp';
import { expect, test } from 'vitest';
import { formatNamed, formatOf } from './image-format.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { PixelBudget } from './pixel-budget.ts';
import { decodeImage } from './raster.ts';

const flat = (red: number, green: number, blue: number, alpha?: number) =>
  sharp({
    create: {
      width: 4,
      height: 3,
      channels: alpha === undefined ? 3 : 4,
      background: { r: red, g: green, b: blue, ...(alpha === undefined ? {} : { alpha }) },
    },
  });

/** Bytes of a BMP of 4 x 3 pixels whose value depends on the place: 8 bits with a palette, 24 or 32. */
function bmp(bits: 8 | 24 | 32, options: { topDown?: boolean; palette?: (i: number) => number[] } = {}): Buffer {
  const palette = bits === 8 ? Array.from({ length: 256 }, (_, i) => options.palette?.(i) ?? [i, i, i, 0]).flat() : [];
  const line = Math.ceil((4 * bits) / 32) * 4;
  const file = Buffer.alloc(54 + palette.length + line * 3);
  file.write('BM');
  file.writeUInt32LE(54 + palette.length, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(4, 18);
  file.writeInt32LE(options.topDown ? -3 : 3, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.set(palette, 54);
  for (let y = 0; y < 3; y++) {
    const row = options.topDown ? y : 2 - y;
    for (let x = 0; x < 4; x++) {
      const at = 54 + palette.length + row * line + (x * bits) / 8;
      file.set(bits === 8 ? [y * 10 + x] : [y, x, 200], at);
    }
  }
  return file;
}

/** A TIFF of 2 x 1 grey pixels with 16 bits each, by hand: sharp writes none. */
function tiff16(first: number, second: number): Buffer {
  const entries = [
    [256, 3, 1, 2],
    [257, 3, 1, 1],
    [258, 3, 1, 16],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 3, 1, 1],
    [279, 4, 1, 4],
  ] as const;
  const file = Buffer.alloc(12 + 2 + entries.length * 12 + 4);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(12, 4);
  file.writeUInt16LE(first, 8);
  file.writeUInt16LE(second, 10);
  file.writeUInt16LE(entries.length, 12);
  entries.forEach(([tag, type, count, value], i) => {
    file.writeUInt16LE(tag, 14 + i * 12);
    file.writeUInt16LE(type, 16 + i * 12);
    file.writeUInt32LE(count, 18 + i * 12);
    file.writeUInt32LE(value, 22 + i * 12);
  });
  return file;
}

test('every format is known by its content and decoded to the same colour', async () => {
  const files = {
    PNG: await flat(200, 100, 50).png().toBuffer(),
    WebP: await flat(200, 100, 50).webp({ lossless: true }).toBuffer(),
    TIFF: await flat(200, 100, 50).tiff({ compression: 'lzw' }).toBuffer(),
    GIF: await flat(200, 100, 50).gif().toBuffer(),
    JPEG: await flat(200, 100, 50).jpeg({ quality: 100 }).toBuffer(),
    AVIF: await flat(200, 100, 50).avif({ quality: 100 }).toBuffer(),
  };
  for (const [format, file] of Object.entries(files)) {
    expect(formatOf(file)).toBe(format);
    const { width, height, channels, data } = await decodeImage(file);
    expect([width, height, channels]).toEqual([4, 3, 3]);
    [200, 100, 50].forEach((value, c) => {
      expect(Math.abs((data[c] as number) - value)).toBeLessThanOrEqual(format === 'AVIF' ? 3 : 1);
    });
  }
  expect([formatNamed('a.JPG'), formatNamed('b.tif'), formatNamed('c.svg'), formatNamed('bmp')]).toEqual([
    'JPEG',
    'TIFF',
    null,
    null,
  ]);
});

test('BMP of 8, 24 and 32 bits is read from either end, and grey palettes give one channel', async () => {
  for (const topDown of [false, true]) {
    for (const bits of [24, 32] as const) {
      const { channels, data } = await decodeImage(bmp(bits, { topDown }));
      expect([channels, ...data.subarray(0, 6)]).toEqual([3, 200, 0, 0, 200, 1, 0]);
      expect([...data.subarray(-3)]).toEqual([200, 3, 2]);
    }
    const gray = await decodeImage(bmp(8, { topDown }));
    expect([gray.channels, ...gray.data]).toEqual([1, 0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]);
  }
  const coloured = await decodeImage(bmp(8, { palette: (i) => [i, 5, 6, 0] }));
  expect([coloured.channels, ...coloured.data.subarray(3, 6)]).toEqual([3, 6, 5, 1]);
  await expect(decodeImage(bmp(24).subarray(0, 80))).rejects.toThrow('cut short');
  const packed = bmp(8);
  packed.writeUInt32LE(1, 30);
  await expect(decodeImage(packed)).rejects.toThrow('BMP of 8 bits with compression 1');
});

test('16 bits are scaled to eight, in grey, colour and beside an alpha channel', async () => {
  const deep = (values: number[], channels: 1 | 3 | 4) =>
    sharp(new Uint16Array(Array.from({ length: 4 }, () => values).flat()), { raw: { width: 2, height: 2, channels } })
      .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
      .png()
      .toBuffer();
  expect([...(await decodeImage(await deep([0xabcd], 1))).data]).toEqual([0xab, 0xab, 0xab, 0xab]);
  for (const [values, channels] of [
    [[0xabcd, 0x1234, 0xffff], 3],
    [[0xabcd, 0x1234, 0xffff, 0x10], 4],
  ] as const) {
    const decoded = await decodeImage(await deep([...values], channels));
    expect([decoded.channels, ...decoded.data.subarray(0, 3)]).toEqual([3, 0xab, 0x12, 0xff]);
  }
  const tiff = await decodeImage(tiff16(0x12ff, 0xfe01));
  expect(tiff.channels).toBe(1);
  [0x12, 0xfe].forEach((value, i) => {
    expect(Math.abs((tiff.data[i] as number) - value)).toBeLessThanOrEqual(1);
  });
});

test('CMYK becomes sRGB', async () => {
  const file = await flat(220, 40, 40).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  expect((await sharp(file).metadata()).space).toBe('cmyk');
  const { channels, data } = await decodeImage(file);
  expect(channels).toBe(3);
  expect((data[0] as number) - Math.max(data[1] as number, data[2] as number)).toBeGreaterThan(150);
});

test('the header of a JPEG says what its decoder says, however it is coded', async () => {
  const picture = sharp({ create: { width: 37, height: 21, channels: 3, background: { r: 9, g: 99, b: 199 } } });
  const files = [
    await picture.clone().jpeg().toBuffer(),
    await picture.clone().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    await picture.clone().toColourspace('cmyk').jpeg().toBuffer(),
    await picture.clone().toColourspace('b-w').jpeg().toBuffer(),
  ];
  for (const file of files) {
    const { width, height, space } = await sharp(file).metadata();
    expect(readJpegHeader(file)).toEqual({ width, height, isGray: space === 'b-w' });
  }
  const [whole = Buffer.alloc(0)] = files;
  expect(readJpegHeader(whole.subarray(0, 100))).toBe(null);
  await expect(decodeImage(whole.subarray(0, 100))).rejects.toThrow();
});

test('an alpha channel is dropped; what lies beneath it is kept, in colour and in grey', async () => {
  const png = await flat(200, 100, 50, 0).png().toBuffer();
  expect([...(await decodeImage(png)).data.subarray(0, 3)]).toEqual([200, 100, 50]);
  const gray = await sharp(Uint8Array.of(90, 0, 90, 255), { raw: { width: 2, height: 1, channels: 2 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  const decoded = await decodeImage(gray);
  expect([decoded.channels, ...decoded.data]).toEqual([1, 90, 90]);
});

test('each EXIF orientation is applied once', async () => {
  // Left to right 0 1 2 in the upper row, 3 4 5 in the lower; what orientation n shows, from the EXIF standard's table.
  const shown: Record<number, number[]> = {
    1: [0, 1, 2, 3, 4, 5],
    2: [2, 1, 0, 5, 4, 3],
    3: [5, 4, 3, 2, 1, 0],
    4: [3, 4, 5, 0, 1, 2],
    5: [0, 3, 1, 4, 2, 5],
    6: [3, 0, 4, 1, 5, 2],
    7: [5, 2, 4, 1, 3, 0],
    8: [2, 5, 1, 4, 0, 3],
  };
  for (const [orientation, values] of Object.entries(shown)) {
    const file = await sharp(Uint8Array.of(0, 1, 2, 3, 4, 5), { raw: { width: 3, height: 2, channels: 1 } })
      .withMetadata({ orientation: Number(orientation) })
      .png()
      .toBuffer();
    const { data, channels } = await decodeImage(file);
    expect([...data].filter((_, i) => i % channels === 0)).toEqual(values);
  }
});

test('of an animation the first frame is taken', async () => {
  const frames = Buffer.concat([Buffer.alloc(4 * 4 * 3, 250), Buffer.alloc(4 * 4 * 3, 10)]);
  for (const format of ['gif', 'webp'] as const) {
    const file = await sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .toFormat(format, { loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(file).metadata()).pages).toBe(2);
    const { width, height, data } = await decodeImage(file);
    expect([width, height, (data[0] as number) > 240]).toEqual([4, 4, true]);
  }
});

test('what is no image of these formats says so, drawings included', async () => {
  await expect(decodeImage(Buffer.from('just a text\n'))).rejects.toThrow('the content is that of no image');
  await expect(decodeImage(new Uint8Array())).rejects.toThrow('the file is empty');
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  await expect(decodeImage(Buffer.from(drawing))).rejects.toThrow('JPEG, PNG, WebP');
});

test('images are decoded at once only as far as their pixels fit together', async () => {
  const budget = new PixelBudget(10);
  const events: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string, pixels: number) =>
    budget.within(pixels, () => {
      events.push(name);
      return new Promise<void>((end) => ends.set(name, end));
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const all = [work('a', 6), work('b', 4), work('c', 10), work('d', 1)];
  await settle();
  expect(events).toEqual(['a', 'b']);
  ends.get('a')?.();
  await settle();
  // Neither may the small one overtake the large one, or that would wait for ever.
  expect(events).toEqual(['a', 'b']);
  ends.get('b')?.();
  await settle();
  expect(events).toEqual(['a', 'b', 'c']);
  ends.get('c')?.();
  await settle();
  ends.get('d')?.();
  await Promise.all(all);
  expect(events).toEqual(['a', 'b', 'c', 'd']);
});
