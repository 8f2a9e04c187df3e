/**
 * Lanczos resampling of a grey image, bit for bit as Pillow does it: two passes, 8 bits between them, 22-bit weights.
 *
 * Perceptual hashes are only comparable with those of other tools when the small image they start from is the same.
 * Source of the arithmetic: Pillow, src/libImaging/Resample.c (HPND licence), re-derived.
 */
import { openScratch } from './pixel-kernels.ts';
import type { Raster } from './raster.ts';

const LOBES = 3;
const WEIGHT_BITS = 22;
/** Of the image, worked on at once: a large one needs no more memory than its result. */
const STRIP_BYTES = 1 << 18;

/** @returns a grey image of the size asked for. @throws RangeError for an image with more than one channel. */
export function resampleGray(raster: Raster, width: number, height: number): Raster {
  if (raster.channels !== 1) throw new RangeError('resampleGray takes one channel');
  const [across, down] = [windows(raster.width, width), windows(raster.height, height)];
  const lines = Math.max(1, Math.floor(STRIP_BYTES / raster.width));
  const { kernels, bytes, at } = openScratch(
    lines * raster.width,
    across.length * 8,
    weightBytes(across),
    down.length * 8,
    weightBytes(down),
    raster.height * width,
    height * width,
  );
  const [strip, columns, columnWeights, rows, rowWeights, narrow, result] = at;
  writeWindows(across, bytes.buffer, columns, columnWeights);
  writeWindows(down, bytes.buffer, rows, rowWeights);
  for (let top = 0; top < raster.height; top += lines) {
    const count = Math.min(lines, raster.height - top);
    bytes.set(raster.data.subarray(top * raster.width, (top + count) * raster.width), strip);
    kernels.resampleAcross(strip, raster.width, count, columns, columnWeights, width, narrow + top * width);
  }
  kernels.resampleDown(narrow, width, rows, rowWeights, height, result);
  return { width, height, channels: 1, data: bytes.slice(result, result + width * height) };
}

function weightBytes(all: readonly Window[]): number {
  return all.reduce((sum, { weights }) => sum + paddedCount(weights), 0) * 4;
}

function paddedCount(weights: readonly number[]): number {
  return Math.ceil(weights.length / 4) * 4;
}

/** As the kernels read them. */
function writeWindows(all: readonly Window[], memory: ArrayBufferLike, places: number, weightsAt: number): void {
  const pairs = new Int32Array(memory, places, all.length * 2);
  const table = new Int32Array(memory, weightsAt, weightBytes(all) / 4).fill(0);
  let end = 0;
  all.forEach(({ first, weights }, i) => {
    pairs[2 * i] = first;
    pairs[2 * i + 1] = weights.length;
    table.set(weights, end);
    end += paddedCount(weights);
  });
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
