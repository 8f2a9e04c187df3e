/** Changes of colour and contrast, on whole numbers, so that they are exact everywhere. */
import { toGray } from '../image/luma.ts';
import { openScratch, remake } from '../image/pixel-kernels.ts';
import type { Raster } from '../image/raster.ts';
import { scaleDistances } from '../image/warp.ts';

/** Distances from the mean grey level times a factor in 1024ths. */
export function adjustContrast(raster: Raster, factor1024: number): Raster {
  const gray = toGray(raster);
  const [sum = 0] = sumChannels(gray);
  return scaleDistances(raster, Math.round(sum / Math.max(1, gray.data.length)), factor1024);
}

/** Of all values of each channel. */
export function sumChannels({ data, channels }: Raster): number[] {
  const { kernels, bytes, at } = openScratch(data.length, channels * 8);
  const [pixels, sums] = at;
  bytes.set(data, pixels);
  kernels.sumChannels(pixels, data.length / channels, channels, sums);
  return [...new Float64Array(bytes.buffer, sums, channels)];
}

/** Distances from the pixel's own grey times a factor in 1024ths; a grey image stays as it is. */
export function adjustSaturation(raster: Raster, factor1024: number): Raster {
  if (raster.channels === 1) return raster;
  return remake(raster, (kernels, from, to) => {
    kernels.mixWithGray(from, raster.width * raster.height, factor1024, to);
  });
}

/**
 * Turns colours about the grey axis, the brightness staying nearly the same.
 *
 * @param degrees  of the colour circle. A grey image stays as it is.
 */
export function rotateHue(raster: Raster, degrees: number): Raster {
  if (raster.channels === 1) return raster;
  const radians = (degrees * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians) / Math.sqrt(3);
  const third = (1 - cos) / 3;
  // Rotation about (1, 1, 1) by Rodrigues' formula, in 4096ths; each row is made to add up to 4096, so that grey stays grey.
  const [b, c] = [Math.round(4096 * (third - sin)), Math.round(4096 * (third + sin))];
  const a = 4096 - b - c;
  return remake(raster, (kernels, from, to) => {
    kernels.turnColours(from, raster.width * raster.height, a, b, c, to);
  });
}

/** Every value by its own rule, limited to 0-255. */
export function mapLevels(raster: Raster, rule: (value: number) => number): Raster {
  const table = Uint8Array.from({ length: 256 }, (_, value) => limit(rule(value)));
  const { data } = raster;
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) result[at] = table[data[at] as number] as number;
  return { ...raster, data: result };
}

export function limit(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
