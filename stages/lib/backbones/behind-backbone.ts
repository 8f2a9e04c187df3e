/**
 * Parts a trained model at the end of its backbone, so that what the backbone makes of an image is computed once for all models
 * that stand behind it.
 */
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/open-backend.ts';
import { BACKBONE_MEAN, BACKBONE_PREFIX, cutBackbone } from '../models/backbone-topology.ts';
import type { Inputs, Normalization } from '../training/inputs.ts';
import { readModelText } from '../training/model-file.ts';
import { type FeatureContext, openFeatures } from './features-of.ts';
import { readLayersWeights } from './layers-weights.ts';
import { digestNetwork } from './network-digest.ts';

export interface BehindBackbone {
  /** The layers behind the backbone: they take features. Disposing the model it is of frees it, too. */
  readonly head: LayersModel;
  /** Of the backbone: networks with one digest have the same in front of them. */
  readonly digest: string;
  readonly parameters: number;
  /** The same images with what the backbone makes of them; remembered by image. */
  featuresOf(images: Inputs): Promise<Inputs>;
  /** Gives back what only features need. */
  release(): Promise<void>;
}

/**
 * @param folder  the model was read from. @param shape  of an image.
 * @returns null when it has no backbone.
 */
export function partAtBackbone(
  context: FeatureContext,
  backend: Backend,
  model: LayersModel,
  folder: string,
  { shape, normalization }: { shape: readonly [number, number, number]; normalization: Normalization },
): BehindBackbone | null {
  const { layers } = backend;
  const own = model.layers.filter(({ name }) => name.startsWith(BACKBONE_PREFIX));
  const last = own.at(-1);
  if (last === undefined) return null;
  const text = readModelText(folder);
  const weights = readLayersWeights(path.join(folder, 'model.json'), text);
  const cut = cutBackbone({ text, weights, until: last.name }, shape);
  const made = (last.outputShape as (number | null)[]).slice(1).map((side) => side ?? 1);
  const [height = 1, width = 1, channels = 1] = made.length === 3 ? made : [1, 1, ...made];
  const input = layers.input({ shape: made.length === 3 ? made : [1, 1, channels] });
  let value = made.length === 3 ? input : (layers.layers.flatten({ name: 'features' }).apply(input) as typeof input);
  for (const layer of model.layers.slice(model.layers.indexOf(last) + 1)) value = layer.apply(value) as typeof value;
  const seers = own.filter(({ name }) => name !== BACKBONE_MEAN);
  const digest = digestNetwork(seers, weights, shape);
  const wanted = { digest, isPooled: seers.length < own.length, normalization };
  const work = { cut, shape, isPooled: false };
  const features = openFeatures(context, backend, work, { ...wanted, shape: [height, width, channels] });
  return {
    head: layers.model({ name: 'head', inputs: input, outputs: value }),
    digest,
    parameters: own.reduce((sum, layer) => sum + layer.countParams(), 0),
    featuresOf: (images) => features.of(images),
    release: () => features.close(),
  };
}
