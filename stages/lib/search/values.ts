/**
 * Values of one dimension: drawn from the prior, and as numbers on the scale samplers model.
 *
 * The prior is uniform: over choices, over a range, or over its logarithm. Half a step on either side of a stepped range
 * gives its ends the same chance as the values between.
 */
import { canonicalJson } from '../../../src/base/json.ts';
import type { Json, Random } from '../../../src/sdk/index.ts';
import { type Dimension, isActive, type NumberDimension, type Space } from './space.ts';
import type { Settings } from './types.ts';

/** Ends of the range on the modelled scale (logarithmic with `log`), widened by half a step. */
export function modelledBounds({ low, high, log, step }: NumberDimension): [low: number, high: number] {
  const margin = step === null ? 0 : step / 2;
  return log ? [Math.log(low - margin), Math.log(high + margin)] : [low - margin, high + margin];
}

/** The value at a place of the modelled scale: rounded to its step (half to even), kept in the range. */
export function valueAt(dimension: NumberDimension, place: number): number {
  const { low, high, log, step } = dimension;
  const raw = log ? Math.exp(place) : place;
  const value = step === null ? raw : low + roundHalfToEven((raw - low) / step) * step;
  return Math.min(high, Math.max(low, withoutTail(value)));
}

/** @param share  uniform in [0, 1). */
export function valueAtShare(dimension: Dimension, share: number): Json {
  if (dimension.kind === 'choice') return dimension.choices[Math.floor(share * dimension.choices.length)] as Json;
  const [low, high] = modelledBounds(dimension);
  return valueAt(dimension, low + (high - low) * share);
}

/**
 * A function that tells where an observed value lies: the place of a choice, or the number itself (not its logarithm).
 *
 * It gives NaN for a value the dimension does not have.
 */
export function valueCoder(dimension: Dimension): (value: Json | undefined) => number {
  if (dimension.kind === 'number') {
    const { low, high } = dimension;
    return (value) => (typeof value === 'number' && value >= low && value <= high ? value : Number.NaN);
  }
  // Plain values are found by themselves, which is much faster than by their text.
  const places = new Map(dimension.choices.map((choice, place) => [keyOf(choice), place]));
  return (value) => (value === undefined ? Number.NaN : (places.get(keyOf(value)) ?? Number.NaN));
}

/** A function that gives equal settings of the space equal texts; much faster than comparing their JSON. */
export function settingsCoder(space: Space): (settings: Settings) => string {
  const coders = space.dimensions.map((dimension) => valueCoder(dimension));
  return (settings) => space.dimensions.map(({ path }, i) => coders[i]?.(settings[path])).join(' ');
}

function keyOf(value: Json): Json {
  return typeof value === 'object' && value !== null ? `object ${canonicalJson(value)}` : value;
}

/** Settings of a whole space, each active dimension drawn in turn. Values in `fixed` are kept where they are active. */
export function drawFromPrior(space: Space, random: Random, fixed: Settings = {}): Settings {
  const settings: Record<string, Json> = {};
  for (const dimension of space.dimensions) {
    if (!isActive(dimension, settings)) continue;
    const given = fixed[dimension.path];
    settings[dimension.path] = given === undefined ? valueAtShare(dimension, random.uniform()) : given;
  }
  return settings;
}

/** Twelve digits: enough for any setting, and free of the tails binary fractions have. */
function withoutTail(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < 1e12 ? value : Number(value.toPrecision(12));
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
