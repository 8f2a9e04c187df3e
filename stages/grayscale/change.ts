/** What this stage does to one image, here or in a thread. */
import type { GrayscaleParams } from '../../src/generated/stages/grayscale.ts';
import type { Filled } from '../../src/sdk/index.ts';
import { type Change, changing } from '../lib/dataset/change.ts';
import { equalizeContrast } from '../lib/image/clahe.ts';
import { toGray } from '../lib/image/luma.ts';
import type { Raster } from '../lib/image/raster.ts';

/** What evens out the contrast; null: nothing does. */
export type Step = Filled<GrayscaleParams>['clahe'];

export function turnGray(raster: Raster, clahe: Step): Raster {
  const gray = toGray(raster);
  return clahe === null ? gray : equalizeContrast(gray, clahe.clipLimit, clahe.tiles);
}

export const CHANGE: Change<Step> = {
  script: new URL('./worker.ts', import.meta.url),
  run: changing(turnGray),
};
