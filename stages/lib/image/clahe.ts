/**
 * Contrast limited adaptive histogram equalisation (K. Zuiderveld, Graphics Gems IV, 1994), with the choices of OpenCV's
 * `createCLAHE`: the image is extended by mirroring when tiles do not divide it, what is clipped off a histogram is spread
 * evenly with the remainder at equal steps, and between tile centres the tables are blended bilinearly.
 */
import type { Raster } from './raster.ts';

const LEVELS = 256;

/** @param gray one channel. */
export function equalizeContrast(gray: Raster, clipLimit: number, tiles: number): Raster {
  const { width, height, data } = gray;
  const divides = width % tiles === 0 && height % tiles === 0;
  // As in OpenCV, a side that divides is extended by a whole tile row when the other one does not.
  const tileWidth = (divides ? width : width + tiles - (width % tiles)) / tiles;
  const tileHeight = (divides ? height : height + tiles - (height % tiles)) / tiles;
  const tables = tileTables(gray, tileWidth, tileHeight, clipLimit, tiles);
  const result = new Uint8Array(data.length);
  const columns = Array.from({ length: width }, (_, x) => neighbours(x, tileWidth, tiles));
  const lefts = Int32Array.from(columns, ({ first }) => first * LEVELS);
  const rights = Int32Array.from(columns, ({ second }) => second * LEVELS);
  const shares = Float64Array.from(columns, ({ share }) => share);
  for (let y = 0; y < height; y++) {
    const row = neighbours(y, tileHeight, tiles);
    const upper = row.first * tiles * LEVELS;
    const lower = row.second * tiles * LEVELS;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const level = data[at] as number;
      const left = (lefts[x] as number) + level;
      const right = (rights[x] as number) + level;
      const share = shares[x] as number;
      const upperLeft = tables[upper + left] as number;
      const lowerLeft = tables[lower + left] as number;
      const above = upperLeft + ((tables[upper + right] as number) - upperLeft) * share;
      const below = lowerLeft + ((tables[lower + right] as number) - lowerLeft) * share;
      result[at] = Math.floor(above + (below - above) * row.share + 0.5);
    }
  }
  return { width, height, channels: 1, data: result };
}

interface Neighbours {
  readonly first: number;
  readonly second: number;
  /** How much the second counts, 0 to 1. */
  readonly share: number;
}

/** The two tiles whose centres lie on either side of a pixel along one axis; at the border both are the same. */
function neighbours(position: number, tileSize: number, tiles: number): Neighbours {
  const place = position / tileSize - 0.5;
  const first = Math.floor(place);
  return { first: Math.max(first, 0), second: Math.min(first + 1, tiles - 1), share: place - first };
}

/** For each tile, what each grey level becomes there. */
function tileTables(gray: Raster, tileWidth: number, tileHeight: number, clipLimit: number, tiles: number): Uint8Array {
  const area = tileWidth * tileHeight;
  const limit = Math.max(1, Math.floor((clipLimit * area) / LEVELS));
  const tables = new Uint8Array(tiles * tiles * LEVELS);
  const columns = Int32Array.from({ length: tileWidth * tiles }, (_, x) => mirror(x, gray.width));
  for (let tile = 0; tile < tiles * tiles; tile++) {
    const left = (tile % tiles) * tileWidth;
    const top = Math.floor(tile / tiles) * tileHeight;
    const histogram = new Int32Array(LEVELS);
    for (let y = top; y < top + tileHeight; y++) {
      const row = mirror(y, gray.height) * gray.width;
      for (let x = left; x < left + tileWidth; x++) {
        const level = gray.data[row + (columns[x] as number)] as number;
        histogram[level] = (histogram[level] as number) + 1;
      }
    }
    clip(histogram, limit);
    let below = 0;
    for (let level = 0; level < LEVELS; level++) {
      below += histogram[level] as number;
      tables[tile * LEVELS + level] = Math.min(255, Math.round((below * 255) / area));
    }
  }
  return tables;
}

function clip(histogram: Int32Array, limit: number): void {
  let clipped = 0;
  for (let level = 0; level < LEVELS; level++) {
    const excess = (histogram[level] as number) - limit;
    if (excess <= 0) continue;
    clipped += excess;
    histogram[level] = limit;
  }
  const share = Math.floor(clipped / LEVELS);
  let rest = clipped - share * LEVELS;
  for (let level = 0; level < LEVELS; level++) histogram[level] = (histogram[level] as number) + share;
  const stride = rest > 0 ? Math.max(1, Math.floor(LEVELS / rest)) : LEVELS;
  for (let level = 0; level < LEVELS && rest > 0; level += stride, rest--)
    histogram[level] = (histogram[level] as number) + 1;
}

/** Reflection that does not repeat the border pixel: `... 2 1 | 0 1 2 ... n-1 | n-2 ...`. */
function mirror(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const offset = position % period;
  return offset < size ? offset : period - offset;
}
