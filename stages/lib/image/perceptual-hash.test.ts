import { expect, test } from 'vitest';
import { pillowGray } from './luma.ts';
import { alikePairs, HASH_BYTES, perceptualHashes } from './perceptual-hash.ts';
import type { Raster } from './raster.ts';
import { resampleGray } from './resample.ts';

/** 120 x 90 waves with a fine pattern on them. */
const waves: Raster = (() => {
  const [width, height] = [120, 90];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const value = 127 + 100 * Math.sin(x / 9 + c) * Math.cos(y / (7 + c)) + ((x * 13 + y * 7) % 11);
        data[(y * width + x) * 3 + c] = Math.trunc(value);
      }
    }
  }
  return { width, height, channels: 3, data };
})();

const hex = (hashes: Uint8Array, orientation: number) =>
  Buffer.from(hashes.subarray(orientation * HASH_BYTES, (orientation + 1) * HASH_BYTES)).toString('hex');

test('resampling gives the pixels Pillow gives (13.0.0, LANCZOS)', () => {
  const { data } = resampleGray(pillowGray(waves), 32, 32);
  expect(data.reduce((sum, value) => sum + value, 0)).toBe(134367);
  expect([...data.subarray(0, 8)]).toEqual([198, 212, 212, 196, 172, 140, 105, 77]);
  expect([...data.subarray(17 * 32 + 3, 17 * 32 + 11)]).toEqual([192, 168, 137, 107, 80, 62, 56, 63]);
});

test('hashes are those of ImageHash 4.3 (phash), and those of mirrored and turned images follow', () => {
  const hashes = perceptualHashes(waves);
  expect(hex(hashes, 0)).toBe('87f807acf807ad07');
  // Pillow rounds once more when the mirrored or turned image is resampled, which may change a bit next to the median.
  const theirs = { 1: 'd2ad52f8ad52b852', 2: '87070752f8f8acf8', 4: 'da485a485ab7a5b5' };
  for (const [orientation, expected] of Object.entries(theirs)) {
    const turned = Uint8Array.from({ length: 64 }, (_, i) => Buffer.from(expected, 'hex')[i % 8] ?? 0);
    const [pair] = alikePairs([turned, hashes], 2, 8);
    expect(pair?.orientation).toBe(Number(orientation));
  }
});

test('every pair within the limit is found, with its distance', () => {
  const hash = (...bits: number[]) => {
    const bytes = new Uint8Array(64);
    for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (128 >> (bit & 7));
    return bytes;
  };
  const pairs = alikePairs([hash(), hash(1), hash(1, 40, 63), hash(2, 3, 4, 5, 6)], 3, 1);
  expect(pairs.map(({ first, second, distance }) => [first, second, distance])).toEqual([
    [0, 1, 1],
    [0, 2, 3],
    [1, 2, 2],
  ]);
});
