/**
 * Resizing: the mean over the area of each new pixel when an image shrinks, linear interpolation when it grows.
 *
 * Whole numbers until the one division at the end, so that the same pixels come out on every machine. Shrinking agrees with
 * OpenCV's INTER_AREA to within one grey level, growing with INTER_LINEAR (checked on fixtures).
 */
import type { Raster } from './raster.ts';

/** Weight of a pixel that lies wholly in an area; those on its border count for 256ths. Sums stay below 2^53. */
const WHOLE = 256;
/** Linear interpolation is between this many places from one pixel to the next, as in OpenCV. */
const STEPS = 2048;

/** @returns an image of exactly this size; the aspect is not kept. @throws RangeError for a size below 1. */
export function resizeImage(raster: Raster, width: number, height: number): Raster {
  if (width < 1 || height < 1) throw new RangeError(`cannot resize to ${width} x ${height}`);
  if (width === raster.width && height === raster.height) return raster;
  const { channels } = raster;
  const columns = windows(raster.width, width);
  const rows = windows(raster.height, height);
  const result = new Uint8Array(width * height * channels);
  // First down, then across: bytes are read in order, and most of the work is one plain loop over a line.
  const line = new Float64Array(raster.width * channels);
  rows.forEach((row, y) => {
    sumLines(raster, row, line);
    const target = y * width * channels;
    if (channels === 3) sumColours(line, columns, row.total, result, target);
    else sumGrays(line, columns, row.total, result, target);
  });
  return { width, height, channels, data: result };
}

interface Window {
  readonly first: number;
  readonly weights: Int32Array;
  /** Of the weights. */
  readonly total: number;
}

/** Weighted sum of the lines of a window, four or two at a time: reading and writing the sums is what takes time. */
function sumLines({ data, width, channels }: Raster, { first, weights }: Window, sums: Float64Array): void {
  const length = width * channels;
  const lastLine = (first + weights.length - 1) * length;
  sums.fill(0);
  for (let i = 0; i < weights.length; ) {
    const [w0, w1, w2, w3] = [weights[i] ?? 0, weights[i + 1] ?? 0, weights[i + 2] ?? 0, weights[i + 3] ?? 0];
    const p0 = (first + i) * length;
    const p1 = Math.min(p0 + length, lastLine);
    if (weights.length - i <= 2) {
      for (let at = 0; at < length; at++) {
        const sum = w0 * (data[p0 + at] as number) + w1 * (data[p1 + at] as number);
        sums[at] = (sums[at] as number) + sum;
      }
      return;
    }
    const p2 = p1 + length;
    const p3 = Math.min(p2 + length, lastLine);
    for (let at = 0; at < length; at++) {
      const upper = w0 * (data[p0 + at] as number) + w1 * (data[p1 + at] as number);
      const lower = w2 * (data[p2 + at] as number) + w3 * (data[p3 + at] as number);
      sums[at] = (sums[at] as number) + upper + lower;
    }
    i += 4;
  }
}

function sumColours(line: Float64Array, columns: readonly Window[], total: number, result: Uint8Array, start: number) {
  let target = start;
  for (const { first, weights, total: across } of columns) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0, at = first * 3; i < weights.length; i++, at += 3) {
      const weight = weights[i] as number;
      red += weight * (line[at] as number);
      green += weight * (line[at + 1] as number);
      blue += weight * (line[at + 2] as number);
    }
    const whole = total * across;
    result[target++] = Math.floor(red / whole + 0.5);
    result[target++] = Math.floor(green / whole + 0.5);
    result[target++] = Math.floor(blue / whole + 0.5);
  }
}

function sumGrays(line: Float64Array, columns: readonly Window[], total: number, result: Uint8Array, start: number) {
  let target = start;
  for (const { first, weights, total: across } of columns) {
    let gray = 0;
    for (let i = 0; i < weights.length; i++) gray += (weights[i] as number) * (line[first + i] as number);
    result[target++] = Math.floor(gray / (total * across) + 0.5);
  }
}

/** Which old pixels make up each new one. */
function windows(length: number, wanted: number): Window[] {
  const scale = length / wanted;
  return Array.from({ length: wanted }, (_, place) => {
    const { first, weights } = scale > 1 ? area(place, scale, length) : linear(place, scale, length);
    return { first, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
  });
}

function area(place: number, scale: number, length: number): Omit<Window, 'total'> {
  const from = Math.round(place * scale * WHOLE);
  const to = Math.min(length * WHOLE, Math.round((place + 1) * scale * WHOLE));
  const first = Math.floor(from / WHOLE);
  const weights = Int32Array.from({ length: Math.ceil(to / WHOLE) - first }, (_, i) => {
    return Math.min(to, (first + i + 1) * WHOLE) - Math.max(from, (first + i) * WHOLE);
  });
  return { first, weights };
}

function linear(place: number, scale: number, length: number): Omit<Window, 'total'> {
  const centre = Math.round(Math.max(0, (place + 0.5) * scale - 0.5) * STEPS);
  const first = Math.min(Math.floor(centre / STEPS), length - 1);
  const share = centre - first * STEPS;
  const weights = first + 1 < length && share > 0 ? Int32Array.of(STEPS - share, share) : Int32Array.of(STEPS);
  return { first, weights };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Largest size with the aspect of `of` that fits into `box`, or smallest that covers it; at least 1 pixel a side. */
export function scaledSize(of: Size, box: Size, how: 'inside' | 'cover'): Size {
  const ratios = [box.width / of.width, box.height / of.height];
  const scale = how === 'inside' ? Math.min(...ratios) : Math.max(...ratios);
  return {
    width: Math.max(1, Math.round(of.width * scale)),
    height: Math.max(1, Math.round(of.height * scale)),
  };
}

/** A part of an image. @throws RangeError when it does not lie within. */
export function cropImage(raster: Raster, left: number, top: number, width: number, height: number): Raster {
  if (left < 0 || top < 0 || left + width > raster.width || top + height > raster.height) {
    throw new RangeError(`${width} x ${height} at ${left}, ${top} does not lie in ${raster.width} x ${raster.height}`);
  }
  const { channels, data } = raster;
  const result = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * raster.width + left) * channels;
    result.set(data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data: result };
}

/** An image in the middle of a larger one of a single shade, 0-255. */
export function padImage(raster: Raster, width: number, height: number, shade: number): Raster {
  const { channels } = raster;
  const result = new Uint8Array(width * height * channels).fill(shade);
  const left = Math.floor((width - raster.width) / 2);
  const top = Math.floor((height - raster.height) / 2);
  for (let y = 0; y < raster.height; y++) {
    const line = raster.data.subarray(y * raster.width * channels, (y + 1) * raster.width * channels);
    result.set(line, ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data: result };
}
