/**
 * Resizing: the mean over the area of each new pixel when an image shrinks, linear interpolation when it grows.
 *
 * Whole numbers until the one division at the end, so that the same pixels come out on every machine. Shrinking agrees with
 * OpenCV's INTER_AREA to within one grey level, growing with INTER_LINEAR (checked on fixtures).
 */
import { openScratch } from './pixel-kernels.ts';
import type { Raster } from './raster.ts';

/** Weight of a pixel that lies wholly in an area; those on its border count for 256ths. */
const WHOLE = 256;
/** Linear interpolation is between this many places from one pixel to the next, as in OpenCV. */
const STEPS = 2048;
/** Pixels to an area, a side: sums of more would not fit the lanes of the kernels. */
const MOST = 128;
/** Worked on at once, so that it stays in the processor's cache. */
const STRIP_BYTES = 1 << 18;

/** @returns an image of exactly this size; the aspect is not kept. @throws RangeError for a size below 1. */
export function resizeImage(raster: Raster, width: number, height: number): Raster {
  if (width < 1 || height < 1) throw new RangeError(`cannot resize to ${width} x ${height}`);
  if (width === raster.width && height === raster.height) return raster;
  const [columns, rows] = [firstStep(raster.width, width), firstStep(raster.height, height)];
  if (columns === width && rows === height) return resizeStep(raster, width, height);
  return resizeImage(resizeStep(raster, columns, rows), width, height);
}

/** Where to stop on a way too far for one step: what is left then is a whole factor. */
function firstStep(length: number, wanted: number): number {
  const factor = Math.ceil(length / wanted / MOST);
  return factor > 1 ? wanted * factor : wanted;
}

function resizeStep(raster: Raster, width: number, height: number): Raster {
  if (width === raster.width && height === raster.height) return raster;
  const { channels, data } = raster;
  const columns = windows(raster.width, width);
  const rows = windows(raster.height, height);
  const result = new Uint8Array(width * height * channels);
  const [fromLine, toLine] = [raster.width * channels, width * channels];
  const most = Math.max(...rows.map(({ pixels }) => pixels));
  const fromLines = Math.max(most, Math.floor(STRIP_BYTES / fromLine));
  const toLines = Math.max(1, Math.floor(STRIP_BYTES / toLine));
  const { kernels, bytes, at } = openScratch(
    fromLine * fromLines,
    fromLine * 4,
    width * COLUMN_BYTES,
    toLine * toLines,
  );
  const [from, sums, table, to] = at;
  writeColumns(columns, new DataView(bytes.buffer, table, width * COLUMN_BYTES));
  const across = channels === 3 ? kernels.meanColours : kernels.meanGrays;
  for (let y = 0; y < height; ) {
    const top = (rows[y] as Window).first;
    const begin = y;
    const end = Math.min(height, y + toLines);
    let bottom = top;
    for (; y < end && bottomOf(rows[y] as Window) - top <= fromLines; y++) bottom = bottomOf(rows[y] as Window);
    bytes.set(data.subarray(top * fromLine, bottom * fromLine), from);
    for (let line = begin; line < y; line++) {
      const { first, pixels, firstWeight, lastWeight, total } = rows[line] as Window;
      kernels.sumRows(from + (first - top) * fromLine, fromLine, pixels, firstWeight, lastWeight, sums);
      across(sums, table, width, 1 / total, to + (line - begin) * toLine);
    }
    result.set(bytes.subarray(to, to + (y - begin) * toLine), begin * toLine);
  }
  return { width, height, channels, data: result };
}

/** Which old pixels make up a new one. Those between the first and the last count WHOLE each. */
interface Window {
  readonly first: number;
  readonly pixels: number;
  readonly firstWeight: number;
  /** 0 when there is a single one. */
  readonly lastWeight: number;
  /** Of the weights. */
  readonly total: number;
}

function bottomOf({ first, pixels }: Window): number {
  return first + pixels;
}

const COLUMN_BYTES = 32;

/** As `meanColours` reads them. */
function writeColumns(columns: readonly Window[], table: DataView): void {
  columns.forEach(({ first, pixels, firstWeight, lastWeight, total }, place) => {
    const at = place * COLUMN_BYTES;
    table.setInt32(at, first, true);
    table.setInt32(at + 4, pixels, true);
    table.setFloat64(at + 8, firstWeight / WHOLE, true);
    table.setFloat64(at + 16, lastWeight / WHOLE, true);
    table.setFloat64(at + 24, WHOLE / total, true);
  });
}

function windows(length: number, wanted: number): Window[] {
  const scale = length / wanted;
  return Array.from({ length: wanted }, (_, place) => {
    return scale > 1 ? area(place, scale, length) : linear(place, scale, length);
  });
}

function area(place: number, scale: number, length: number): Window {
  const from = Math.round(place * scale * WHOLE);
  const to = Math.min(length * WHOLE, Math.round((place + 1) * scale * WHOLE));
  const first = Math.floor(from / WHOLE);
  const pixels = Math.ceil(to / WHOLE) - first;
  const total = to - from;
  if (pixels === 1) return { first, pixels, firstWeight: total, lastWeight: 0, total };
  const firstWeight = (first + 1) * WHOLE - from;
  return { first, pixels, firstWeight, lastWeight: total - firstWeight - (pixels - 2) * WHOLE, total };
}

function linear(place: number, scale: number, length: number): Window {
  const centre = Math.round(Math.max(0, (place + 0.5) * scale - 0.5) * STEPS);
  const first = Math.min(Math.floor(centre / STEPS), length - 1);
  const share = centre - first * STEPS;
  const isBetween = first + 1 < length && share > 0;
  return isBetween
    ? { first, pixels: 2, firstWeight: STEPS - share, lastWeight: share, total: STEPS }
    : { first, pixels: 1, firstWeight: STEPS, lastWeight: 0, total: STEPS };
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
