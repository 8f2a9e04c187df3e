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
  for (let y = 0; y < height; y++) {
    const down = y - middleY - shiftY * height;
    const startX = fix(middleX + xx * left + xy * down);
    const startY = fix(middleY + yx * left + yy * down);
    warpLine(raster, result, y * width * channels, startX, startY, stepX, stepY, border);
  }
  return { width, height, channels, data: result };
}

function warpLine(
  raster: Raster,
  result: Uint8Array,
  start: number,
  startX: number,
  startY: number,
  stepX: number,
  stepY: number,
  border: 'mirror' | number,
): void {
  const { data, width, height, channels } = raster;
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
    const isInside = x >= 0 && y >= 0 && x < lastX && y < lastY;
    if (!isInside && border !== 'mirror') {
      blendShaded(raster, result, target, x, y, right, down, border);
      target += channels;
      continue;
    }
    // Where the four neighbours begin; inside, no question is asked for any of them.
    let p = (y * width + x) * channels;
    let q = p + channels;
    let r = p + line;
    let s = r + channels;
    if (!isInside) {
      const [upper, lower] = [mirror(y, height) * line, mirror(y + 1, height) * line];
      const [before, after] = [mirror(x, width) * channels, mirror(x + 1, width) * channels];
      p = upper + before;
      q = upper + after;
      r = lower + before;
      s = lower + after;
    }
    // Products of weights are made once for all channels.
    const w00 = (ONE - right) * (ONE - down);
    const w01 = right * (ONE - down);
    const w10 = (ONE - right) * down;
    const w11 = right * down;
    for (const end = p + channels; p < end; p++, q++, r++, s++) {
      const upper = (data[p] as number) * w00 + (data[q] as number) * w01;
      result[target++] = (upper + (data[r] as number) * w10 + (data[s] as number) * w11 + HALF) >> (2 * BITS);
    }
  }
}

/** A pixel some of whose neighbours have the shade of the border. */
function blendShaded(
  { data, width, height, channels }: Raster,
  result: Uint8Array,
  target: number,
  x: number,
  y: number,
  right: number,
  down: number,
  shade: number,
): void {
  const at = (column: number, row: number, channel: number) =>
    column < 0 || row < 0 || column >= width || row >= height
      ? shade
      : (data[(row * width + column) * channels + channel] as number);
  for (let channel = 0; channel < channels; channel++) {
    const upper = at(x, y, channel) * (ONE - right) + at(x + 1, y, channel) * right;
    const lower = at(x, y + 1, channel) * (ONE - right) + at(x + 1, y + 1, channel) * right;
    result[target + channel] = (upper * (ONE - down) + lower * down + HALF) >> (2 * BITS);
  }
}

/** Values times a factor given in 1024ths, rounded and limited to 255. */
export function scaleBrightness(raster: Raster, factor1024: number): Raster {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, (value * factor1024 + 512) >> 10));
  const { data } = raster;
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = table[data[i] as number] as number;
  return { ...raster, data: result };
}

function mirror(position: number, size: number): number {
  if (position >= 0 && position < size) return position;
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const offset = ((position % period) + period) % period;
  return offset < size ? offset : period - offset;
}
