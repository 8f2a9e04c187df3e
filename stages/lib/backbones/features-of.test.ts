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

const context = (bytes: ItemCache['bytes']) => ({
  threads: 1,
  signal: new AbortController().signal,
  progress() {},
  provenance() {},
  itemsFor: () => ({ bytes }) as unknown as ItemCache,
});
const shape: [number, number, number] = [1, 1, 1];
const wanted = { digest: '', isPooled: false, shape, normalization: { kind: 'none' } } as const;
const imagesOf = (shape: Inputs['shape'], count: number) =>
  ({ samples: [], shape, pixels: new Uint8Array(8), labels: new Int32Array(count) }) as unknown as Inputs;

test('a batch that fails ends it: nothing more is computed, and no failure goes unseen', async () => {
  const forgetful = context(async (_key, compute) => compute());
  const features = openFeatures(forgetful, {} as Backend, {} as FrozenWork, wanted);
  await expect(features.of(imagesOf(shape, 8))).rejects.toThrow('no memory');
  expect(batches.asked).toBe(1);
});

test('images of equal bytes and another shape are other images', async () => {
  const keys = new Set<string>();
  const remembering = context(async (key) => {
    keys.add(JSON.stringify(key));
    return new Uint8Array(4);
  });
  const features = openFeatures(remembering, {} as Backend, {} as FrozenWork, wanted);
  for (const each of [
    [2, 4, 1],
    [4, 2, 1],
    [4, 2, 1],
  ] as const)
    await features.of(imagesOf([...each], 1));
  expect(keys.size).toBe(2);
});
