import { expect, test } from 'vitest';
import { toGray } from './luma.ts';
import type { Raster } from './raster.ts';
import { scaleBrightness, warpImage } from './warp.ts';

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
