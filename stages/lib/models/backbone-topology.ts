/**
 * Cuts a network at a layer and prepares it to stand in front of another one, all in its text: what comes after the cut is
 * never loaded.
 *
 * Layers get a prefix, so that their names are free for the network behind. Images stay as they are, red first: for a backbone
 * that takes blue first its first filters are turned, and for grey images they are added up over their channels, which is the
 * same as giving it the image three times.
 */
import { type Json, type JsonObject, StageError } from '../../../src/sdk/index.ts';
import type { Network } from '../backbones/layer-list.ts';
import type { NamedWeights } from './initial-weights.ts';

export const BACKBONE_PREFIX = 'backbone-';
/** Of the layer that takes the mean of each map. */
export const BACKBONE_MEAN = 'backbone-mean';

export interface CutBackbone {
  readonly topology: JsonObject;
  readonly weights: NamedWeights;
}

type Size = readonly [height: number, width: number, channels: number];
type ChannelOrder = 'rgb' | 'bgr';

/**
 * @param network  `until`: the last layer that is kept; empty: the last before the maps become a row of values for good.
 * @param shape    of the images it will be given.
 * @param order    of the channels it was trained with.
 */
export function cutBackbone({ text, weights, until }: Network, shape: Size, order: ChannelOrder = 'rgb'): CutBackbone {
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
  const kept = neededFor(all, end).map((layer, place) => renamed(layer, place === 0 ? shape : null));
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
  const wanted = new Set(kept.map((layer) => nameOf(layer).slice(BACKBONE_PREFIX.length)));
  const firstFilter = `${nameOf(all.find(({ class_name }) => class_name === 'Conv2D') ?? {})}/kernel`;
  const own = [...weights].flatMap(([name, weight]) => {
    if (!wanted.has(name.slice(0, name.lastIndexOf('/')))) return [];
    if (name !== firstFilter || channels !== 3) return [[`${BACKBONE_PREFIX}${name}`, weight] as const];
    const value = shape[2] === 1 ? overChannels(weight) : order === 'bgr' ? turned(weight) : weight;
    return [[`${BACKBONE_PREFIX}${name}`, value] as const];
  });
  return { topology: { ...cut, keras_version: 'tfjs-layers', backend: 'tensor_flow.js' }, weights: new Map(own) };
}

function nameOf(layer: JsonObject): string {
  return String((layer.config as JsonObject | undefined)?.name ?? layer.name);
}

/** Names of the layers a layer takes values of; null: it follows the one before it. */
function sourcesOf(layer: JsonObject): string[] | null {
  if (layer.inbound_nodes === undefined) return null;
  const nodes = layer.inbound_nodes as Json[][][];
  return nodes.flatMap((node) => node.map(([from]) => String(from)));
}

/** The first layer, and those up to `end` that its value comes from. */
function neededFor(layers: readonly JsonObject[], end: number): JsonObject[] {
  const needed = new Set([0, end]);
  const places = new Map(layers.map((layer, place) => [nameOf(layer), place]));
  for (let place = end; place > 0; place--) {
    const layer = layers[place];
    if (layer === undefined || !needed.has(place)) continue;
    const sources = sourcesOf(layer);
    if (sources === null) needed.add(place - 1);
    else for (const name of sources) needed.add(places.get(name) ?? 0);
  }
  return layers.slice(0, end + 1).filter((_, place) => needed.has(place));
}

/**
 * The layer before the first that makes a row of values out of maps for good: nothing behind it goes back to a map, as networks
 * do that weigh their maps by the means of them.
 */
function lastMap(layers: readonly JsonObject[]): number {
  const places = new Map(layers.map((layer, place) => [nameOf(layer), place]));
  const isEnd = ({ class_name }: JsonObject, place: number) =>
    /^(Flatten|Permute|GlobalAveragePooling2D|GlobalMaxPooling2D|Dense)$/.test(String(class_name)) &&
    layers
      .slice(place + 1)
      .every((later) => (sourcesOf(later) ?? []).every((name) => (places.get(name) ?? 0) >= place));
  const end = layers.findIndex(isEnd);
  if (end < 0) return layers.length - 1;
  const [source] = sourcesOf(layers[end] as JsonObject) ?? [];
  return source === undefined ? end - 1 : (places.get(source) ?? end - 1);
}

/** @param shape  of what it takes, of the first layer. */
function renamed(layer: JsonObject, shape: Size | null): JsonObject {
  const name = `${BACKBONE_PREFIX}${nameOf(layer)}`;
  const nodes = (layer.inbound_nodes ?? []) as Json[][][];
  const inbound = nodes.map((node) => node.map(([from, ...rest]) => [`${BACKBONE_PREFIX}${from}`, ...rest]));
  const input = shape === null ? {} : { batch_input_shape: [null, ...shape] };
  const { axis, ...others } = layer.config as JsonObject;
  // Keras writes the one axis of a normalisation as a list.
  const own = axis === undefined ? {} : { axis: Array.isArray(axis) && axis.length === 1 ? (axis[0] as Json) : axis };
  const config = { ...others, ...own, name, trainable: false, ...input };
  return { ...layer, name, config, ...(layer.inbound_nodes === undefined ? {} : { inbound_nodes: inbound }) };
}

interface Filters {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Filters of [height, width, 3, filters] as such of [height, width, 1, filters]. */
function overChannels({ shape, values }: Filters): Filters {
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

/** The same filters for channels in the opposite order. */
function turned({ shape, values }: Filters): Filters {
  const [height = 0, width = 0, channels = 0, filters = 0] = shape;
  const result = new Float32Array(values.length);
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (place * channels + channel) * filters;
      const to = (place * channels + channels - 1 - channel) * filters;
      result.set(values.subarray(from, from + filters), to);
    }
  }
  return { shape, values: result };
}

export function unusable(why: string, hint: string): StageError {
  return new StageError(`the backbone cannot be used: ${why}`, { code: 'E0828', hint });
}
