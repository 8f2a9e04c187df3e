/**
 * Policies that choose operations by themselves: RandAugment (Cubuk et al., 2020) and TrivialAugment (Müller and Hutter, 2021).
 *
 * Operations and their ranges are those of torchvision's RandAugment and TrivialAugmentWide, 31 bins each; what leaves the image comes
 * back mirrored, as everywhere here. Names carry their turn, such as `1.shearX`, because the same operation may come twice.
 */
import type { Random } from '../../../src/sdk/index.ts';
import type { Raster } from '../image/raster.ts';
import { scaleBrightness, warpImage } from '../image/warp.ts';
import { adjustContrast, adjustSaturation, limit, mapLevels } from './colour.ts';
import { blurImage } from './pixels.ts';

export type Policy =
  | { readonly name: 'randaugment'; readonly operations: number; readonly magnitude: number }
  | { readonly name: 'trivialaugment' };

const BINS = 31;

interface Operation {
  /** Largest value for each policy; operations without a strength have 0. */
  readonly most: { readonly randaugment: number; readonly trivialaugment: number };
  /** Whether the direction is drawn, too. */
  readonly signed: boolean;
  readonly apply: (raster: Raster, value: number) => Raster;
}

const STILL = { degrees: 0, scale: 1, flipHorizontal: false, flipVertical: false };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  identity: { most: { randaugment: 0, trivialaugment: 0 }, signed: false, apply: (raster) => raster },
  shearX: {
    most: { randaugment: 0.3, trivialaugment: 0.99 },
    signed: true,
    apply: (raster, value) => warpImage(raster, { ...STILL, shearX: value }),
  },
  shearY: {
    most: { randaugment: 0.3, trivialaugment: 0.99 },
    signed: true,
    apply: (raster, value) => warpImage(raster, { ...STILL, shearY: value }),
  },
  shiftX: {
    most: { randaugment: 150 / 331, trivialaugment: 32 / 224 },
    signed: true,
    apply: (raster, value) => warpImage(raster, { ...STILL, shiftX: value }),
  },
  shiftY: {
    most: { randaugment: 150 / 331, trivialaugment: 32 / 224 },
    signed: true,
    apply: (raster, value) => warpImage(raster, { ...STILL, shiftY: value }),
  },
  rotate: {
    most: { randaugment: 30, trivialaugment: 135 },
    signed: true,
    apply: (raster, value) => warpImage(raster, { ...STILL, degrees: value }),
  },
  brightness: { most: { randaugment: 0.9, trivialaugment: 0.99 }, signed: true, apply: byFactor(scaleBrightness) },
  colour: { most: { randaugment: 0.9, trivialaugment: 0.99 }, signed: true, apply: byFactor(adjustSaturation) },
  contrast: { most: { randaugment: 0.9, trivialaugment: 0.99 }, signed: true, apply: byFactor(adjustContrast) },
  sharpness: { most: { randaugment: 0.9, trivialaugment: 0.99 }, signed: true, apply: sharpen },
  posterize: { most: { randaugment: 4, trivialaugment: 6 }, signed: false, apply: posterize },
  solarize: {
    most: { randaugment: 255, trivialaugment: 255 },
    signed: false,
    apply: (raster, value) => mapLevels(raster, (level) => (level >= 255 - value ? 255 - level : level)),
  },
  autoContrast: { most: { randaugment: 0, trivialaugment: 0 }, signed: false, apply: stretchChannels },
  equalize: { most: { randaugment: 0, trivialaugment: 0 }, signed: false, apply: equalizeChannels },
};
const NAMES = Object.keys(OPERATIONS);

/** Values by turn and name. */
export function drawPolicy(policy: Policy, random: Random): Record<string, number> {
  const drawn: Record<string, number> = {};
  const turns = policy.name === 'randaugment' ? policy.operations : 1;
  for (let turn = 1; turn <= turns; turn++) {
    const name = NAMES[random.integer(NAMES.length)] ?? 'identity';
    const bin = policy.name === 'randaugment' ? policy.magnitude : random.integer(BINS);
    const { most, signed } = OPERATIONS[name] as Operation;
    const value = (most[policy.name] * bin) / (BINS - 1);
    const sign = random.integer(2) === 1 && signed ? -1 : 1;
    drawn[`${turn}.${name}`] = Math.round(sign * value * 10000) / 10000 + 0;
  }
  return drawn;
}

/** @param name  `TURN.OPERATION`; any other name is no policy's and changes nothing. */
export function applyPolicyOperation(raster: Raster, name: string, value: number): Raster {
  const operation = /^\d+\.(\w+)$/.exec(name)?.[1];
  return operation === undefined ? raster : (OPERATIONS[operation]?.apply(raster, value) ?? raster);
}

function byFactor(adjust: (raster: Raster, factor1024: number) => Raster) {
  return (raster: Raster, value: number) => adjust(raster, Math.round(1024 * (1 + value)));
}

/** Away from a blurred copy when above 0, towards it when below. */
function sharpen(raster: Raster, value: number): Raster {
  const soft = blurImage(raster, 1).data;
  const factor = Math.round(1024 * value);
  const { data } = raster;
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const level = data[at] as number;
    result[at] = limit(level + (((level - (soft[at] as number)) * factor + 512) >> 10));
  }
  return { ...raster, data: result };
}

/** @param value  bits taken from every level. */
function posterize(raster: Raster, value: number): Raster {
  const bits = Math.round(value);
  return mapLevels(raster, (level) => (level >> bits) << bits);
}

/** Each channel from its darkest level to its brightest over all levels. */
function stretchChannels(raster: Raster): Raster {
  return perChannel(raster, (counts) => {
    const first = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    return Uint8Array.from({ length: 256 }, (_, level) =>
      last <= first ? level : limit(Math.round(((level - first) * 255) / (last - first))),
    );
  });
}

/** Each channel's histogram evened out, as Pillow's ImageOps.equalize does. */
function equalizeChannels(raster: Raster): Raster {
  return perChannel(raster, (counts) => {
    const used = counts.filter((count) => count > 0);
    const step = Math.floor((used.reduce((sum, count) => sum + count, 0) - (used.at(-1) ?? 0)) / 255);
    let sum = Math.floor(step / 2);
    return Uint8Array.from({ length: 256 }, (_, level) => {
      if (step === 0) return level;
      const value = Math.floor(sum / step);
      sum += counts[level] as number;
      return limit(value);
    });
  });
}

function perChannel(raster: Raster, tableOf: (counts: Uint32Array) => Uint8Array): Raster {
  const { channels, data } = raster;
  const result = new Uint8Array(data.length);
  for (let c = 0; c < channels; c++) {
    const counts = new Uint32Array(256);
    for (let at = c; at < data.length; at += channels) {
      const level = data[at] as number;
      counts[level] = (counts[level] as number) + 1;
    }
    const table = tableOf(counts);
    for (let at = c; at < data.length; at += channels) result[at] = table[data[at] as number] as number;
  }
  return { ...raster, data: result };
}
