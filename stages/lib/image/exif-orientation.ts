/**
 * Which way up an image is, from its EXIF block.
 *
 * Source: CIPA DC-008 (Exif 2.32), 4.6.4 A, tag 274; TIFF 6.0 for the layout.
 */
import type { Raster } from './raster.ts';

const ORIENTATION = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** @param tiff  what follows `Exif\0\0`. @returns 1 to 8, or null when the block is damaged or says something else. */
export function exifOrientation(tiff: Uint8Array): number | null {
  if (tiff.length < 8) return null;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const isLittle = order === 0x4949;
  const folder = view.getUint32(4, isLittle);
  if (view.getUint16(2, isLittle) !== 42 || folder + 2 > tiff.length) return null;
  const count = view.getUint16(folder, isLittle);
  if (folder + 2 + count * ENTRY_BYTES > tiff.length) return null;
  for (let i = 0, at = folder + 2; i < count; i++, at += ENTRY_BYTES) {
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const isPlain = view.getUint16(at + 2, isLittle) === SHORT && view.getUint32(at + 4, isLittle) === 1;
    const value = view.getUint16(at + 8, isLittle);
    return isPlain && value >= 1 && value <= 8 ? value : null;
  }
  return 1;
}

/** Turns and mirrors pixels so that they stand upright. @param orientation  1 to 8 */
export function upright(raster: Raster, orientation: number): Raster {
  if (orientation === 1) return raster;
  const { width, height, channels, data } = raster;
  const isTurned = orientation >= 5;
  const isMirroredX = [2, 3, 7, 8].includes(orientation);
  const isMirroredY = [3, 4, 6, 7].includes(orientation);
  const [newWidth, newHeight] = isTurned ? [height, width] : [width, height];
  const result = new Uint8Array(data.length);
  // From one new pixel to the next along a line, and down a column, in the old image.
  const [alongX, alongY] = [isMirroredX ? -channels : channels, (isMirroredY ? -width : width) * channels];
  const [along, down] = isTurned ? [alongY, alongX] : [alongX, alongY];
  const start = ((isMirroredY ? height - 1 : 0) * width + (isMirroredX ? width - 1 : 0)) * channels;
  let target = 0;
  for (let y = 0; y < newHeight; y++) {
    let from = start + y * down;
    for (let x = 0; x < newWidth; x++, from += along) {
      for (let c = 0; c < channels; c++) result[target++] = data[from + c] as number;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: result };
}
