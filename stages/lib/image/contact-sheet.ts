/** Contact sheets: many small pictures in one, for people who would rather look than read. */
import { encodePng, type Raster, withChannels } from './raster.ts';
import { padImage, resizeImage, scaledSize } from './resize.ts';

const GAP_PX = 4;
const SHADE = 255;

/**
 * @param rows  pictures of each line, left to right; null leaves a place empty.
 * @param sidePx  every picture fits a square of this side; small ones are not magnified, and take no more room than they need.
 * @returns PNG, equal bytes for equal pictures.
 */
export function contactSheet(rows: readonly (readonly (Raster | null)[])[], sidePx: number): Promise<Uint8Array> {
  const tiles = rows.map((row) => row.map((raster) => (raster === null ? null : fitTile(raster, sidePx))));
  const drawn = tiles.flat().filter((tile) => tile !== null);
  const tile = {
    width: Math.max(1, ...drawn.map(({ width }) => width)),
    height: Math.max(1, ...drawn.map(({ height }) => height)),
  };
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = columns * (tile.width + GAP_PX) + GAP_PX;
  const height = Math.max(1, rows.length) * (tile.height + GAP_PX) + GAP_PX;
  const data = new Uint8Array(width * height * 3).fill(SHADE);
  tiles.forEach((row, y) => {
    row.forEach((raster, x) => {
      if (raster === null) return;
      const { data: pixels } = padImage(withChannels(raster, 3), tile.width, tile.height, SHADE);
      const [left, top] = [GAP_PX + x * (tile.width + GAP_PX), GAP_PX + y * (tile.height + GAP_PX)];
      for (let line = 0; line < tile.height; line++) {
        const part = pixels.subarray(line * tile.width * 3, (line + 1) * tile.width * 3);
        data.set(part, ((top + line) * width + left) * 3);
      }
    });
  });
  return encodePng({ width, height, channels: 3, data });
}

function fitTile(raster: Raster, sidePx: number): Raster {
  const isLarge = raster.width > sidePx || raster.height > sidePx;
  const { width, height } = isLarge ? scaledSize(raster, { width: sidePx, height: sidePx }, 'inside') : raster;
  return resizeImage(raster, width, height);
}

/** Places of at most `most` of `count`, evenly spread. */
export function spreadPlaces(count: number, most: number): number[] {
  const shown = Math.min(count, most);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
}
