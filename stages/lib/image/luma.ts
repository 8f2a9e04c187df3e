/** Colour to grey. */
import type { Raster } from './raster.ts';

/** Luma of BT.601 in 14-bit fixed point, rounded: the weights OpenCV uses. */
export function toGray(raster: Raster): Raster {
  if (raster.channels === 1) return raster;
  const { width, height, data } = raster;
  const gray = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < gray.length; i++, p += 3) {
    gray[i] =
      (4899 * (data[p] as number) + 9617 * (data[p + 1] as number) + 1868 * (data[p + 2] as number) + 8192) >> 14;
  }
  return { width, height, channels: 1, data: gray };
}
