/**
 * Blends the images of a batch with one another: mixup (Zhang et al., 2018) and CutMix (Yun et al., 2019).
 *
 * Each image meets the one at its place in a shuffled batch; its truth becomes as much of the other's as it got of the other's pixels.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../../../src/sdk/index.ts';
import type { Tf } from '../backend/tensorflow.ts';
import type { TrainSettings } from './train-types.ts';

type Size = readonly [height: number, width: number, channels: number];

export interface Mix {
  /** For each image of the batch the place of the one it is blended with. */
  readonly partners: readonly number[];
  /** How much of its own an image keeps, 0 to 1. */
  readonly share: number;
  /** Top, left, bottom, right of what comes from the other image; null: all pixels are blended. */
  readonly box: readonly [number, number, number, number] | null;
}

/** Null when neither is asked for. */
export function drawMix(
  { mixup, cutmix }: Pick<TrainSettings['augment'], 'mixup' | 'cutmix'>,
  count: number,
  [height, width]: Size,
  random: Random,
): Mix | null {
  if (mixup === 0 && cutmix === 0) return null;
  const isCut = mixup === 0 || (cutmix > 0 && random.uniform() < 0.5);
  const share = drawBeta(isCut ? cutmix : mixup, random);
  const partners = random.shuffle(Array.from({ length: count }, (_, i) => i));
  if (!isCut) return { partners, share, box: null };
  const side = Math.sqrt(1 - share);
  const [y, x] = [random.uniform() * height, random.uniform() * width];
  const [reachY, reachX] = [(side * height) / 2, (side * width) / 2];
  const [top, bottom] = [y - reachY, y + reachY].map((at) => Math.round(Math.min(height, Math.max(0, at))));
  const [left, right] = [x - reachX, x + reachX].map((at) => Math.round(Math.min(width, Math.max(0, at))));
  const box = [top ?? 0, left ?? 0, bottom ?? 0, right ?? 0] as const;
  // What the border cut off the rectangle is not given away.
  const area = ((box[2] - box[0]) * (box[3] - box[1])) / (height * width);
  return { partners, share: 1 - area, box };
}

/** In place. @param pixels  of the whole batch. */
export function mixPixels(pixels: Float32Array, [height, width, channels]: Size, { partners, share, box }: Mix): void {
  const own = pixels.slice();
  const size = height * width * channels;
  const [top, left, bottom, right] = box ?? [0, 0, height, width];
  const kept = box === null ? share : 0;
  partners.forEach((partner, i) => {
    for (let y = top; y < bottom; y++) {
      for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at++) {
        pixels[i * size + at] =
          kept * (own[i * size + at] as number) + (1 - kept) * (own[partner * size + at] as number);
      }
    }
  });
}

/** @param truth  `[n, outputs]`. @returns as many, each row blended with its partner's. */
export function mixTruth(tf: Tf, truth: Tensor, { partners, share }: Mix): Tensor {
  const others = tf.gather(truth, tf.tensor1d([...partners], 'int32'));
  return tf.add(tf.mul(truth, share), tf.mul(others, 1 - share));
}

/** Beta(a, a), from two gamma variates (Marsaglia and Tsang, 2000; below 1 by a power of a uniform one). */
function drawBeta(a: number, random: Random): number {
  const [x, y] = [drawGamma(a, random), drawGamma(a, random)];
  return x + y === 0 ? 0.5 : x / (x + y);
}

function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = random.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}
