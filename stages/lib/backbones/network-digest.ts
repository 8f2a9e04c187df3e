/**
 * One digest for a backbone, in its own file and in a model that was trained behind it: what it makes of an image is remembered
 * under it for both.
 *
 * Order, names of files and what only training needs are left out: a saved model has its layers in another order and says more
 * of each than the file it came from.
 */
import { createHash } from 'node:crypto';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { BACKBONE_PREFIX } from '../models/backbone-topology.ts';
import type { NamedWeights } from '../models/initial-weights.ts';

type Layer = LayersModel['layers'][number];

/** Weights come by name; how they were drawn is history. */
const OF_TRAINING = /initializer|regularizer|constraint|^trainable$|^dtype$|^batchInputShape$/i;

/** @param layers  of the backbone alone. @param shape  of the images it takes. */
export function digestNetwork(layers: readonly Layer[], weights: NamedWeights, shape: readonly number[]): string {
  const hash = createHash('sha256').update(shape.join('x'));
  const texts = layers.filter((layer) => layer.getClassName() !== 'InputLayer').map(describe);
  for (const text of texts.sort()) hash.update(text);
  const own = [...weights].filter(([name]) => name.startsWith(BACKBONE_PREFIX));
  for (const [name, { values }] of own.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(name).update(values);
  return hash.digest('hex');
}

function describe(layer: Layer): string {
  const config = Object.entries(layer.getConfig()).filter(([name]) => !OF_TRAINING.test(name));
  const sources = layer.inboundNodes[0]?.inboundLayers ?? [];
  const from = sources.map((each) => (each.getClassName() === 'InputLayer' ? 'images' : each.name));
  return JSON.stringify([layer.getClassName(), Object.fromEntries(config.sort(([a], [b]) => (a < b ? -1 : 1))), from]);
}
