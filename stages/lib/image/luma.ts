/** Colour to grey. */
import { openScratch } from './pixel-kernels.ts';
import type { Raster } from './raster.ts';

/** Worked on at once: a large image needs no more memory than a small one. */
const STRIP_PIXELS = 1 << 16;

/** Luma of BT.601 in 14-bit fixed point, rounded: the weights OpenCV uses. */
export function toGray(raster: Raster): Raster {
  if (raster.channels === 1) return raster;
  const { width, height, data } = raster;
  const gray = new Uint8Array(width * height);
  const strip = Math.min(STRIP_PIXELS, gray.length);
  const { kernels, bytes, at } = openScratch(strip * 3, strip);
  const [pixels, result] = at;
  for (let from = 0; from < gray.length; from += strip) {
    const count = Math.min(strip, gray.length - from);
    bytes.set(data.subarray(from * 3, (from + count) * 3), pixels);
    kernels.lumaOf(pixels, count, result);
    gray.set(bytes.subarray(result, result + count), from);
  }
  return { width, height, channels: 1, data: gray };
}
