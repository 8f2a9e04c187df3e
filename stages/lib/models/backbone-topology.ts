/**
 * Cuts a layers model of TensorFlow.js at a layer and prepares it to stand in front of another network, all in its text: what
 * comes after the cut is never loaded.
 *
 * Layers get a prefix, so that their names are free for the network behind. A backbone made for colour takes grey images: the
 * kernel of its first convolution is added up over its channels, which is the same as giving it the image three times.
 */
import type { io } from '@tensorflow/tfjs-core';
import { type Json, type JsonObject, StageError } from '../../../src/sdk/index.ts';
import type { NamedWeights } from './initial-weights.ts';

export const BACKBONE_PREFIX = 'backbone-';

export interface CutBackbone {
  readonly topology: JsonObject;
  readonly weights: NamedWeights;
}

type Size = readonly [height: number, width: number, channels: number];

/**
 * @param text   model.json.
 * @param until  the last layer that is kept; empty: the last before the maps are flattened or averaged.
 * @param shape  of the images it will be given.
 */
export function cutBackbone(text: io.ModelJSON, weights: NamedWeights, until: string, shape: Size): CutBackbone {
  const topology = (text.modelTopology ?? {}) as unknown as JsonObject;
  const model = (topology.model_config ?? topology) as JsonObject;
  const config = model.config as JsonObject | Json[] | undefined;
  const all = (Array.isArray(config) ? config : config?.layers) as JsonObject[] | undefined;
  if (all === undefined || all.length === 0) {
    throw unusable('it is no layers model', 'convert it with tensorflowjs_converter --output_format tfjs_layers_model');
  }
  const names = all.map(nameOf);
  const end = until === '' ? lastMap(all) : names.indexOf(until);
  if (end < 0) throw unusable(`it has no layer \`${until}\``, `until: ${names.at(-2) ?? names.at(-1)}`);
  const given = ((all[0]?.config as JsonObject | undefined)?.batch_input_shape ?? []) as (number | null)[];
  const channels = given.at(-1) ?? shape[2];
  if (channels !== shape[2] && !(channels === 3 && shape[2] === 1)) {
    throw unusable(`it takes ${channels} channels, the images have ${shape[2]}`, 'leave out `grayscale`');
  }
  const kept = all.slice(0, end + 1).map((layer, place) => renamed(layer, place === 0 ? shape : null));
  const first = kept[0] as JsonObject;
  const last = nameOf(kept.at(-1) as JsonObject);
  const cut: JsonObject =
    model.class_name === 'Sequential'
      ? { class_name: 'Sequential', config: { name: 'backbone', layers: kept } }
      : {
          class_name: 'Model',
          config: {
            name: 'backbone',
            layers: kept,
            input_layers: [[nameOf(first), 0, 0]],
            output_layers: [[last, 0, 0]],
          },
        };
  const wanted = new Set(names.slice(0, end + 1));
  const isGrey = channels === 3 && shape[2] === 1;
  const colour = isGrey ? nameOf(all.find(({ class_name }) => class_name === 'Conv2D') ?? {}) : null;
  const own = [...weights].flatMap(([name, weight]) => {
    if (!wanted.has(name.slice(0, name.lastIndexOf('/')))) return [];
    const value = name === `${colour}/kernel` ? overChannels(weight.shape, weight.values) : weight;
    return [[`${BACKBONE_PREFIX}${name}`, value] as const];
  });
  return { topology: { ...cut, keras_version: 'tfjs-layers', backend: 'tensor_flow.js' }, weights: new Map(own) };
}

function nameOf(layer: JsonObject): string {
  return String((layer.config as JsonObject | undefined)?.name ?? layer.name);
}

/** The layer before the first that makes a row of values out of maps. */
function lastMap(layers: readonly JsonObject[]): number {
  const isEnd = ({ class_name }: JsonObject) =>
    /^(Flatten|GlobalAveragePooling2D|GlobalMaxPooling2D|Dense)$/.test(String(class_name));
  const end = layers.findIndex(isEnd);
  return (end < 0 ? layers.length : end) - 1;
}

/** @param shape  of what it takes, of the first layer. */
function renamed(layer: JsonObject, shape: Size | null): JsonObject {
  const name = `${BACKBONE_PREFIX}${nameOf(layer)}`;
  const nodes = (layer.inbound_nodes ?? []) as Json[][][];
  const inbound = nodes.map((node) => node.map(([from, ...rest]) => [`${BACKBONE_PREFIX}${from}`, ...rest]));
  const input = shape === null ? {} : { batch_input_shape: [null, ...shape] };
  const config = { ...(layer.config as JsonObject), name, trainable: false, ...input };
  return { ...layer, name, config, ...(layer.inbound_nodes === undefined ? {} : { inbound_nodes: inbound }) };
}

/** A kernel of [height, width, 3, filters] as one of [height, width, 1, filters]. */
function overChannels(shape: readonly number[], values: Float32Array): { shape: number[]; values: Float32Array } {
  const [height = 0, width = 0, channels = 0, filters = 0] = shape;
  const sums = new Float32Array(height * width * filters);
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < filters; filter++) {
        const at = place * filters + filter;
        sums[at] = (sums[at] as number) + (values[(place * channels + channel) * filters + filter] as number);
      }
    }
  }
  return { shape: [height, width, 1, filters], values: sums };
}

export function unusable(why: string, hint: string): StageError {
  return new StageError(`the backbone cannot be used: ${why}`, { code: 'E0828', hint });
}
