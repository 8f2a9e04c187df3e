/** Colour to grey. */
import { openScratch } from './pixel-kernels.ts';
import type { Raster } from './raster.ts';

/** Worked on at once: a large image needs no more memory than a small one. */
const STRIP_PIXELS = 1 << 16;

/** In 2^-bits, each below 2^15; what green counts may stand in two parts. */
interface Weights {
  readonly red: number;
  readonly green: readonly [number, number];
  readonly blue: number;
  readonly bits: number;
}

/** BT.601 in 14 bits, as in OpenCV. */
const OPENCV: Weights = { red: 4899, green: [9617, 0], blue: 1868, bits: 14 };
/** BT.601 in 16 bits, as in Pillow. */
const PILLOW: Weights = { red: 19595, green: [19235, 19235], blue: 7471, bits: 16 };

/** Luma with the weights OpenCV uses, rounded. */
export function toGray(raster: Raster): Raster {
  return weigh(raster, OPENCV);
}

/** Luma with the weights Pillow uses: they differ from OpenCV's in the last place. */
export function pillowGray(raster: Raster): Raster {
  return weigh(raster, PILLOW);
}

function weigh(raster: Raster, { red, green, blue, bits }: Weights): Raster {
  if (raster.channels === 1) return raster;
  const { width, height, data } = raster;
  const gray = new Uint8Array(width * height);
  const strip = Math.min(STRIP_PIXELS, gray.length);
  const { kernels, bytes, at } = openScratch(strip * 3, strip);
  const [pixels, result] = at;
  const [redGreen, blueGreen] = [(green[0] << 16) | red, (green[1] << 16) | blue];
  for (let from = 0; from < gray.length; from += strip) {
    const count = Math.min(strip, gray.length - from);
    bytes.set(data.subarray(from * 3, (from + count) * 3), pixels);
    kernels.lumaOf(pixels, count, redGreen, blueGreen, bits, result);
    gray.set(bytes.subarray(result, result + count), from);
  }
  return { width, height, channels: 1, data: gray };
}
