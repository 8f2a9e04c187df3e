/** Puts a frozen backbone before the network that is trained: images become what it makes of them, once for each image. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/open-backend.ts';
import { openBackbone } from '../models/backbone.ts';
import type { BuiltModel } from '../models/build-model.ts';
import type { ModelSummary } from '../models/summarize.ts';
import { chooseNormalization, type Inputs, type Normalization } from '../training/inputs.ts';
import type { TrainSettings } from '../training/train-types.ts';
import { type FeatureContext, type InputsWithFeatures, openFeatures } from './features-of.ts';
import { digestNetwork } from './network-digest.ts';
import { openNetwork } from './open-network.ts';

export interface BackboneInUse {
  /** Of all that decides what it makes of an image. */
  readonly digest: string;
  /** Of what it makes of an image. */
  readonly shape: readonly [number, number, number];
  readonly params: number;
  /** For one image. */
  readonly flops: number;
  readonly normalization: Normalization;
  /** The same images with what the backbone makes of them; remembered by image for later runs. */
  featuresOf(images: Inputs): Promise<InputsWithFeatures>;
  /** Gives back what only features need. */
  release(): Promise<void>;
  /** Frees its layers, where they were not joined to others. */
  dispose(): void;
  joinTo(head: LayersModel): BuiltModel;
  thaw(from: string): void;
  /** Of both together. */
  summaryWith(head: ModelSummary): ModelSummary;
}

/**
 * @param place  folder or file of the backbone.
 * @param train  images it will be given: their shape, and their values for normalisation where the backbone says nothing of it.
 */
export async function useBackbone(
  context: FeatureContext,
  backend: Backend,
  place: string,
  { model, normalize }: TrainSettings,
  train: Inputs,
): Promise<BackboneInUse> {
  const network = openNetwork(place, model.backbone?.until ?? '');
  const { preprocessing } = network;
  const pooled = model.layers === null;
  const order = preprocessing?.order ?? 'rgb';
  const backbone = await openBackbone(backend, network, { shape: train.shape, pooled, order });
  const normalization: Normalization =
    preprocessing === null
      ? chooseNormalization(normalize, train)
      : { kind: 'channels', mean: preprocessing.mean, deviation: preprocessing.deviation };
  const [height, width, channels] = backbone.shape.length === 3 ? backbone.shape : [1, 1, ...backbone.shape];
  const shape = [height ?? 1, width ?? 1, channels ?? 1] as const;
  const { cut, isPooled, params, flops } = backbone;
  const digest = digestNetwork(backbone.layers, cut.weights, train.shape);
  const work = { cut, isPooled, shape: train.shape };
  const features = openFeatures(context, backend, work, { digest, isPooled, shape, normalization });

  return {
    digest: JSON.stringify([digest, isPooled, normalization]),
    shape,
    params,
    flops,
    normalization,
    featuresOf: (images) => features.of(images),
    release: () => features.close(),
    dispose: () => backbone.dispose(),
    joinTo: (head) => backbone.joinTo(head),
    thaw: (from) => backbone.thaw(from),
    summaryWith(head) {
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
