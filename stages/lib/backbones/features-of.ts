/** What a frozen backbone makes of images, remembered by image: in the same place for all stages. */
import { createHash } from 'node:crypto';
import type { StageContext } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import type { Inputs, Normalization } from '../training/inputs.ts';
import { type FeatureBatches, openFeatureBatches } from './feature-batches.ts';
import type { FrozenWork } from './frozen-pass.ts';

const CODE = new URL('./feature-batches.ts', import.meta.url);

export type FeatureContext = Pick<StageContext, 'itemsFor' | 'progress' | 'provenance' | 'signal' | 'threads'>;

export type InputsWithFeatures = Inputs & { readonly features: Float32Array };

export interface Features {
  /** The same images with what the backbone makes of them. */
  of(images: Inputs): Promise<InputsWithFeatures>;
  /** Gives back what computing takes. */
  close(): Promise<void>;
}

export interface FeaturesWanted {
  /** Of the backbone, without the mean of its maps: `digestNetwork`. */
  readonly digest: string;
  /** Whether the mean of each map is taken, by the pass or by a layer at its end. */
  readonly isPooled: boolean;
  /** Of what is made of an image. */
  readonly shape: readonly [number, number, number];
  readonly normalization: Normalization;
}

/** Nothing is opened before there is an image that is not remembered. */
export function openFeatures(
  context: FeatureContext,
  backend: Backend,
  work: FrozenWork,
  { digest, isPooled, shape, normalization }: FeaturesWanted,
): Features {
  const items = context.itemsFor({ backbone: digest, isPooled, normalization: { ...normalization } }, CODE);
  let opened: Promise<FeatureBatches> | null = null;

  async function featuresOf(images: Inputs): Promise<InputsWithFeatures> {
    const count = images.labels.length;
    const imageBytes = images.shape[0] * images.shape[1] * images.shape[2];
    const size = shape[0] * shape[1] * shape[2];
    const features = new Float32Array(count * size);
    const waiting: { place: number; give(values: Uint8Array): void; fail(reason: unknown): void }[] = [];
    const known: Promise<void>[] = [];
    let asked = 0;

    async function compute(): Promise<void> {
      opened ??= openFeatureBatches(context, backend, work, normalization);
      const batches = await opened;
      while (waiting.length >= batches.most || (waiting.length > 0 && asked === count)) {
        const some = waiting.splice(0, batches.most);
        try {
          const places = some.map(({ place }) => place);
          const values = await batches.of(images, places);
          for (const [i, { give }] of some.entries()) give(bytesOf(values.slice(i * size, (i + 1) * size)));
        } catch (error) {
          for (const { fail } of some) fail(error);
          throw error;
        }
      }
    }

    for (let place = 0; place < count; place++) {
      context.signal.throwIfAborted();
      const bytes = images.pixels.subarray(place * imageBytes, (place + 1) * imageBytes);
      // With the shape: images of one shade have equal bytes in several shapes.
      const key = [createHash('sha256').update(bytes).digest('hex'), ...images.shape];
      const found = items.bytes(key, () => new Promise((give, fail) => waiting.push({ place, give, fail })));
      const placed = found.then((values) => {
        features.set(new Float32Array(Uint8Array.from(values).buffer), place * size);
      });
      // A failure before the end is thrown by `compute`, when nobody waits for these yet.
      placed.catch(() => {});
      known.push(placed);
      asked = place + 1;
      // Whatever is not remembered has asked by then.
      await new Promise((resolve) => setImmediate(resolve));
      if (waiting.length > 0) await compute();
      context.progress(asked, count, 'images', 'features of the backbone');
    }
    await Promise.all(known);
    return { ...images, features, shape };
  }

  return { of: featuresOf, close: async () => (await opened)?.close() };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}
