import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pillowGray, toGray } from './luma.ts';
import type { Raster } from './raster.ts';
import { noiseImage } from './testing.ts';
import { scaleBrightness, type Warp, warpImage } from './warp.ts';

const still = { degrees: 0, scale: 1, flipHorizontal: false, flipVertical: false };

function picture(width: number, height: number, channels: 1 | 3 = 1): Raster {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 251);
  return { width, height, channels, data };
}

test('nothing asked, nothing changed', () => {
  const image = picture(7, 5, 3);
  expect(warpImage(image, still).data).toEqual(image.data);
});

test('a flip is exact and its own inverse', () => {
  const image = picture(6, 4, 3);
  const flipped = warpImage(image, { ...still, flipHorizontal: true });
  expect([...flipped.data.subarray(0, 3)]).toEqual([...image.data.subarray(15, 18)]);
  expect(warpImage(flipped, { ...still, flipHorizontal: true }).data).toEqual(image.data);
  const upsideDown = warpImage(image, { ...still, flipVertical: true });
  expect([...upsideDown.data.subarray(0, 18)]).toEqual([...image.data.subarray(54, 72)]);
});

test('half a turn equals both flips', () => {
  const image = picture(9, 6);
  const turned = warpImage(image, { ...still, degrees: 180 });
  expect(turned.data).toEqual(warpImage(image, { ...still, flipHorizontal: true, flipVertical: true }).data);
});

test('a quarter turn of a square moves the left column to the top, read from below', () => {
  const image = picture(5, 5);
  const turned = warpImage(image, { ...still, degrees: 90 });
  const leftColumn = [4, 3, 2, 1, 0].map((y) => image.data[y * 5]);
  const sides = [[...turned.data.subarray(0, 5)], [...turned.data.subarray(20, 25)].reverse()];
  expect(sides).toContainEqual(leftColumn);
});

test('magnifying a linear ramp halves its slope', () => {
  const ramp: Raster = {
    width: 41,
    height: 3,
    channels: 1,
    data: Uint8Array.from({ length: 123 }, (_, i) => (i % 41) * 4),
  };
  const { data } = warpImage(ramp, { ...still, scale: 2 });
  expect((data[62 + 5] as number) - (data[62 - 5] as number)).toBe(20);
});

test('the border is mirrored: a constant image stays constant at any angle', () => {
  const image: Raster = { width: 30, height: 20, channels: 1, data: new Uint8Array(600).fill(77) };
  const { data } = warpImage(image, { degrees: 33, scale: 0.5, flipHorizontal: true, flipVertical: false });
  expect(new Set(data)).toEqual(new Set([77]));
});

test('brightness is limited to 255 and 1024 is the identity', () => {
  const image = picture(8, 8);
  expect(scaleBrightness(image, 1024).data).toEqual(image.data);
  expect(scaleBrightness({ ...image, data: Uint8Array.of(100, 200) }, 1536).data).toEqual(Uint8Array.of(150, 255));
});

test('grey uses the weights of BT.601, and leaves grey values as they are', () => {
  const colours: Raster = {
    width: 4,
    height: 1,
    channels: 3,
    data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90),
  };
  expect([...toGray(colours).data]).toEqual([76, 150, 29, 90]);
});

test('grey is exact over more pixels than are worked on at once, with either weights', () => {
  const image = noiseImage(301, 250, 3, 1);
  const weighted = (red: number, green: number, blue: number, bits: number) =>
    Uint8Array.from({ length: 301 * 250 }, (_, i) => {
      const [r = 0, g = 0, b = 0] = image.data.subarray(3 * i, 3 * i + 3);
      return (red * r + green * g + blue * b + 2 ** (bits - 1)) >> bits;
    });
  expect(Buffer.compare(toGray(image).data, weighted(4899, 9617, 1868, 14))).toBe(0);
  expect(Buffer.compare(pillowGray(image).data, weighted(19595, 38470, 7471, 16))).toBe(0);
});

test('every pixel is what the definition gives, far outside the image too', () => {
  const side = fc.integer({ min: 1, max: 40 });
  const share = fc.double({ min: -1, max: 1, noNaN: true });
  const warp = fc.record({
    degrees: fc.double({ min: -200, max: 200, noNaN: true }),
    scale: fc.double({ min: 0.1, max: 3, noNaN: true }),
    flipHorizontal: fc.boolean(),
    flipVertical: fc.boolean(),
    shiftX: share,
    shiftY: share,
    shearX: share,
    shearY: share,
  });
  fc.assert(
    fc.property(
      side,
      side,
      fc.constantFrom(1 as const, 3 as const),
      warp,
      fc.nat(),
      (width, height, depth, how, seed) => {
        const image = noiseImage(width, height, depth, seed);
        expect(warpImage(image, how).data).toEqual(defined(image, how));
      },
    ),
    { numRuns: 300 },
  );
});

/** Where each pixel comes from, and what is there: written without looking at speed. */
function defined({ width, height, channels, data }: Raster, warp: Required<Warp>): Uint8Array {
  const { scale, shiftX, shiftY, shearX, shearY } = warp;
  const angle = (warp.degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [signX, signY] = [warp.flipHorizontal ? -1 : 1, warp.flipVertical ? -1 : 1];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const inSixteenBits = (value: number) => Math.round(value * 65536);
  const [xx, xy] = [signX * (cos + sin * shearY), signX * (sin + cos * shearX)];
  const [yx, yy] = [signY * (-sin + cos * shearY), signY * (cos - sin * shearX)];
  const reflect = (place: number, size: number): number => {
    if (size === 1) return 0;
    if (place < 0) return reflect(-place, size);
    return place < size ? place : reflect(2 * (size - 1) - place, size);
  };
  const at = (x: number, y: number, c: number) =>
    data[(reflect(y, height) * width + reflect(x, width)) * channels + c] as number;
  const result: number[] = [];
  for (let y = 0; y < height; y++) {
    const [left, down] = [-middleX - shiftX * width, y - middleY - shiftY * height];
    for (let x = 0; x < width; x++) {
      const fromX = inSixteenBits(middleX + xx * left + xy * down) + x * inSixteenBits(xx);
      const fromY = inSixteenBits(middleY + yx * left + yy * down) + x * inSixteenBits(yx);
      const [column, row] = [Math.floor(fromX / 65536), Math.floor(fromY / 65536)];
      const [right, below] = [Math.floor(fromX / 32) - column * 2048, Math.floor(fromY / 32) - row * 2048];
      for (let c = 0; c < channels; c++) {
        const upper = at(column, row, c) * (2048 - right) + at(column + 1, row, c) * right;
        const lower = at(column, row + 1, c) * (2048 - right) + at(column + 1, row + 1, c) * right;
        result.push(Math.floor((upper * (2048 - below) + lower * below) / 2 ** 22 + 0.5));
      }
    }
  }
  return Uint8Array.from(result);
}
