/** How far images may be turned before objects are cut off: asked before anybody writes `rotate:`. */
import { hasEvenBorder, shareCutOff } from '../lib/augment/cut-off.ts';
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import { spreadPlaces } from '../lib/image/contact-sheet.ts';

export interface Turning {
  /** Images looked at, and those of them whose background is even, so that an object can be told from it. */
  readonly images: number;
  readonly even: number;
  /** The largest of DEGREES at which hardly an object loses anything, either way; null when that cannot be told. */
  readonly degrees: number | null;
}

export const DEGREES = [0, 5, 10, 15, 20, 30, 45, 90, 180] as const;
const LOOKED_AT = 40;
/** Of an object's pixels: less is not missed. */
const SHARE_LOST = 0.02;
/** Of the images: so many may lose more. */
const SHARE_OF_IMAGES = 0.05;
/** With fewer nothing can be told. */
const FEWEST = 10;

/** @param places  of the images to choose from, spread over which some are looked at. */
export async function measureTurning(dataset: Pick<Dataset, 'raster'>, places: readonly number[]): Promise<Turning> {
  const losses: (readonly boolean[])[] = [];
  const chosen = spreadPlaces(places.length, LOOKED_AT);
  for (const place of chosen) {
    const raster = await dataset.raster(places[place] as number);
    if (hasEvenBorder(raster)) losses.push(DEGREES.map((degrees) => shareCutOff(raster, degrees) > SHARE_LOST));
  }
  const isWhole = (at: number) => losses.filter((each) => each[at]).length <= SHARE_OF_IMAGES * losses.length;
  const firstCut = DEGREES.findIndex((_, at) => !isWhole(at));
  const degrees = DEGREES[(firstCut < 0 ? DEGREES.length : firstCut) - 1] ?? 0;
  return { images: chosen.length, even: losses.length, degrees: losses.length < FEWEST ? null : degrees };
}
