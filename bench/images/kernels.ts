/** Our side of kernels.mjs: prints as JSON how many milliseconds a call of each operation takes. */
import { blurImage } from '../../stages/lib/augment/pixels.ts';
import { equalizeContrast } from '../../stages/lib/image/clahe.ts';
import { toGray } from '../../stages/lib/image/luma.ts';
import { resizeImage } from '../../stages/lib/image/resize.ts';
import { noiseImage } from '../../stages/lib/image/testing.ts';
import { scaleBrightness, warpImage } from '../../stages/lib/image/warp.ts';

const SPENT_MS = 400;

const colour = (side: number) => noiseImage(side, side, 3, side);
const [small, middle, photo, large] = [colour(64), colour(224), colour(300), colour(1024)];
const [grayMiddle, grayLarge] = [toGray(middle), toGray(large)];
const turn = { degrees: 11, scale: 1.05, flipHorizontal: false, flipVertical: false, shiftX: 0.03, shiftY: 0.03 };

const OPERATIONS: Readonly<Record<string, () => unknown>> = {
  'resize 300 to 64': () => resizeImage(photo, 64, 64),
  'resize 300 to 224': () => resizeImage(photo, 224, 224),
  'resize 1024 to 224': () => resizeImage(large, 224, 224),
  'resize 1024 to 224, grey': () => resizeImage(grayLarge, 224, 224),
  'resize 64 to 224': () => resizeImage(small, 224, 224),
  'warp 64': () => warpImage(small, turn),
  'warp 224': () => warpImage(middle, turn),
  'warp 224, grey': () => warpImage(grayMiddle, turn),
  'grey of 224': () => toGray(middle),
  'CLAHE 224': () => equalizeContrast(grayMiddle, 2, 8),
  'brightness 64': () => scaleBrightness(small, 1126),
  'blur 64': () => blurImage(small, 1.5),
};

function leastMs(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  const endMs = performance.now() + SPENT_MS;
  for (let startMs = performance.now(); startMs < endMs; startMs = performance.now()) {
    run();
    least = Math.min(least, performance.now() - startMs);
  }
  return least;
}

const measured = Object.entries(OPERATIONS).map(([name, run]) => [name, leastMs(run)]);
process.stdout.write(JSON.stringify(Object.fromEntries(measured)));
