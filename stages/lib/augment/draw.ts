/**
 * What happens to one copy of an image, drawn from its own stream.
 *
 * Operations are numbers by name, written into the line of the sample: they can be read, and the same numbers give the same copy.
 * Those that leave an image as it is are left out.
 */
import type { AugmentParams } from '../../../src/generated/stages/augment.ts';
import type { Filled, Random } from '../../../src/sdk/index.ts';
import { drawPolicy } from './policies.ts';

/** By name, in the order in which they are applied. */
export type Operations = Readonly<Record<string, number>>;

/** What may be done, and how strongly: the params of `augment` that are about one copy. */
export type Strengths = Omit<Filled<AugmentParams>, 'copies' | 'balance' | 'seed'>;

/** Every number is drawn whether it is used or not, so that switching one operation on leaves the others as they were. */
export function drawOperations(params: Strengths, random: Random): Operations {
  const horizontal = random.uniform();
  const vertical = random.uniform();
  const turn = random.uniform();
  const size = random.uniform();
  const light = random.uniform();
  const moveX = random.uniform();
  const moveY = random.uniform();
  const contrast = random.uniform();
  const saturation = random.uniform();
  const hue = random.uniform();
  const blur = random.uniform();
  const noise = random.uniform();
  const quarter = random.uniform();
  const jpeg = random.uniform();
  const noiseSeed = random.integer(2 ** 31);
  const hole = random.uniform();
  const holeX = random.uniform();
  const holeY = random.uniform();
  const even = random.uniform();
  const [smallest = 1, largest = 1] = params.scale;
  const all: Record<string, number> = {
    quarterTurns: params.quarterTurns ? Math.floor(4 * quarter) : 0,
    degrees: round(signed(turn) * params.rotate),
    scale: round(smallest + (largest - smallest) * size),
    flipHorizontal: params.flip.includes('horizontal') && horizontal < 0.5 ? 1 : 0,
    flipVertical: params.flip.includes('vertical') && vertical < 0.5 ? 1 : 0,
    shiftX: round(signed(moveX) * params.shift),
    shiftY: round(signed(moveY) * params.shift),
    brightness1024: factor1024(light, params.brightness),
    contrast1024: factor1024(contrast, params.contrast),
    saturation1024: factor1024(saturation, params.saturation),
    hue: round(signed(hue) * params.hue),
    clahe: params.clahe && even < 0.5 ? 1 : 0,
    blur: round(blur * params.blur),
    noise: round(noise * params.noise),
    jpeg: params.jpeg === 100 ? 100 : Math.round(params.jpeg + jpeg * (100 - params.jpeg)),
    cutout: round(hole * params.cutout),
  };
  const chosen: Record<string, number> = {};
  for (const name in all) {
    const value = all[name] as number;
    if (value !== neutralValue(name)) chosen[name] = value;
  }
  if (chosen.noise !== undefined) chosen.noiseSeed = noiseSeed;
  if (chosen.cutout !== undefined) {
    chosen.cutoutX = round(holeX);
    chosen.cutoutY = round(holeY);
  }
  return params.policy === null ? chosen : { ...chosen, ...drawPolicy(params.policy, random) };
}

const NEUTRAL = new Map([
  ['scale', 1],
  ['jpeg', 100],
  ['brightness1024', 1024],
  ['contrast1024', 1024],
  ['saturation1024', 1024],
]);

/** The value with which an operation changes nothing. */
export function neutralValue(name: string): number {
  return NEUTRAL.get(name) ?? 0;
}

function signed(share: number): number {
  return 2 * share - 1;
}

function factor1024(share: number, most: number): number {
  return Math.round(1024 * (1 + signed(share) * most));
}

function round(value: number): number {
  // Adding 0 turns a negative zero into a zero.
  return Math.round(value * 10000) / 10000 + 0;
}
