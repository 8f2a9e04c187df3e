/**
 * Contrast limited adaptive histogram equalisation (K. Zuiderveld, Graphics Gems IV, 1994), with the choices of OpenCV's
 * `createCLAHE`: the image is extended by mirroring when tiles do not divide it, what is clipped off a histogram is spread
 * evenly with the remainder at equal steps, and between tile centres the tables are blended bilinearly.
 */
import { openScratch } from './pixel-kernels.ts';
import type { Raster } from './raster.ts';

const LEVELS = 256;

/** @param gray one channel. */
export function equalizeContrast(gray: Raster, clipLimit: number, tiles: number): Raster {
  const { width, height, data } = gray;
  const divides = width % tiles === 0 && height % tiles === 0;
  // As in OpenCV, a side that divides is extended by a whole tile row when the other one does not.
  const tileWidth = (divides ? width : width + tiles - (width % tiles)) / tiles;
  const tileHeight = (divides ? height : height + tiles - (height % tiles)) / tiles;
  const [acrossBytes, downBytes] = [tileWidth * tiles * 4, tileHeight * tiles * 4];
  const tableBytes = tiles * tiles * LEVELS;
  const scratch = openScratch(data.length, data.length, acrossBytes, downBytes, LEVELS * 4, tableBytes, width * 16);
  const { kernels, bytes, at } = scratch;
  const [image, result, across, down, counts, tables, columns] = at;
  bytes.set(data, image);
  writeMirrored(new Int32Array(bytes.buffer, across, tileWidth * tiles), width);
  writeMirrored(new Int32Array(bytes.buffer, down, tileHeight * tiles), height);

  const area = tileWidth * tileHeight;
  const limit = Math.max(1, Math.floor((clipLimit * area) / LEVELS));
  const histogram = new Int32Array(bytes.buffer, counts, LEVELS);
  for (let tile = 0; tile < tiles * tiles; tile++) {
    const left = across + (tile % tiles) * tileWidth * 4;
    const top = down + Math.floor(tile / tiles) * tileHeight * 4;
    kernels.countLevels(image, width, top, tileHeight, left, tileWidth, counts);
    clip(histogram, limit);
    writeTable(histogram, area, bytes.subarray(tables + tile * LEVELS, tables + (tile + 1) * LEVELS));
  }

  const places = new DataView(bytes.buffer, columns, width * 16);
  for (let x = 0; x < width; x++) {
    const { first, second, share } = neighbours(x, tileWidth, tiles);
    places.setInt32(x * 16, first * LEVELS, true);
    places.setInt32(x * 16 + 4, second * LEVELS, true);
    places.setFloat64(x * 16 + 8, share, true);
  }
  for (let y = 0; y < height; y++) {
    const { first, second, share } = neighbours(y, tileHeight, tiles);
    const [upper, lower] = [tables + first * tiles * LEVELS, tables + second * tiles * LEVELS];
    kernels.blendTables(image + y * width, width, upper, lower, columns, share, result + y * width);
  }
  return { width, height, channels: 1, data: bytes.slice(result, result + data.length) };
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

/** What each grey level becomes in a tile. */
function writeTable(histogram: Int32Array, area: number, table: Uint8Array): void {
  let below = 0;
  for (let level = 0; level < LEVELS; level++) {
    below += histogram[level] as number;
    table[level] = Math.min(255, Math.round((below * 255) / area));
  }
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

/** Which pixel stands at each place of a line that goes on in its mirror image: `0 1 2 ... n-1 | n-2 ... 1 0 | 1 ...`. */
function writeMirrored(places: Int32Array, size: number): void {
  const period = Math.max(1, 2 * (size - 1));
  for (let place = 0; place < places.length; place++) {
    const offset = place % period;
    places[place] = offset < size ? offset : period - offset;
  }
}
