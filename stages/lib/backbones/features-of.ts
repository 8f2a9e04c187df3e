/** What a frozen backbone makes of images, remembered by image. */
import { createHash } from 'node:crypto';
import type { ItemCache, StageContext } from '../../../src/sdk/index.ts';
import type { CutBackbone } from '../models/backbone-topology.ts';
import { fillImage, type Inputs, type Normalization } from '../training/inputs.ts';
import type { FrozenPass } from './frozen-pass.ts';

type Context = Pick<StageContext, 'progress' | 'signal'>;

/** SHA-256 of all that decides what a backbone makes of an image, besides the image. */
export function digestOf({ topology, weights }: CutBackbone): string {
  const hash = createHash('sha256').update(JSON.stringify(topology));
  for (const [name, { values }] of weights) hash.update(name).update(values);
  return hash.digest('hex');
}

/**
 * The same images with what a backbone makes of them.
 *
 * A batch has one size always, filled up with zeros where fewer images are wanted: an image's values then do not depend on how
 * many beside it were known already.
 *
 * @param items  of this backbone and this normalisation.
 * @param shape  of what the backbone makes of an image.
 */
export async function featuresOf(
  context: Context,
  images: Inputs,
  pass: () => Promise<FrozenPass>,
  items: ItemCache,
  { shape, normalization }: { shape: readonly [number, number, number]; normalization: Normalization },
): Promise<Inputs & { readonly features: Float32Array }> {
  const count = images.labels.length;
  const imageBytes = images.shape[0] * images.shape[1] * images.shape[2];
  const size = shape[0] * shape[1] * shape[2];
  const features = new Float32Array(count * size);
  const waiting: { place: number; give(values: Uint8Array): void; fail(reason: unknown): void }[] = [];
  const known: Promise<void>[] = [];
  let done = 0;

  async function compute(): Promise<void> {
    const { batch, run } = await pass();
    while (waiting.length >= batch || (waiting.length > 0 && done === count)) {
      const some = waiting.splice(0, batch);
      try {
        const pixels = new Float32Array(batch * imageBytes);
        for (const [i, { place }] of some.entries()) fillImage(images, place, normalization, pixels, i);
        const values = await run(pixels);
        for (const [i, { give }] of some.entries()) give(new Uint8Array(values.slice(i * size, (i + 1) * size).buffer));
      } catch (error) {
        for (const { fail } of some) fail(error);
      }
    }
  }

  for (let place = 0; place < count; place++) {
    context.signal.throwIfAborted();
    const bytes = images.pixels.subarray(place * imageBytes, (place + 1) * imageBytes);
    const key = createHash('sha256').update(bytes).digest('hex');
    const found = items.bytes(key, () => new Promise((give, fail) => waiting.push({ place, give, fail })));
    known.push(
      found.then((values) => {
        features.set(new Float32Array(Uint8Array.from(values).buffer), place * size);
      }),
    );
    done = place + 1;
    // Whatever is not remembered has asked by then.
    await new Promise((resolve) => setImmediate(resolve));
    if (waiting.length > 0) await compute();
    context.progress(done, count, 'images', 'features of the backbone');
  }
  await Promise.all(known);
  return { ...images, features, shape };
}
