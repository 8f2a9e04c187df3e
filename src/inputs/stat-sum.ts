/**
 * What decides whether a file is as it was, from its stat alone: one pair of numbers an entry, and sums of them.
 *
 * A sum does not depend on the order of its parts, so that a folder's can be taken as the disk gives names and a tree's by
 * several threads. This only notices change; it protects from accident, not from an opponent. The no-op path of the
 * command line loads this file, so it imports nothing.
 *
 * Mixing: MurmurHash3 (Austin Appleby, public domain), 32-bit form, two lanes with different constants.
 */

/** File systems with fine time stamps take them from a clock that ticks every 1 to 10 ms. */
const FINE_GRANULARITY_MS = 20;
/** File systems without sub-second time stamps: FAT ticks every 2 s. */
const COARSE_GRANULARITY_MS = 2100;

const numbers = new Float64Array(5);
const words = new Uint32Array(numbers.buffer);

/** A hash of one entry: the last result of `hashEntry`, in place, because a million small objects cost more than the hash. */
export const entryHash = { a: 0, b: 0 };

/** Sets `entryHash` from a name (or path) and five numbers of its stat. */
export function hashEntry(
  name: string,
  size: number,
  mtimeMs: number,
  ctimeMs: number,
  ino: number,
  mode: number,
): void {
  let h1 = 0x9747b28c;
  let h2 = 0x3c6ef372;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    h1 = Math.imul(h1 ^ code, 0xcc9e2d51);
    h1 = (h1 << 13) | (h1 >>> 19);
    h2 = Math.imul(h2 ^ code, 0x85ebca6b);
    h2 = (h2 << 15) | (h2 >>> 17);
  }
  numbers[0] = size;
  numbers[1] = mtimeMs;
  numbers[2] = ctimeMs;
  numbers[3] = ino;
  numbers[4] = mode;
  for (let i = 0; i < 10; i++) {
    const word = words[i] as number;
    h1 ^= Math.imul(rotate15(Math.imul(word, 0xcc9e2d51)), 0x1b873593);
    h1 = (Math.imul((h1 << 13) | (h1 >>> 19), 5) + 0xe6546b64) | 0;
    h2 ^= Math.imul(rotate15(Math.imul(word, 0xab0e9789)), 0x38b34ae5);
    h2 = (Math.imul((h2 << 17) | (h2 >>> 15), 5) + 0x561ccd1b) | 0;
  }
  h1 = finish(h1 ^ name.length);
  h2 = finish(h2 ^ h1);
  h1 = finish(h1 ^ h2);
  entryHash.a = (h2 & 0x1fffff) * 4294967296 + (h1 >>> 0);
  entryHash.b = (h1 & 0x1fffff) * 4294967296 + (h2 >>> 0);
}

function rotate15(word: number): number {
  return (word << 15) | (word >>> 17);
}

function finish(lane: number): number {
  let h = lane;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 2^53: sums stay exact when taken modulo this. */
const MODULUS = 9007199254740992;

/** Exact (a + b) modulo 2^53, for a and b below 2^53. */
export function addExact(a: number, b: number): number {
  return a >= MODULUS - b ? a - (MODULUS - b) : a + b;
}

/**
 * The first moment at which a reading of the file can be trusted to be of its last change.
 *
 * A file that was read at or before this moment may have been written again within the same tick of the file system's
 * clock, which leaves all its times as they were (the racy-clean rule of git's index).
 */
export function settledMs(mtimeMs: number, ctimeMs: number): number {
  const isCoarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0;
  return Math.max(mtimeMs, ctimeMs) + (isCoarse ? COARSE_GRANULARITY_MS : FINE_GRANULARITY_MS);
}
