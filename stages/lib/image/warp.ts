/**
 * Rotation, scaling and mirroring in one pass: bilinear, in fixed point, so that the result is the same on every machine.
 * The border is mirrored without repeating its pixels.
 */
import type { Raster } from './raster.ts';

export interface Warp {
  readonly degrees: number;
  /** Above 1 magnifies. */
  readonly scale: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

/** Places have 16 bits behind the point, so that rounding does not add up along a row; weights have 11, so that products fit. */
const PLACE_BITS = 16;
const PLACE_ONE = 1 << PLACE_BITS;
const BITS = 11;
const ONE = 1 << BITS;

export function warpImage(raster: Raster, { degrees, scale, flipHorizontal, flipVertical }: Warp): Raster {
  const { width, height, channels, data } = raster;
  const radians = (degrees * Math.PI) / 180;
  // The inverse mapping, about the centre: where in the source each pixel comes from.
  const cos = Math.cos(radians) / scale;
  const sin = Math.sin(radians) / scale;
  const signX = flipHorizontal ? -1 : 1;
  const signY = flipVertical ? -1 : 1;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const stepX = Math.round(signX * cos * PLACE_ONE);
  const stepY = Math.round(-signY * sin * PLACE_ONE);
  const result = new Uint8Array(data.length);

  let target = 0;
  for (let y = 0; y < height; y++) {
    let fromX = Math.round((middleX + signX * (-cos * middleX + sin * (y - middleY))) * PLACE_ONE);
    let fromY = Math.round((middleY + signY * (sin * middleX + cos * (y - middleY))) * PLACE_ONE);
    for (let x = 0; x < width; x++, fromX += stepX, fromY += stepY) {
      const left = fromX >> PLACE_BITS;
      const top = fromY >> PLACE_BITS;
      const shareX = (fromX >> (PLACE_BITS - BITS)) & (ONE - 1);
      const shareY = (fromY >> (PLACE_BITS - BITS)) & (ONE - 1);
      const x0 = mirror(left, width);
      const x1 = mirror(left + 1, width);
      const row0 = mirror(top, height) * width;
      const row1 = mirror(top + 1, height) * width;
      for (let channel = 0; channel < channels; channel++) {
        const upper = pixel(row0 + x0, channel) * (ONE - shareX) + pixel(row0 + x1, channel) * shareX;
        const lower = pixel(row1 + x0, channel) * (ONE - shareX) + pixel(row1 + x1, channel) * shareX;
        result[target++] = (upper * (ONE - shareY) + lower * shareY + (1 << (2 * BITS - 1))) >> (2 * BITS);
      }
    }
  }
  return { width, height, channels, data: result };

  function pixel(place: number, channel: number): number {
    return data[place * channels + channel] as number;
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
