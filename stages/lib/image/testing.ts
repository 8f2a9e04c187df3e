/** Images to compute with, for tests. */
import { randomStream } from '../../../src/sdk/index.ts';
import type { Raster } from './raster.ts';

/** Every value drawn by itself, the extremes often: what rounding and limits have to stand. */
export function noiseImage(width: number, height: number, channels: 1 | 3, seed: number): Raster {
  const random = randomStream(seed, 'noise image');
  const data = Uint8Array.from({ length: width * height * channels }, () => {
    const value = random.integer(384);
    return value < 256 ? value : value < 320 ? 0 : 255;
  });
  return { width, height, channels, data };
}
