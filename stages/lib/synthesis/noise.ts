/**
 * Random numbers and noise that depend on where they are asked for, never on what was asked before.
 *
 * Every image can be drawn alone, in any order, with the same bytes. Integer hashing throughout (the finaliser of lowbias32).
 */

/** A well-mixed unsigned 32-bit number for each integer. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

export interface Draws {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Nearly normal, standard deviation 1: six uniforms added up. */
  bell(): number;
  pick<T>(list: readonly T[]): T;
}

/** Numbers of one stream of one image: draw n is a hash of the keys and n. */
export function draws(...keys: readonly number[]): Draws {
  const base = keys.reduce((state, key) => mix(state ^ mix(key + 0x9e3779b9)), 0x9e3779b9);
  let count = 0;
  const next = () => mix(base + Math.imul(++count, 0x9e3779b9)) / 4294967296;
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    bell: () => (next() + next() + next() + next() + next() + next() - 3) * Math.SQRT2,
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
  };
}

function lattice(x: number, y: number, seed: number): number {
  return mix(Math.imul(x, 0x27d4eb2d) ^ mix(y ^ mix(seed))) / 4294967296;
}

/** Smooth noise in [0, 1): lattice values blended by smoothstep. */
export function valueNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const u = smoothstep(0, 1, x - left);
  const v = smoothstep(0, 1, y - top);
  const a = lattice(left, top, seed);
  const b = lattice(left + 1, top, seed);
  const c = lattice(left, top + 1, seed);
  const d = lattice(left + 1, top + 1, seed);
  return a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v;
}

/** Three octaves of value noise; the mean is about 0.44. */
export function fractalNoise(x: number, y: number, seed: number): number {
  let sum = 0;
  for (let octave = 0, amplitude = 0.5, scale = 1; octave < 3; octave++, amplitude /= 2, scale *= 2.03) {
    sum += amplitude * valueNoise(x * scale, y * scale, seed + octave);
  }
  return sum;
}

/** 0 below `from`, 1 above `to`, smooth between; with `from` above `to` it falls instead. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** Noise of a sensor at one place: nearly normal, deviation 1, from the four bytes of one hash. */
export function sensorNoise(seed: number, at: number): number {
  const word = mix(seed ^ Math.imul(at + 1, 0x9e3779b9));
  return ((word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24) - 510) / 147.8;
}
