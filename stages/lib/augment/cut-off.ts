/**
 * Notices when turning cuts the object off: on the border of the image there is more than background.
 *
 * The background is the most frequent shade of the border. What differs from it clearly counts as object; of an object, as much
 * leaves the image as lies outside when its pixels turn about the middle.
 */
import { toGray } from '../image/luma.ts';
import type { Raster } from '../image/raster.ts';

/** Grey levels by which an object's pixel differs from the background. */
const CONTRAST = 32;
/** Grey levels that count as one shade. */
const SHADE = 16;

/**
 * Share of the object's pixels that leave the image when it turns by this angle, the larger of both directions; 0 when the border
 * is no even background, since nothing can be said then.
 */
export function shareCutOff(raster: Raster, degrees: number): number {
  const { width, height, data } = toGray(raster);
  const background = borderShade(data, width, height);
  if (background === null || degrees === 0) return 0;
  let object = 0;
  const lost = [0, 0];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (const [side, sign] of [1, -1].entries()) {
    const cos = Math.cos((degrees * Math.PI) / 180);
    const sin = sign * Math.sin((degrees * Math.PI) / 180);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (Math.abs((data[y * width + x] as number) - background) < CONTRAST) continue;
        if (side === 0) object++;
        const [dx, dy] = [x - middleX, y - middleY];
        const isOutside =
          Math.abs(dx * cos - dy * sin) > middleX + 0.5 || Math.abs(dx * sin + dy * cos) > middleY + 0.5;
        if (isOutside) lost[side] = (lost[side] as number) + 1;
      }
    }
  }
  return object === 0 ? 0 : Math.max(...lost) / object;
}

/** Whether object and background can be told apart by the border. */
export function hasEvenBorder(raster: Raster): boolean {
  const { width, height, data } = toGray(raster);
  return borderShade(data, width, height) !== null;
}

/** Null when less than half of the border has one shade. */
function borderShade(data: Uint8Array, width: number, height: number): number | null {
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(data[x] as number, data[(height - 1) * width + x] as number);
  for (let y = 1; y < height - 1; y++) border.push(data[y * width] as number, data[y * width + width - 1] as number);
  const sorted = border.sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const near = sorted.filter((value) => Math.abs(value - middle) <= SHADE).length;
  return near * 2 >= sorted.length ? middle : null;
}
