/**
 * Rotation, scaling, shearing, shifting and mirroring in one pass: bilinear, in fixed point, so that the result is the same on
 * every machine. What lies outside the image is its mirror image, the border not repeated.
 */
import { remake } from './pixel-kernels.ts';
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
}

/** Places have 16 bits behind the point, so that rounding does not add up along a row. */
const PLACE_ONE = 1 << 16;

/** About the middle of the image; the size stays. */
export function warpImage(raster: Raster, warp: Warp): Raster {
  const { width, height, channels } = raster;
  const { shiftX = 0, shiftY = 0, shearX = 0, shearY = 0 } = warp;
  const radians = (warp.degrees * Math.PI) / 180;
  const cos = Math.cos(radians) / warp.scale;
  const sin = Math.sin(radians) / warp.scale;
  const signX = warp.flipHorizontal ? -1 : 1;
  const signY = warp.flipVertical ? -1 : 1;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  // The inverse mapping: where in the source each pixel comes from. Shearing is undone first, then turn and mirror.
  const [xx, xy] = [signX * (cos + sin * shearY), signX * (sin + cos * shearX)];
  const [yx, yy] = [signY * (-sin + cos * shearY), signY * (cos - sin * shearX)];
  const left = -middleX - shiftX * width;
  const [firstX, firstY] = [middleX + xx * left, middleY + yx * left];
  const [stepX, stepY] = [Math.round(xx * PLACE_ONE), Math.round(yx * PLACE_ONE)];
  const shift = shiftY * height;
  return remake(raster, (kernels, from, to) => {
    kernels.warp(from, width, height, channels, firstX, firstY, xy, yy, middleY, shift, stepX, stepY, to);
  });
}

/** Values times a factor given in 1024ths, rounded and limited to 255. @throws RangeError for a factor of 2^15 or more. */
export function scaleBrightness(raster: Raster, factor1024: number): Raster {
  return scaleDistances(raster, 0, factor1024);
}

/** Distances of values from a grey level times a factor in 1024ths, as above. */
export function scaleDistances(raster: Raster, centre: number, factor1024: number): Raster {
  if (factor1024 >= 1 << 15) throw new RangeError(`a factor of ${factor1024} / 1024 is too large`);
  return remake(raster, (kernels, from, to) => {
    kernels.scaleDistances(from, raster.data.length, centre, factor1024, to);
  });
}
