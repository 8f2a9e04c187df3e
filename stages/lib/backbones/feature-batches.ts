/**
 * What a frozen backbone makes of some images at a time.
 *
 * Nothing but the code this module reaches, the backbone, the normalisation and the pixels decides the values: they are
 * remembered under it, so whichever stage asks first, no other computes them again.
 */
import type { StageContext } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import { fillImage, type Inputs, type Normalization } from '../training/inputs.ts';
import { type FrozenWork, openFrozenPass } from './frozen-pass.ts';

export interface FeatureBatches {
  /** Images at most at a time. */
  readonly most: number;
  /** Features one after another, for the images at these places. */
  of(images: Inputs, places: readonly number[]): Promise<Float32Array>;
  close(): void;
}

/**
 * A batch has one size always, filled up with zeros where fewer images are wanted: an image's values then do not depend on how
 * many beside it were known already.
 */
export async function openFeatureBatches(
  context: Pick<StageContext, 'provenance' | 'threads'>,
  backend: Backend,
  work: FrozenWork,
  normalization: Normalization,
): Promise<FeatureBatches> {
  const { batch, run, close } = await openFrozenPass(context, backend, work);
  const [height, width, channels] = work.shape;
  return {
    most: batch,
    async of(images, places) {
      const pixels = new Float32Array(batch * height * width * channels);
      for (const [i, place] of places.entries()) fillImage(images, place, normalization, pixels, i);
      const values = await run(pixels);
      return values.subarray(0, (values.length / batch) * places.length);
    },
    close,
  };
}
