/** Small images to train on, for tests. */
import { randomStream } from '../../../src/sdk/index.ts';
import type { Inputs } from './inputs.ts';

/** Noise with a bright left or right half: what a network learns in a few epochs. */
export function halves(count: number, classes: number, seed: number): Inputs {
  const random = randomStream(seed, 'halves');
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const bright = Math.floor(((i % 8) * classes) / 8) === labels[Math.floor(i / 64)];
    return random.integer(100) + (bright ? 100 : 0);
  });
  return { samples: [], labels, shape: [8, 8, 1], pixels };
}

/** What a training is given. */
export const work = (classes: number) => ({
  train: halves(48, classes, 1),
  validation: halves(24, classes, 2),
  classes,
  random: (stream: string) => randomStream(0, stream),
  signal: new AbortController().signal,
});
/** Images with any of two labels: a bright left half, a bright right half. */
export function labelledHalves(count: number, seed: number): Inputs {
  const random = randomStream(seed, 'labelled halves');
  const truth = Uint8Array.from({ length: count * 2 }, () => random.integer(2));
  const pixels = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const half = i % 8 < 4 ? 0 : 1;
    return random.integer(100) + 100 * (truth[Math.floor(i / 64) * 2 + half] as number);
  });
  return { samples: [], labels: new Int32Array(count).fill(-1), truth, shape: [8, 8, 1], pixels };
}
