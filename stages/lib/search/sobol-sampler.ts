/**
 * Quasi-random settings: scrambled Sobol points, which fill a space more evenly than independent draws.
 *
 * Each dimension of the space is one of the points', in the order of the space; inactive ones are left out. Dimensions
 * beyond those with direction numbers are drawn at random.
 */
import { type Json, randomStream } from '../../../src/sdk/index.ts';
import { DIRECTIONS } from './sobol-numbers.ts';
import { isActive, type Space } from './space.ts';
import { streamName } from './streams.ts';
import type { Sampler } from './types.ts';
import { drawFromPrior, valueAtShare } from './values.ts';

const BITS = 32;
const RANGE = 2 ** BITS;
/** The first dimension reverses the bits of the index and needs no numbers. */
export const SOBOL_DIMENSIONS = DIRECTIONS.length + 1;

/** Trial n gets point n; draws after the first are random. */
export function sobolSampler(space: Space, seed: number): Sampler {
  return {
    suggest(_history, trial, attempt = 0) {
      const random = randomStream(seed, streamName(trial, attempt));
      if (attempt > 0) return drawFromPrior(space, random);
      const settings: Record<string, Json> = {};
      for (const [place, dimension] of space.dimensions.entries()) {
        if (!isActive(dimension, settings)) continue;
        const scramble = randomStream(seed, `sampler/sobol/${dimension.path}`).integer(RANGE);
        const share =
          place < SOBOL_DIMENSIONS ? scrambled(sobolBits(trial, place), scramble) / RANGE : random.uniform();
        settings[dimension.path] = valueAtShare(dimension, share);
      }
      return settings;
    },
  };
}

/** Coordinate `dimension` (from 0) of point `index`, as a 32-bit binary fraction. */
export function sobolBits(index: number, dimension: number): number {
  const numbers = directionNumbers(dimension);
  let bits = 0;
  for (let place = 0; place < BITS && index >>> place !== 0; place++) {
    if ((index >>> place) & 1) bits ^= numbers[place] as number;
  }
  return bits >>> 0;
}

const computed = new Map<number, Uint32Array>();

/** The 32 direction numbers of a dimension, from its recurrence (Joe and Kuo 2008, section 2). */
function directionNumbers(dimension: number): Uint32Array {
  const known = computed.get(dimension);
  if (known !== undefined) return known;
  const numbers = new Uint32Array(BITS);
  const direction = DIRECTIONS[dimension - 1];
  if (direction === undefined) {
    for (let i = 0; i < BITS; i++) numbers[i] = 2 ** (BITS - 1 - i);
  } else {
    const { polynomial, initial } = direction;
    const degree = initial.length;
    for (let i = 0; i < BITS; i++) {
      if (i < degree) {
        numbers[i] = (initial[i] as number) * 2 ** (BITS - 1 - i);
        continue;
      }
      const first = numbers[i - degree] as number;
      let value = first ^ (first >>> degree);
      for (let k = 1; k < degree; k++) {
        if ((polynomial >>> (degree - k)) & 1) value ^= numbers[i - k] as number;
      }
      numbers[i] = value >>> 0;
    }
  }
  computed.set(dimension, numbers);
  return numbers;
}

/**
 * Owen's nested scramble: each bit is flipped by a hash of the seed and the bits above it, so points keep their evenness.
 *
 * The hash works on reversed bits (Laine and Karras 2011; constants of Burley, "Practical hash-based Owen scrambling",
 * Journal of Computer Graphics Techniques 9, 2020).
 */
function scrambled(bits: number, seed: number): number {
  let x = (reversed(bits) + seed) | 0;
  for (const factor of [0x6c50b47c, 0xb82f1e52, 0xc7afe638, 0x8d22f6e6]) x ^= Math.imul(x, factor);
  return reversed(x);
}

function reversed(bits: number): number {
  let x = bits;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}
