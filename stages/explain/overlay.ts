/** A map over its image: the stronger, the warmer. */
import { toGray } from '../lib/image/luma.ts';
import type { Raster } from '../lib/image/raster.ts';

/** Colours from nothing to most: dark blue, violet, orange, yellow (after matplotlib's inferno, which prints well and suits all eyes). */
const COLOURS = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const;

/** @param map  `[rows, columns]`, not below 0. @returns an image in colour, of the size of the raster. */
export function overlay(raster: Raster, map: Float32Array, [rows, columns]: readonly [number, number]): Raster {
  const { width, height } = raster;
  const gray = toGray(raster).data;
  const most = map.reduce((best, value) => Math.max(best, value), 0);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = ((y + 0.5) * rows) / height - 0.5;
      const value = most === 0 ? 0 : interpolate(map, rows, columns, at, ((x + 0.5) * columns) / width - 0.5) / most;
      const level = gray[y * width + x] as number;
      colourAt(value).forEach((part, c) => {
        data[(y * width + x) * 3 + c] = Math.round(0.5 * level + 0.5 * part);
      });
    }
  }
  return { width, height, channels: 3, data };
}

function interpolate(map: Float32Array, rows: number, columns: number, y: number, x: number): number {
  const inside = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  const [y0, x0] = [Math.floor(y), Math.floor(x)];
  const at = (row: number, column: number) => map[inside(row, rows) * columns + inside(column, columns)] as number;
  const upper = at(y0, x0) + (at(y0, x0 + 1) - at(y0, x0)) * (x - x0);
  const lower = at(y0 + 1, x0) + (at(y0 + 1, x0 + 1) - at(y0 + 1, x0)) * (x - x0);
  return upper + (lower - upper) * (y - y0);
}

function colourAt(value: number): number[] {
  const place = Math.min(0.9999, Math.max(0, value)) * (COLOURS.length - 1);
  const first = Math.floor(place);
  const [from, to] = [COLOURS[first] ?? COLOURS[0], COLOURS[first + 1] ?? COLOURS[0]];
  return from.map((part, c) => part + ((to[c] as number) - part) * (place - first));
}

/** Two images of equal height side by side. */
export function beside(left: Raster, right: Raster): Raster {
  const width = left.width + right.width;
  const data = new Uint8Array(width * left.height * 3);
  for (let y = 0; y < left.height; y++) {
    data.set(left.data.subarray(y * left.width * 3, (y + 1) * left.width * 3), y * width * 3);
    data.set(right.data.subarray(y * right.width * 3, (y + 1) * right.width * 3), (y * width + left.width) * 3);
  }
  return { width, height: left.height, channels: 3, data };
}
