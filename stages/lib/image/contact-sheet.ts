/** Contact sheets: many small pictures in one, for people who would rather look than read. */
import { encodePng, type Raster, withChannels } from './raster.ts';
import { padImage, resizeImage, scaledSize } from './resize.ts';

const GAP_PX = 4;
const SHADE = 255;

/**
 * @param rows  pictures of each line, left to right; null leaves a place empty.
 * @param sidePx  every picture fits a square of this side; small ones are not magnified.
 * @returns PNG, equal bytes for equal pictures.
 */
export function contactSheet(rows: readonly (readonly (Raster | null)[])[], sidePx: number): Promise<Uint8Array> {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = columns * (sidePx + GAP_PX) + GAP_PX;
  const height = Math.max(1, rows.length) * (sidePx + GAP_PX) + GAP_PX;
  const data = new Uint8Array(width * height * 3).fill(SHADE);
  rows.forEach((row, y) => {
    row.forEach((raster, x) => {
      if (raster === null) return;
      const tile = withChannels(fitTile(raster, sidePx), 3);
      const [left, top] = [GAP_PX + x * (sidePx + GAP_PX), GAP_PX + y * (sidePx + GAP_PX)];
      for (let line = 0; line < sidePx; line++) {
        data.set(tile.data.subarray(line * sidePx * 3, (line + 1) * sidePx * 3), ((top + line) * width + left) * 3);
      }
    });
  });
  return encodePng({ width, height, channels: 3, data });
}

function fitTile(raster: Raster, sidePx: number): Raster {
  const box = { width: sidePx, height: sidePx };
  const isLarge = raster.width > sidePx || raster.height > sidePx;
  const { width, height } = isLarge ? scaledSize(raster, box, 'inside') : raster;
  return padImage(resizeImage(raster, width, height), sidePx, sidePx, SHADE);
}

/** Places of at most `most` of `count`, evenly spread. */
export function spreadPlaces(count: number, most: number): number[] {
  const shown = Math.min(count, most);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
}
