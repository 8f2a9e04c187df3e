/**
 * Contrast limited adaptive histogram equalisation (K. Zuiderveld, Graphics Gems IV, 1994), with the choices of OpenCV's
 * `createCLAHE`: the image is extended by mirroring when tiles do not divide it, what is clipped off a histogram is spread
 * evenly with the remainder at equal steps, and between tile centres the tables are blended bilinearly.
 */
import { openScratch } from './pixel-kernels.ts';
import type { Raster } from './raster.ts';

const LEVELS = 256;
const TABLE_BYTES = LEVELS * 4;

/** @param gray one channel. */
export function equalizeContrast(gray: Raster, clipLimit: number, tiles: number): Raster {
  const { width, height, data } = gray;
  const divides = width % tiles === 0 && height % tiles === 0;
  // As in OpenCV, a side that divides is extended by a whole tile row when the other one does not.
  const tileWidth = (divides ? width : width + tiles - (width % tiles)) / tiles;
  const tileHeight = (divides ? height : height + tiles - (height % tiles)) / tiles;
  const { kernels, bytes, at } = openScratch(
    data.length,
    data.length,
    tileWidth * tiles * 4,
    tileHeight * tiles * 4,
    LEVELS * 4,
    tiles * tiles * TABLE_BYTES,
    width * 4,
    width * 4,
    width * 8,
  );
  const [image, result, across, down, counts, tables, lefts, rights, shares] = at;
  bytes.set(data, image);
  writeMirrored(new Int32Array(bytes.buffer, across, tileWidth * tiles), width);
  writeMirrored(new Int32Array(bytes.buffer, down, tileHeight * tiles), height);
  const area = tileWidth * tileHeight;
  const limit = Math.min(area, Math.max(1, Math.floor((clipLimit * area) / LEVELS)));
  for (let tile = 0; tile < tiles * tiles; tile++) {
    const left = across + (tile % tiles) * tileWidth * 4;
    const top = down + Math.floor(tile / tiles) * tileHeight * 4;
    const table = tables + tile * TABLE_BYTES;
    kernels.tileTable(image, width, top, tileHeight, left, tileWidth, limit, counts, table);
  }

  const leftTables = new Int32Array(bytes.buffer, lefts, width);
  const rightTables = new Int32Array(bytes.buffer, rights, width);
  const rightShares = new Float64Array(bytes.buffer, shares, width);
  for (let x = 0; x < width; x++) {
    const { first, second, share } = neighbours(x, tileWidth, tiles);
    leftTables[x] = first * TABLE_BYTES;
    rightTables[x] = second * TABLE_BYTES;
    rightShares[x] = share;
  }
  for (let y = 0; y < height; y++) {
    const { first, second, share } = neighbours(y, tileHeight, tiles);
    const [upper, lower] = [tables + first * tiles * TABLE_BYTES, tables + second * tiles * TABLE_BYTES];
    kernels.blendTables(image + y * width, width, upper, lower, lefts, rights, shares, share, result + y * width);
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

/** Which pixel stands at each place of a line that goes on in its mirror image: `0 1 2 ... n-1 | n-2 ... 1 0 | 1 ...`. */
function writeMirrored(places: Int32Array, size: number): void {
  const period = Math.max(1, 2 * (size - 1));
  for (let place = 0; place < places.length; place++) {
    const offset = place % period;
    places[place] = offset < size ? offset : period - offset;
  }
}
