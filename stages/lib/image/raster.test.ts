import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage, encodePng, type Raster, withChannels } from './raster.ts';

const grey: Raster = { width: 5, height: 3, channels: 1, data: Uint8Array.from({ length: 15 }, (_, i) => i * 17) };
const colour: Raster = { width: 5, height: 3, channels: 3, data: Uint8Array.from({ length: 45 }, (_, i) => i * 5) };

test('PNG keeps every pixel and the number of channels', async () => {
  for (const image of [grey, colour]) {
    const back = await decodeImage(await encodePng(image));
    expect({ ...back, data: [...back.data] }).toEqual({ ...image, data: [...image.data] });
  }
});

test('equal pixels give equal bytes', async () => {
  expect(await encodePng(colour)).toEqual(await encodePng(colour));
});

test('alpha is dropped and orientation is applied', async () => {
  const pixels = Uint8Array.from({ length: 5 * 3 * 4 }, (_, i) => (i % 4 === 3 ? 0 : i));
  const png = await sharp(pixels, { raw: { width: 5, height: 3, channels: 4 } })
    .png()
    .toBuffer();
  expect((await decodeImage(png)).channels).toBe(3);
  const turned = await sharp(colour.data, { raw: { width: 5, height: 3, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  expect([(await decodeImage(turned)).width, (await decodeImage(turned)).height]).toEqual([3, 5]);
});

test('a file cut short is no image, whatever its format', async () => {
  const noise = Uint8Array.from({ length: 30_000 }, (_, i) => (i * i * 31 + i * 7) % 256);
  const image = sharp(noise, { raw: { width: 100, height: 100, channels: 3 } });
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const whole = await image.clone().toFormat(format).toBuffer();
    await expect(decodeImage(whole.subarray(0, whole.length - 200))).rejects.toThrow();
  }
});

test('grey among coloured images gets three equal channels; colour among grey ones is refused', () => {
  expect([...withChannels(grey, 3).data.subarray(3, 6)]).toEqual([17, 17, 17]);
  expect(() => withChannels(colour, 1)).toThrow('an image in colour cannot stand among grey ones');
});
