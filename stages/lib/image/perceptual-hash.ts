/**
 * Perceptual hashes: 64 bits that differ in few places for images that look alike.
 *
 * The DCT hash as the ImageHash library for Python computes it (`phash`, hash size 8): the 8 x 8 lowest frequencies of the
 * 32 x 32 grey image, each compared with their median. A mirrored or turned image has the same frequencies with other signs
 * and places, so the hashes of all eight orientations follow from one transform.
 */
import { pillowGray } from './luma.ts';
import type { Raster } from './raster.ts';
import { resampleGray } from './resample.ts';

const SIDE = 32;
const LOW = 8;
/** Bytes of one hash. */
export const HASH_BYTES = 8;
/** The image as it is, its mirror images and turns by 90 degrees. */
export const ORIENTATIONS = 8;

/** cos(pi (2x + 1) u / 64), row u. */
const COSINES = Float64Array.from({ length: LOW * SIDE }, (_, at) => {
  const u = Math.floor(at / SIDE);
  return Math.cos((Math.PI * (2 * (at % SIDE) + 1) * u) / (2 * SIDE));
});

/**
 * @param raster  one channel, or three: colour is turned to grey with Pillow's weights.
 * @returns 8 hashes of 8 bytes; the first is that of the image as it stands.
 */
export function perceptualHashes(raster: Raster): Uint8Array {
  const frequencies = lowFrequencies(resampleGray(pillowGray(raster), SIDE, SIDE).data);
  const hashes = new Uint8Array(ORIENTATIONS * HASH_BYTES);
  const turned = new Float64Array(LOW * LOW);
  for (let orientation = 0; orientation < ORIENTATIONS; orientation++) {
    const [transpose, mirrorX, mirrorY] = [orientation & 4, orientation & 1, orientation & 2];
    for (let u = 0; u < LOW; u++) {
      for (let v = 0; v < LOW; v++) {
        const sign = (mirrorX && v % 2 ? -1 : 1) * (mirrorY && u % 2 ? -1 : 1);
        turned[u * LOW + v] = sign * (frequencies[transpose ? v * LOW + u : u * LOW + v] as number);
      }
    }
    writeHash(turned, hashes.subarray(orientation * HASH_BYTES, (orientation + 1) * HASH_BYTES));
  }
  return hashes;
}

function writeHash(frequencies: Float64Array, hash: Uint8Array): void {
  const sorted = Float64Array.from(frequencies).sort();
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  frequencies.forEach((value, at) => {
    if (value > median) hash[at >> 3] = (hash[at >> 3] as number) | (128 >> (at & 7));
  });
}

/** Unscaled DCT-II, the 8 x 8 lowest frequencies, rows first: [vertical, horizontal]. */
function lowFrequencies(pixels: Uint8Array): Float64Array {
  const rows = new Float64Array(SIDE * LOW);
  for (let y = 0; y < SIDE; y++) {
    for (let v = 0; v < LOW; v++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += (pixels[y * SIDE + x] as number) * (COSINES[v * SIDE + x] as number);
      rows[y * LOW + v] = sum;
    }
  }
  const result = new Float64Array(LOW * LOW);
  for (let u = 0; u < LOW; u++) {
    for (let v = 0; v < LOW; v++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += (rows[y * LOW + v] as number) * (COSINES[u * SIDE + y] as number);
      result[u * LOW + v] = sum;
    }
  }
  return result;
}

export interface AlikePair {
  readonly first: number;
  readonly second: number;
  /** Bits that differ, of 64. */
  readonly distance: number;
  /** The orientation of `second` that comes nearest; 0: as it stands. */
  readonly orientation: number;
}

/**
 * Pairs of images at most `limit` bits apart, nearest orientation first found, sorted by places.
 *
 * @param hashes      of each image, as `perceptualHashes` gives them.
 * @param orientations  1: images as they stand; 8: also mirrored and turned.
 *
 * Compares every pair: 20,000 images take some seconds, and nothing is missed.
 */
export function alikePairs(hashes: readonly Uint8Array[], limit: number, orientations: 1 | 8): AlikePair[] {
  const words = hashes.map((bytes) => new Uint32Array(Uint8Array.from(bytes).buffer));
  const pairs: AlikePair[] = [];
  for (let first = 0; first < words.length; first++) {
    const [a0, a1] = words[first] as unknown as [number, number];
    for (let second = first + 1; second < words.length; second++) {
      const other = words[second] as Uint32Array;
      let best = limit + 1;
      let orientation = 0;
      for (let o = 0; o < orientations; o++) {
        const half = bitsSet(a0 ^ (other[2 * o] as number));
        if (half >= best) continue;
        const distance = half + bitsSet(a1 ^ (other[2 * o + 1] as number));
        if (distance < best) [best, orientation] = [distance, o];
      }
      if (best <= limit) pairs.push({ first, second, distance: best, orientation });
    }
  }
  return pairs;
}

function bitsSet(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
