/**
 * Changes train images anew in every epoch: mirrored and shifted by whole pixels, so that nothing is interpolated.
 *
 * What becomes of an image depends on the seed, the epoch and its place in the train split alone.
 */
import type { Random } from '../../../src/sdk/index.ts';
import type { TrainSettings } from './train-types.ts';

type Size = readonly [height: number, width: number, channels: number];

export function changesImages({ flip, shift }: TrainSettings['augment']): boolean {
  return flip.length > 0 || shift > 0;
}

/**
 * @param pixels  of one image.
 * @param into    as long; what is shifted in repeats the border.
 */
export function augmentImage(
  { flip, shift }: TrainSettings['augment'],
  pixels: Uint8Array,
  [height, width, channels]: Size,
  random: Random,
  into: Uint8Array,
): void {
  const isMirrored = flip.includes('horizontal') && random.uniform() < 0.5;
  const isUpsideDown = flip.includes('vertical') && random.uniform() < 0.5;
  const [down, right] = [wholeShift(shift, height, random), wholeShift(shift, width, random)];
  for (let y = 0; y < height; y++) {
    const row = clamped(isUpsideDown ? height - 1 - y + down : y - down, height);
    for (let x = 0; x < width; x++) {
      const column = clamped(isMirrored ? width - 1 - x + right : x - right, width);
      const from = (row * width + column) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) into[to + channel] = pixels[from + channel] as number;
    }
  }
}

function wholeShift(share: number, side: number, random: Random): number {
  const most = Math.floor(share * side);
  return most === 0 ? 0 : random.integer(2 * most + 1) - most;
}

function clamped(place: number, side: number): number {
  return Math.min(side - 1, Math.max(0, place));
}
