import { expect, test, vi } from 'vitest';
import type { ItemCache } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import type { Inputs } from '../training/inputs.ts';
import { openFeatures } from './features-of.ts';
import type { FrozenWork } from './frozen-pass.ts';

const batches = vi.hoisted(() => ({ asked: 0 }));
vi.mock('./feature-batches.ts', () => ({
  openFeatureBatches: async () => ({
    most: 2,
    async of() {
      batches.asked++;
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('no memory');
    },
    close() {},
  }),
}));

test('a batch that fails ends it: nothing more is computed, and no failure goes unseen', async () => {
  const forgetful = { bytes: async (_key: unknown, compute: () => unknown) => compute() } as unknown as ItemCache;
  const context = {
    threads: 1,
    signal: new AbortController().signal,
    progress() {},
    provenance() {},
    itemsFor: () => forgetful,
  };
  const shape: [number, number, number] = [1, 1, 1];
  const wanted = { digest: '', isPooled: false, shape, normalization: { kind: 'none' } } as const;
  const features = openFeatures(context, {} as Backend, {} as FrozenWork, wanted);
  const images = { samples: [], shape, pixels: new Uint8Array(8), labels: new Int32Array(8) } as unknown as Inputs;
  await expect(features.of(images)).rejects.toThrow('no memory');
  expect(batches.asked).toBe(1);
});
