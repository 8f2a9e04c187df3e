/** Carries out the operations of one copy: geometry first, then colour, then what a camera or a file adds, then what hides. */
import { equalizeContrast } from '../image/clahe.ts';
import { type Raster, reencodeJpeg } from '../image/raster.ts';
import { scaleBrightness, warpImage } from '../image/warp.ts';
import { adjustContrast, adjustSaturation, rotateHue } from './colour.ts';
import { neutralValue, type Operations } from './draw.ts';
import { addNoise, blurImage, cutOut, quarterTurns } from './pixels.ts';
import { applyPolicyOperation } from './policies.ts';

/** What one warp does together. */
const GEOMETRY = ['degrees', 'scale', 'flipHorizontal', 'flipVertical', 'shiftX', 'shiftY'];
/** Tiles and limit of the even contrast that `clahe` gives. */
const CLAHE = { clipLimit: 2, tiles: 4 };

/** The size stays; quarter turns of an image that is not square are left out. */
export async function applyOperations(raster: Raster, operations: Operations): Promise<Raster> {
  const seen = applySurface(raster, operations);
  return hide('jpeg' in operations ? await reencodeJpeg(seen, valueIn(operations, 'jpeg')) : seen, operations);
}

/** The same without what needs a file: for images that are changed anew in every epoch. */
export function applyAtOnce(raster: Raster, operations: Operations): Raster {
  return hide(applySurface(raster, operations), operations);
}

function applySurface(raster: Raster, operations: Operations): Raster {
  const of = (name: string) => valueIn(operations, name);
  let image = raster.width === raster.height ? quarterTurns(raster, of('quarterTurns')) : raster;
  if (GEOMETRY.some((name) => name in operations)) {
    image = warpImage(image, {
      degrees: of('degrees'),
      scale: of('scale'),
      flipHorizontal: of('flipHorizontal') === 1,
      flipVertical: of('flipVertical') === 1,
      shiftX: of('shiftX'),
      shiftY: of('shiftY'),
    });
  }
  if ('brightness1024' in operations) image = scaleBrightness(image, of('brightness1024'));
  if ('contrast1024' in operations) image = adjustContrast(image, of('contrast1024'));
  if ('saturation1024' in operations) image = adjustSaturation(image, of('saturation1024'));
  if ('hue' in operations) image = rotateHue(image, of('hue'));
  if (of('clahe') === 1 && image.channels === 1) image = equalizeContrast(image, CLAHE.clipLimit, CLAHE.tiles);
  for (const name in operations) {
    // Those of a policy carry their turn.
    if (name.includes('.')) image = applyPolicyOperation(image, name, of(name));
  }
  if ('blur' in operations) image = blurImage(image, of('blur'));
  if ('noise' in operations) image = addNoise(image, of('noise'), of('noiseSeed'));
  return image;
}

function hide(raster: Raster, operations: Operations): Raster {
  const of = (name: string) => valueIn(operations, name);
  return 'cutout' in operations ? cutOut(raster, of('cutout'), of('cutoutX'), of('cutoutY')) : raster;
}

function valueIn(operations: Operations, name: string): number {
  return operations[name] ?? neutralValue(name);
}
