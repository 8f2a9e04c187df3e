/** Carries out the operations of one copy: geometry first, then colour, then what a camera or a file adds, then what hides. */
import { equalizeContrast } from '../image/clahe.ts';
import { type Raster, reencodeJpeg } from '../image/raster.ts';
import { scaleBrightness, warpImage } from '../image/warp.ts';
import { adjustContrast, adjustSaturation, rotateHue } from './colour.ts';
import { neutralValue, type Operations } from './draw.ts';
import { addNoise, blurImage, cutOut, quarterTurns } from './pixels.ts';
import { applyPolicyOperation } from './policies.ts';

/** Tiles and limit of the even contrast that `clahe` gives. */
const CLAHE = { clipLimit: 2, tiles: 4 };

/** The size stays, but for a quarter turn of an image that is not square, which is left out. */
export async function applyOperations(raster: Raster, operations: Operations): Promise<Raster> {
  const of = (name: string) => operations[name] ?? neutralValue(name);
  let image = raster.width === raster.height ? quarterTurns(raster, of('quarterTurns')) : raster;
  if (['degrees', 'scale', 'flipHorizontal', 'flipVertical', 'shiftX', 'shiftY'].some((name) => name in operations)) {
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
  for (const [name, value] of Object.entries(operations)) image = applyPolicyOperation(image, name, value);
  if ('blur' in operations) image = blurImage(image, of('blur'));
  if ('noise' in operations) image = addNoise(image, of('noise'), of('noiseSeed'));
  if ('jpeg' in operations) image = await reencodeJpeg(image, of('jpeg'));
  if ('cutout' in operations) image = cutOut(image, of('cutout'), of('cutoutX'), of('cutoutY'));
  return image;
}
