/**
 * Changes train images anew in every epoch, with the operations the stage `augment` makes copies with.
 *
 * What becomes of an image depends on the seed, the epoch and its place in the train split alone.
 */
import type { Random } from '../../../src/sdk/index.ts';
import { applyAtOnce } from '../augment/apply.ts';
import { drawOperations, type Strengths } from '../augment/draw.ts';
import type { TrainSettings } from './train-types.ts';

type Size = readonly [height: number, width: number, channels: number];

/** Nothing of it is drawn: no operation is asked for. */
export function changesImages(augment: TrainSettings['augment']): boolean {
  const { flip, scale, policy, mixup: _mixup, cutmix: _cutmix, ...amounts } = augment;
  const isScaled = scale.some((factor) => factor !== 1);
  return flip.length > 0 || isScaled || policy !== null || Object.values(amounts).some(Boolean);
}

/** @param pixels  of one image. @returns as many, changed. */
export function augmentImage(
  augment: TrainSettings['augment'],
  pixels: Uint8Array,
  [height, width, channels]: Size,
  random: Random,
): Uint8Array {
  const strengths: Strengths = { ...augment, jpeg: 100 };
  const raster = { width, height, channels: channels === 1 ? (1 as const) : (3 as const), data: pixels };
  return applyAtOnce(raster, drawOperations(strengths, random)).data;
}
