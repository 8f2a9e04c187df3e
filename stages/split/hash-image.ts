/** The perceptual hash of one image, here or in a thread. */
import { type ImageSource, useSource } from '../lib/dataset/change.ts';
import { perceptualHashes } from '../lib/image/perceptual-hash.ts';
import type { PoolWork } from '../lib/threads/pool.ts';

export const HASHING: PoolWork<ImageSource, Uint8Array> = {
  script: new URL('./worker.ts', import.meta.url),
  run: (image) => useSource(image, perceptualHashes),
};
