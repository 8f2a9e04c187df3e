/** One trained network as whoever asks it sees it. What stands behind a backbone is asked about features, remembered by image. */
import fs from 'node:fs';
import path from 'node:path';
import { type BehindBackbone, partAtBackbone } from '../backbones/behind-backbone.ts';
import type { FeatureContext } from '../backbones/features-of.ts';
import type { Backend } from '../backend/open-backend.ts';
import { type Inputs, selectInputs } from '../training/inputs.ts';
import { loadModel, type ModelAbout } from '../training/model-file.ts';
import { predict } from '../training/predict.ts';

export interface SingleClassifier {
  readonly about: ModelAbout;
  /** Height, width and channels of the images it takes. */
  readonly shape: readonly [number, number, number];
  /** Backbone included. */
  readonly parameters: number;
  /** What it has in common with every network of this digest; null without a backbone. */
  readonly backbone: Pick<BehindBackbone, 'digest' | 'parameters'> | null;
  readonly weightBytes: number;
  /** Probabilities, shape [n, classes]; see `predict`. */
  see(images: Inputs, batchSize: number): Promise<Float32Array>;
  /** The same by the whole network, nothing remembered: what an answer costs. */
  seeAnew(images: Inputs, batchSize: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Maps of a backbone can be larger than images: of many, not all are held at once. */
const FEATURE_BYTES = 1 << 26;
const VALUE_BYTES = 4;

/** @throws StageError E0810 when the folder holds no model. */
export async function openSingleClassifier(
  context: FeatureContext,
  backend: Backend,
  folder: string,
): Promise<SingleClassifier> {
  const { model, about } = await loadModel(backend, folder);
  const { normalization } = about;
  const [height = 0, width = 0, channels = 0] = sidesOf(model.inputs[0]?.shape);
  const shape = [height, width, channels] as const;
  const parted = partAtBackbone(context, backend, model, folder, { shape, normalization });
  const classes = about.classes.length;

  async function seeAnew(images: Inputs, batchSize: number): Promise<Float32Array> {
    return (await predict(backend, model, images, normalization, classes, batchSize)).probabilities;
  }

  return {
    about,
    shape,
    parameters: model.countParams(),
    backbone: parted,
    weightBytes: fs.statSync(path.join(folder, 'weights.bin')).size,
    seeAnew,
    async see(images, batchSize) {
      if (parted === null) return seeAnew(images, batchSize);
      const count = images.samples.length;
      const featureBytes = VALUE_BYTES * sidesOf(parted.head.inputs[0]?.shape).reduce((size, side) => size * side, 1);
      const atOnce = Math.max(batchSize, Math.floor(FEATURE_BYTES / featureBytes));
      const probabilities = new Float32Array(count * classes);
      for (let start = 0; start < count; start += atOnce) {
        const places = Array.from({ length: Math.min(atOnce, count - start) }, (_, i) => start + i);
        const features = await parted.featuresOf(places.length === count ? images : selectInputs(images, places));
        const seen = await predict(backend, parted.head, features, normalization, classes, batchSize);
        probabilities.set(seen.probabilities, start * classes);
      }
      return probabilities;
    },
    async close() {
      await parted?.release();
      model.dispose();
    },
  };
}

function sidesOf(shape: readonly (number | null)[] = []): number[] {
  return shape.slice(1).map((side) => side ?? 0);
}
