/** Puts a frozen backbone before the network that is trained: images become what it makes of them, once for each image. */
import { createHash } from 'node:crypto';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { StageContext } from '../../src/sdk/index.ts';
import type { Backend } from '../lib/backend/open-backend.ts';
import { openBackbone } from '../lib/models/backbone.ts';
import type { BuiltModel } from '../lib/models/build-model.ts';
import type { ModelSummary } from '../lib/models/summarize.ts';
import { chooseNormalization, fillImage, type Inputs, type Normalization } from '../lib/training/inputs.ts';
import { readModelText, readNamedWeights } from '../lib/training/model-file.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';

export interface BackboneInUse {
  readonly normalization: Normalization;
  /** The same images with what the backbone makes of them; remembered by image for later runs. */
  featuresOf(images: Inputs): Promise<Inputs>;
  joinTo(head: LayersModel): BuiltModel;
  thaw(from: string): void;
  /** Of both together. */
  summaryWith(head: ModelSummary): ModelSummary;
}

type Context = Pick<StageContext, 'itemsFor' | 'progress' | 'signal'>;

/** @param folder  of the backbone. @param train  images it will be given: their shape, and their values for normalisation. */
export async function useBackbone(
  context: Context,
  backend: Backend,
  folder: string,
  { model, normalize }: TrainSettings,
  train: Inputs,
): Promise<BackboneInUse> {
  const text = readModelText(folder);
  const weights = readNamedWeights(folder);
  const until = model.backbone?.until ?? '';
  const pooled = model.layers === null;
  const backbone = await openBackbone(backend, text, weights, { until, shape: train.shape, pooled });
  const normalization = chooseNormalization(normalize, train);
  const hash = createHash('sha256').update(JSON.stringify(text.modelTopology));
  for (const [name, { values }] of weights) hash.update(name).update(values);
  const items = context.itemsFor({
    backbone: hash.digest('hex'),
    until,
    pooled,
    shape: [...train.shape],
    normalization: { ...normalization },
  });
  const [height, width, channels] = backbone.shape.length === 3 ? backbone.shape : [1, 1, ...backbone.shape];
  const shape = [height ?? 1, width ?? 1, channels ?? 1] as const;

  return {
    normalization,
    async featuresOf(images) {
      const imageBytes = train.shape[0] * train.shape[1] * train.shape[2];
      const size = shape[0] * shape[1] * shape[2];
      const features = new Float32Array(images.labels.length * size);
      const pixels = new Float32Array(imageBytes);
      for (let place = 0; place < images.labels.length; place++) {
        await new Promise((resolve) => setImmediate(resolve));
        context.signal.throwIfAborted();
        const bytes = images.pixels.subarray(place * imageBytes, (place + 1) * imageBytes);
        const key = createHash('sha256').update(bytes).digest('hex');
        const found = await items.bytes(key, async () => {
          fillImage(images, place, normalization, pixels, 0);
          return new Uint8Array((await backbone.features(pixels)).buffer);
        });
        features.set(new Float32Array(Uint8Array.from(found).buffer), place * size);
        context.progress(place + 1, images.labels.length, 'images', 'features of the backbone');
      }
      return { ...images, features, shape };
    },
    joinTo: (head) => backbone.joinTo(head),
    thaw: (from) => backbone.thaw(from),
    summaryWith(head) {
      const { params, flops } = backbone;
      const { memory } = head;
      const paramsMiB = (params * 4) / 2 ** 20;
      const row = { name: 'backbone', layer: 'backbone', output: head.input, params, flops };
      return {
        ...head,
        input: train.shape,
        layers: [row, ...head.layers],
        totalParams: head.totalParams + params,
        nonTrainableParams: head.nonTrainableParams + params,
        flops: head.flops + flops,
        memory: { ...memory, paramsMiB: memory.paramsMiB + paramsMiB, totalMiB: memory.totalMiB + paramsMiB },
      };
    },
  };
}

/** The summary when some of the backbone's layers are trained, too. */
export function countTrainable(model: LayersModel, summary: ModelSummary): ModelSummary {
  const sizes = model.trainableWeights.map(({ shape }) => shape.reduce<number>((size, side) => size * (side ?? 1), 1));
  const trainableParams = sizes.reduce((total, size) => total + size, 0);
  return { ...summary, trainableParams, nonTrainableParams: summary.totalParams - trainableParams };
}
