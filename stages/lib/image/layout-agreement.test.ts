import { expect, test } from 'vitest';
import { layoutsAgree } from './layout-agreement.ts';
import { describeLayout } from './layout-features.ts';
import type { Raster } from './raster.ts';

const SIDE = 96;

/** Bars along the axes and slanted ones, at places of the seed. */
function bars(seed: number): Raster {
  const data = new Uint8Array(SIDE * SIDE).fill(120);
  for (let i = 0; i < 7; i++) {
    const [left, top] = [(seed * 31 + i * 53) % 70, (seed * 17 + i * 29) % 70];
    for (let along = 0; along < 26; along++) {
      for (let across = 0; across < 5; across++) {
        const [x, y] = [left + (i % 3 === 0 ? across : along), top + (i % 3 === 1 ? across : along)];
        if (x < SIDE && y < SIDE) data[y * SIDE + x] = i % 2 ? 20 : 230;
      }
    }
  }
  return { width: SIDE, height: SIDE, channels: 1, data };
}

/** As `alikePairs` counts orientations: transposed, then mirrored along x and y. */
function turned(raster: Raster, orientation: number): Raster {
  const data = raster.data.map((_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    const [u, v] = [orientation & 1 ? SIDE - 1 - x : x, orientation & 2 ? SIDE - 1 - y : y];
    return raster.data[orientation & 4 ? u * SIDE + v : v * SIDE + u] as number;
  });
  return { ...raster, data };
}

const features = (raster: Raster) => describeLayout(raster, raster);

test('an image agrees with itself in the orientation in which it is compared, and in no other', () => {
  const straight = bars(3);
  for (let orientation = 0; orientation < 8; orientation++) {
    // Both turn the same way: the second is the first, compared as if it were turned.
    const first = features(turned(straight, orientation));
    for (let other = 0; other < 8; other++) {
      expect(layoutsAgree(first, features(straight), other), `${orientation} as ${other}`).toBe(other === orientation);
    }
  }
});

test('other images do not agree, nor do those without edges', () => {
  expect(layoutsAgree(features(bars(3)), features(bars(4)))).toBe(false);
  const flat = features({ ...bars(3), data: new Uint8Array(SIDE * SIDE).fill(90) });
  expect(layoutsAgree(flat, flat)).toBe(false);
});
