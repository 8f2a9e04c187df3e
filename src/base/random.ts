/**
 * Seeded random streams, each named and independent.
 *
 * A stream's numbers depend on the seed and the name alone. Seed 0 is a seed. The generator is xoshiro128** (Blackman and
 * Vigna, 2018, public domain reference), its state filled from SHA-256 of seed and name.
 */
import { hash } from 'node:crypto';

export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, limit). @throws RangeError unless limit is an integer from 1 to 2^32. */
  integer(limit: number): number;
  /** Standard normal (Box-Muller, polar form). */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns the same list. */
  shuffle<T>(list: T[]): T[];
}

export function randomStream(seed: number, name: string): Random {
  const state = hash('sha256', `${seed}\n${name}`, 'buffer');
  let a = state.readUInt32LE(0);
  let b = state.readUInt32LE(4);
  let c = state.readUInt32LE(8);
  let d = state.readUInt32LE(12) | 1; // the all-zero state would stay zero

  function next(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return scrambled;
  }

  function uniform(): number {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  function integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 4294967296)
      throw new RangeError(`limit is ${limit}, expected 1 to 2^32`);
    const ceiling = 4294967296 - (4294967296 % limit);
    for (;;) {
      const draw = next();
      if (draw < ceiling) return draw % limit;
    }
  }

  let spare: number | null = null;
  function normal(): number {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  }

  function shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const kept = list[i] as T;
      list[i] = list[j] as T;
      list[j] = kept;
    }
    return list;
  }

  return { uniform, integer, normal, shuffle };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
