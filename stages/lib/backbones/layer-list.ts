/**
 * Writes down a network layer by layer, as a layers model of TensorFlow.js: the one form all formats are brought to.
 *
 * As layers a network can be cut, frozen, trained further, shown and saved together with what follows it, on every numeric
 * backend. Images are [height, width, channels]; a reader of a format with channels first turns its filters.
 */
import type { io } from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../../src/sdk/index.ts';
import type { NamedWeights } from '../models/initial-weights.ts';

/** A layers model in memory: model.json, and all weights in single precision. */
export interface Network {
  readonly text: io.ModelJSON;
  readonly weights: NamedWeights;
  /** The layer it is to be cut after; empty: before its maps become a row of values. */
  readonly until: string;
}

export interface LayerWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface LayerList {
  /**
   * Adds a layer and gives its name, made unique.
   *
   * @param kind     class of the layer in Keras. @param from  names of the layers it takes values of.
   * @param weights  by their names in the layer.
   */
  add(
    kind: string,
    name: string,
    from: readonly string[],
    config: JsonObject,
    weights?: Readonly<Record<string, LayerWeight>>,
  ): string;
  toNetwork(): Omit<Network, 'until'>;
}

/** @param channels  of images; their size is left open. */
export function createLayerList(inputName: string, channels: number): LayerList {
  const layers: JsonObject[] = [];
  const weights = new Map<string, LayerWeight>();
  const taken = new Set<string>();

  function unique(wanted: string): string {
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    taken.add(name);
    return name;
  }

  const list: LayerList = {
    add(kind, wanted, from, config, own = {}) {
      const name = unique(wanted);
      layers.push({
        class_name: kind,
        name,
        config: { ...config, name },
        inbound_nodes: from.length === 0 ? [] : [from.map((each) => [each, 0, 0, {}])],
      });
      for (const [part, weight] of Object.entries(own)) weights.set(`${name}/${part}`, weight);
      return name;
    },
    toNetwork() {
      const first = layers[0]?.name ?? '';
      const last = layers.at(-1)?.name ?? '';
      const topology = {
        class_name: 'Model',
        config: { name: 'network', layers, input_layers: [[first, 0, 0]], output_layers: [[last, 0, 0]] },
      };
      return {
        text: { modelTopology: topology, weightsManifest: [] } as unknown as io.ModelJSON,
        weights,
      };
    },
  };
  list.add('InputLayer', inputName, [], { batch_input_shape: [null, null, null, channels], dtype: 'float32' });
  return list;
}

/** Config of a convolution as Keras has it. */
export function convolutionConfig(settings: {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly padding: 'same' | 'valid';
  readonly activation?: string;
  readonly hasBias: boolean;
  /** Absent: each channel has its own. */
  readonly filters?: number;
  readonly multiplier?: number;
}): JsonObject {
  const { kernel, strides, dilation, padding, activation, hasBias, filters, multiplier } = settings;
  return {
    kernel_size: [...kernel],
    strides: [...strides],
    dilation_rate: [...(dilation ?? [1, 1])],
    padding,
    activation: activation ?? 'linear',
    use_bias: hasBias,
    data_format: 'channels_last',
    ...(filters === undefined ? { depth_multiplier: multiplier ?? 1 } : { filters }),
  };
}

/** A factor and a constant for each channel, as a normalisation whose statistics say nothing. */
export function addAffine(
  list: LayerList,
  name: string,
  from: string,
  factor: Float32Array,
  constant: Float32Array,
): string {
  const shape = [factor.length];
  return list.add(
    'BatchNormalization',
    name,
    [from],
    { axis: -1, epsilon: 0, momentum: 0.99 },
    {
      gamma: { shape, values: factor },
      beta: { shape, values: constant },
      moving_mean: { shape, values: new Float32Array(factor.length) },
      moving_variance: { shape, values: new Float32Array(factor.length).fill(1) },
    },
  );
}

/** Zeros around the maps: rows above and below, columns left and right. */
export function addPadding(list: LayerList, name: string, from: string, pads: readonly number[]): string {
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (pads.every((pad) => pad === 0)) return from;
  return list.add('ZeroPadding2D', name, [from], {
    padding: [
      [top, bottom],
      [left, right],
    ],
    data_format: 'channels_last',
  });
}
