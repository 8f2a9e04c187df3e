/** What blur, sensors and obstacles do to pixels, on whole numbers. */
import { openScratch, remake } from '../image/pixel-kernels.ts';
import type { Raster } from '../image/raster.ts';
import { sumChannels } from './colour.ts';

/** Weights of a blur are shares of this. */
const ONE = 65536;

/** By a quarter of a circle, clockwise, `turns` times. The image must be square. */
export function quarterTurns(raster: Raster, turns: number): Raster {
  const { width: side, channels, data } = raster;
  if (turns % 4 === 0) return raster;
  const result = new Uint8Array(data.length);
  const line = side * channels;
  // Where the first pixel comes from, and the steps from there to the next one across and down.
  const [first, across, down] =
    turns === 1
      ? [(side - 1) * line, -line, channels]
      : turns === 2
        ? [data.length - channels, -channels, -line]
        : [line - channels, line, -channels];
  let target = 0;
  for (let y = 0; y < side; y++) {
    let from = first + y * down;
    for (let x = 0; x < side; x++, from += across) {
      for (let c = 0; c < channels; c++) result[target++] = data[from + c] as number;
    }
  }
  return { ...raster, data: result };
}

/** Gaussian of this deviation in pixels, cut off at three deviations, the border repeated. */
export function blurImage(raster: Raster, sigmaPx: number): Raster {
  const reach = Math.ceil(3 * sigmaPx);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigmaPx * sigmaPx)));
  const sum = bell.reduce((total, value) => total + value, 0);
  const weights = bell.map((value) => Math.round((value / sum) * ONE));
  // What rounding lost goes to the middle: an even area keeps its shade.
  weights[reach] = (weights[reach] as number) + ONE - weights.reduce((total, value) => total + value, 0);
  if (weights[reach] === ONE) return raster;
  const { width, height, channels, data } = raster;
  const margin = 2 * reach * channels;
  const across = (height + 2 * reach) * width * channels;
  const { kernels, bytes, at } = openScratch(
    data.length,
    data.length,
    (reach + 1) * 4,
    width * channels + margin,
    across,
  );
  const [image, result, half, line, lines] = at;
  bytes.set(data, image);
  new Int32Array(bytes.buffer, half, reach + 1).set(weights.slice(reach));
  kernels.blurImage(image, width, height, channels, half, reach, line, lines, result);
  return { ...raster, data: bytes.slice(result, result + data.length) };
}

/**
 * Adds noise of this deviation in grey levels to every value.
 *
 * The noise is the sum of four uniform bytes of a counter-based generator: near enough to a bell curve, exact everywhere, and
 * any pixel's noise is known without the others'.
 */
export function addNoise(raster: Raster, deviation: number, seed: number): Raster {
  // The deviation of the sum of four bytes is sqrt(4 (256^2 - 1) / 12).
  const scale = Math.round((deviation / 147.8) * 65536);
  return remake(raster, (kernels, from, to) => {
    kernels.addNoise(from, raster.data.length, seed, scale, to);
  });
}

/**
 * Covers a square with the image's mean shade.
 *
 * @param share  side of the square by the shorter side of the image.
 * @param x, y   its middle, in shares of width and height.
 */
export function cutOut(raster: Raster, share: number, x: number, y: number): Raster {
  const { width, height, channels, data } = raster;
  const side = Math.round(share * Math.min(width, height));
  const [left, top] = [Math.round(x * width - side / 2), Math.round(y * height - side / 2)];
  const means = sumChannels(raster).map((sum) => Math.round((sum * channels) / data.length));
  const result = new Uint8Array(data);
  for (let row = Math.max(0, top); row < Math.min(height, top + side); row++) {
    for (let column = Math.max(0, left); column < Math.min(width, left + side); column++) {
      result.set(means, (row * width + column) * channels);
    }
  }
  return { ...raster, data: result };
}
