/** What blur, sensors and obstacles do to pixels, on whole numbers. */
import type { Raster } from '../image/raster.ts';
import { limit } from './colour.ts';

/** By a quarter of a circle, clockwise, `turns` times. The image must be square. */
export function quarterTurns(raster: Raster, turns: number): Raster {
  const { width: side, channels, data } = raster;
  if (turns % 4 === 0) return raster;
  const result = new Uint8Array(data.length);
  const last = side - 1;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [fromX, fromY] = turns === 1 ? [y, last - x] : turns === 2 ? [last - x, last - y] : [last - y, x];
      const from = (fromY * side + fromX) * channels;
      for (let c = 0; c < channels; c++) result[(y * side + x) * channels + c] = data[from + c] as number;
    }
  }
  return { ...raster, data: result };
}

/** Gaussian of this deviation in pixels, cut off at three deviations, the border repeated. */
export function blurImage(raster: Raster, sigmaPx: number): Raster {
  const reach = Math.ceil(3 * sigmaPx);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigmaPx * sigmaPx)));
  const sum = bell.reduce((total, value) => total + value, 0);
  const weights = bell.map((value) => Math.round((value / sum) * 65536));
  // What rounding lost goes to the middle: an even area keeps its shade.
  weights[reach] = (weights[reach] as number) + 65536 - weights.reduce((total, value) => total + value, 0);
  return blurAlong(blurAlong(raster, weights, reach, 'x'), weights, reach, 'y');
}

function blurAlong(raster: Raster, weights: readonly number[], reach: number, along: 'x' | 'y'): Raster {
  const { width, height, channels, data } = raster;
  const result = new Uint8Array(data.length);
  const [length, step] = along === 'x' ? [width, channels] : [height, width * channels];
  const lines = along === 'x' ? height : width;
  const stride = along === 'x' ? width * channels : channels;
  for (let line = 0; line < lines; line++) {
    for (let place = 0; place < length; place++) {
      for (let c = 0; c < channels; c++) {
        let value = 32768;
        for (let i = -reach; i <= reach; i++) {
          const from = Math.min(length - 1, Math.max(0, place + i));
          value += (weights[i + reach] as number) * (data[line * stride + from * step + c] as number);
        }
        result[line * stride + place * step + c] = value >> 16;
      }
    }
  }
  return { ...raster, data: result };
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
  const data = raster.data.map((value, at) => {
    const word = mix(seed ^ Math.imul(at + 1, 0x9e3779b9));
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24) - 510;
    return limit(value + ((sum * scale + 32768) >> 16));
  });
  return { ...raster, data };
}

/** Finaliser of MurmurHash3 (A. Appleby, public domain): every bit depends on every bit. */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
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
  const means = Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let at = c; at < data.length; at += channels) sum += data[at] as number;
    return Math.round((sum * channels) / data.length);
  });
  const result = Uint8Array.from(data);
  for (let row = Math.max(0, top); row < Math.min(height, top + side); row++) {
    for (let column = Math.max(0, left); column < Math.min(width, left + side); column++) {
      result.set(means, (row * width + column) * channels);
    }
  }
  return { ...raster, data: result };
}
