/**
 * Rotation, scaling, shearing, shifting and mirroring in one pass: bilinear, in fixed point, so that the result is the same on
 * every machine.
 */
import type { Raster } from './raster.ts';

export interface Warp {
  /** Counterclockwise. */
  readonly degrees: number;
  /** Above 1 magnifies. */
  readonly scale: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  /** To the right and down, in shares of width and height. */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /** Tangents of the angles by which columns and rows lean. */
  readonly shearX?: number;
  readonly shearY?: number;
  /** What lies outside the image: its mirror image without repeating the border, or one shade. */
  readonly border?: 'mirror' | number;
}

/** Places have 16 bits behind the point, so that rounding does not add up along a row; weights have 11, so that products fit. */
const PLACE_BITS = 16;
const PLACE_ONE = 1 << PLACE_BITS;
const BITS = 11;
const ONE = 1 << BITS;
const HALF = 1 << (2 * BITS - 1);

/** About the middle of the image; the size stays. */
export function warpImage(raster: Raster, warp: Warp): Raster {
  const { width, height, channels } = raster;
  const { shiftX = 0, shiftY = 0, shearX = 0, shearY = 0, border = 'mirror' } = warp;
  const radians = (warp.degrees * Math.PI) / 180;
  const cos = Math.cos(radians) / warp.scale;
  const sin = Math.sin(radians) / warp.scale;
  const signX = warp.flipHorizontal ? -1 : 1;
  const signY = warp.flipVertical ? -1 : 1;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  // The inverse mapping: where in the source each pixel comes from. Shearing is undone first, then turn and mirror.
  const fix = (value: number) => Math.round(value * PLACE_ONE);
  const [xx, xy] = [signX * (cos + sin * shearY), signX * (sin + cos * shearX)];
  const [yx, yy] = [signY * (-sin + cos * shearY), signY * (cos - sin * shearX)];
  const [stepX, stepY] = [fix(xx), fix(yx)];
  const left = -middleX - shiftX * width;
  const result = new Uint8Array(raster.data.length);
  const sample = border === 'mirror' ? mirrored(raster) : shaded(raster, border);
  for (let y = 0; y < height; y++) {
    const down = y - middleY - shiftY * height;
    const startX = fix(middleX + xx * left + xy * down);
    const startY = fix(middleY + yx * left + yy * down);
    warpLine(raster, result, y * width * channels, startX, startY, stepX, stepY, sample);
  }
  return { width, height, channels, data: result };
}

/** Value of a pixel that may lie outside. */
type Sample = (x: number, y: number, channel: number) => number;

function mirrored({ data, width, height, channels }: Raster): Sample {
  return (x, y, channel) => data[(mirror(y, height) * width + mirror(x, width)) * channels + channel] as number;
}

function shaded({ data, width, height, channels }: Raster, shade: number): Sample {
  return (x, y, channel) =>
    x < 0 || y < 0 || x >= width || y >= height ? shade : (data[(y * width + x) * channels + channel] as number);
}

function warpLine(
  { data, width, height, channels }: Raster,
  result: Uint8Array,
  start: number,
  startX: number,
  startY: number,
  stepX: number,
  stepY: number,
  sample: Sample,
): void {
  let target = start;
  let fromX = startX;
  let fromY = startY;
  const [lastX, lastY] = [width - 1, height - 1];
  const line = width * channels;
  for (let i = 0; i < width; i++, fromX += stepX, fromY += stepY) {
    const x = fromX >> PLACE_BITS;
    const y = fromY >> PLACE_BITS;
    const right = (fromX >> (PLACE_BITS - BITS)) & (ONE - 1);
    const down = (fromY >> (PLACE_BITS - BITS)) & (ONE - 1);
    const left = ONE - right;
    const up = ONE - down;
    if (x >= 0 && y >= 0 && x < lastX && y < lastY) {
      // Four neighbours inside: no question asked for any of them. Products of weights are made once for all channels.
      const w00 = left * up;
      const w01 = right * up;
      const w10 = left * down;
      const w11 = right * down;
      let p = (y * width + x) * channels;
      const end = p + channels;
      for (let q = p + channels, r = p + line, s = r + channels; p < end; p++, q++, r++, s++) {
        const upper = (data[p] as number) * w00 + (data[q] as number) * w01;
        result[target++] = (upper + (data[r] as number) * w10 + (data[s] as number) * w11 + HALF) >> (2 * BITS);
      }
    } else {
      for (let channel = 0; channel < channels; channel++) {
        const upper = sample(x, y, channel) * left + sample(x + 1, y, channel) * right;
        const lower = sample(x, y + 1, channel) * left + sample(x + 1, y + 1, channel) * right;
        result[target++] = (upper * up + lower * down + HALF) >> (2 * BITS);
      }
    }
  }
}

/** Values times a factor given in 1024ths, rounded and limited to 255. */
export function scaleBrightness(raster: Raster, factor1024: number): Raster {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, (value * factor1024 + 512) >> 10));
  return { ...raster, data: raster.data.map((value) => table[value] as number) };
}

function mirror(position: number, size: number): number {
  if (position >= 0 && position < size) return position;
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const offset = ((position % period) + period) % period;
  return offset < size ? offset : period - offset;
}
