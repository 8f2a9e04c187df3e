/**
 * Lanczos resampling of a grey image, bit for bit as Pillow does it: two passes, 8 bits between them, 22-bit weights.
 *
 * Perceptual hashes are only comparable with those of other tools when the small image they start from is the same.
 * Source of the arithmetic: Pillow, src/libImaging/Resample.c (HPND licence), re-derived.
 */
import type { Raster } from './raster.ts';

const LOBES = 3;
const WEIGHT_BITS = 22;
const HALF = 2 ** (WEIGHT_BITS - 1);

/** @returns a grey image of the size asked for. @throws RangeError for an image with more than one channel. */
export function resampleGray(raster: Raster, width: number, height: number): Raster {
  if (raster.channels !== 1) throw new RangeError('resampleGray takes one channel');
  const across = pass(raster.data, raster.width, raster.height, width, 1, raster.width);
  const down = pass(across, raster.height, width, height, width, 1);
  return { width, height, channels: 1, data: down };
}

/**
 * One pass along a line of `length` pixels, for each of `lines` lines.
 *
 * @param step    distance of neighbours within a line; the result keeps the same layout.
 * @param stride  distance of lines.
 */
function pass(
  data: Uint8Array,
  length: number,
  lines: number,
  wanted: number,
  step: number,
  stride: number,
): Uint8Array {
  const result = new Uint8Array(wanted * lines);
  const along = step === 1;
  for (const [place, { first, weights }] of windows(length, wanted).entries()) {
    for (let line = 0; line < lines; line++) {
      let sum = HALF;
      let at = line * stride + first * step;
      for (let i = 0; i < weights.length; i++, at += step) sum += (data[at] as number) * (weights[i] as number);
      const value = Math.floor(sum / 2 ** WEIGHT_BITS);
      result[along ? line * wanted + place : place * lines + line] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return result;
}

interface Window {
  readonly first: number;
  /** Multiples of 2^-22. */
  readonly weights: readonly number[];
}

function windows(length: number, wanted: number): Window[] {
  const scale = length / wanted;
  const stretch = Math.max(scale, 1);
  const support = LOBES * stretch;
  return Array.from({ length: wanted }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(length, Math.trunc(centre + support + 0.5));
    const weights: number[] = [];
    for (let x = first; x < last; x++) weights.push(lanczos((x - centre + 0.5) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return {
      first,
      weights: weights.map((weight) => Math.trunc((weight / sum) * 2 ** WEIGHT_BITS + (weight < 0 ? -0.5 : 0.5))),
    };
  });
}

function lanczos(x: number): number {
  return Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
