import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/sdk/index.ts';
import { drawMix, mixPixels, mixTruth } from './mix-images.ts';

const SIZE = [4, 5, 1] as const;
const batch = () => Float32Array.from({ length: 3 * 20 }, (_, at) => Math.floor(at / 20) + 1);
const draws = (settings: { mixup: number; cutmix: number }, count = 400) =>
  Array.from({ length: count }, (_, i) => {
    const mix = drawMix(settings, 3, SIZE, randomStream(i, 'mix'));
    if (mix === null) throw new Error('nothing was drawn');
    return mix;
  });

test('nothing is drawn unless it is asked for', () => {
  expect(drawMix({ mixup: 0, cutmix: 0 }, 8, SIZE, randomStream(0, 'x'))).toBe(null);
});

test('shares have the mean and the spread of their Beta distribution', () => {
  const shares = draws({ mixup: 0.4, cutmix: 0 }, 4000).map(({ share }) => share);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  // Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)). Four standard errors.
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 7.2 / 4000));
  expect(Math.abs(variance - 1 / 7.2)).toBeLessThan(0.012);
});

test('blended pixels and truths keep the same share of their own', () => {
  for (const mix of draws({ mixup: 1, cutmix: 0 }, 20)) {
    const pixels = batch();
    mixPixels(pixels, SIZE, mix);
    const truth = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3]);
    const mixed = mixTruth(tf, truth, mix).arraySync() as number[][];
    mix.partners.forEach((partner, i) => {
      expect(pixels[i * 20 + 7]).toBeCloseTo(mix.share * (i + 1) + (1 - mix.share) * (partner + 1), 5);
      const expected = [0, 1, 2].map((k) => (k === i ? mix.share : 0) + (k === partner ? 1 - mix.share : 0));
      mixed[i]?.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k] ?? -1, 5);
      });
    });
  }
});

test('a rectangle comes from the other image, and the truth goes by its area', () => {
  for (const mix of draws({ mixup: 0, cutmix: 1 }, 50)) {
    const pixels = batch();
    mixPixels(pixels, SIZE, mix);
    mix.partners.forEach((partner, i) => {
      const image = [...pixels.subarray(i * 20, i * 20 + 20)];
      expect(image.every((value) => value === i + 1 || value === partner + 1)).toBe(true);
      if (partner !== i) expect(image.filter((value) => value === i + 1).length / 20).toBeCloseTo(mix.share, 9);
    });
  }
});

test('with both each has its turn', () => {
  const boxes = draws({ mixup: 1, cutmix: 1 }).filter(({ box }) => box !== null).length;
  expect(boxes).toBeGreaterThan(150);
  expect(boxes).toBeLessThan(250);
});
