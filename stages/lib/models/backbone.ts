/**
 * A trained network whose first layers see for a new one: frozen, so what they make of an image is computed once and
 * remembered, and epochs cost only the layers behind them.
 */

import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Network } from '../backbones/layer-list.ts';
import type { Backend } from '../backend/open-backend.ts';
import { BACKBONE_MEAN, BACKBONE_PREFIX, type CutBackbone, cutBackbone, unusable } from './backbone-topology.ts';
import type { BuiltModel } from './build-model.ts';

export interface Backbone {
  readonly layers: LayersModel['layers'];
  /** Shape of what it makes of an image. */
  readonly shape: readonly number[];
  readonly params: number;
  /** For one image: two for each multiply-add of convolutions and dense layers. */
  readonly flops: number;
  /** What it is made of, for whoever runs it frozen. */
  readonly cut: CutBackbone;
  /** Whether the mean of each map is taken. */
  readonly isPooled: boolean;
  /** From images to what a network that was trained on features gives: one model. Disposing it frees both. */
  joinTo(head: LayersModel): BuiltModel;
  /** Frees the layers, unless they were joined to others. */
  dispose(): void;
  /** Lets the layers from this one on be trained; empty: all. */
  thaw(from: string): void;
}

/**
 * @param pooled  end with the mean of each map instead of the maps themselves.
 * @throws StageError E0828 when the model cannot be cut or cannot take these images.
 */
export async function openBackbone(
  backend: Backend,
  network: Network,
  { shape, pooled, order }: { shape: readonly [number, number, number]; pooled: boolean; order?: 'rgb' | 'bgr' },
): Promise<Backbone> {
  const { layers } = backend;
  const cut = cutForeign(network, shape, order);
  const model = await loadCut(backend, cut);
  const last = model.outputs[0] as (typeof model.outputs)[number];
  if (last.shape.some((side) => side !== null && side < 1)) {
    throw unusable(`nothing is left of images of ${shape[1]} x ${shape[0]} pixels`, 'name an earlier layer: `until`');
  }
  const isMap = last.shape.length === 4;
  const output = pooled && isMap ? pool(backend, last) : last;
  return {
    cut,
    layers: model.layers,
    isPooled: output !== last,
    shape: output.shape.slice(1).map((side) => side ?? 0),
    params: model.countParams(),
    flops: 2 * model.layers.reduce((sum, layer) => sum + multiplyAdds(layer), 0),
    joinTo(head) {
      let value = output;
      // What is one row of values already need not be flattened.
      const rest = head.layers.slice(1).filter((layer) => value.rank > 2 || layer.getClassName() !== 'Flatten');
      let logits = value;
      for (const layer of rest) {
        logits = value;
        value = layer.apply(value) as typeof value;
      }
      return {
        model: layers.model({ name: 'network', inputs: model.inputs, outputs: value }),
        logits: layers.model({ name: 'logits', inputs: model.inputs, outputs: logits }),
      };
    },
    dispose: () => model.dispose(),
    thaw(from) {
      const start = from === '' ? 0 : model.layers.findIndex(({ name }) => name === `${BACKBONE_PREFIX}${from}`);
      if (start < 0) {
        throw unusable(`it has no layer \`${from}\` before its end`, 'fineTune: { from: "" }');
      }
      for (const layer of model.layers.slice(start)) layer.trainable = true;
      for (const layer of model.layers) if (layer.getClassName() === 'BatchNormalization') keepMoments(layer);
    },
  };
}

/** What is said of layers is anybody's text. */
function cutForeign(...[network, shape, order]: Parameters<typeof cutBackbone>): CutBackbone {
  try {
    return cutBackbone(network, shape, order);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw unusable('its layers are not described as Keras describes them', 'convert it again, or copy it again');
  }
}

/** @throws StageError E0828 when the library cannot make a model of it. */
export async function loadCut({ tf, layers }: Backend, { topology, weights }: CutBackbone): Promise<LayersModel> {
  const entries = [...weights];
  try {
    return await layers.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: topology as unknown as io.ModelJSON['modelTopology'],
        weightSpecs: entries.map(([name, { shape }]) => ({ name, shape: [...shape], dtype: 'float32' })),
        weightData: concatenated(entries.map(([, { values }]) => values)),
      }),
    );
  } catch (thrown) {
    throw unusable(
      thrown instanceof Error ? thrown.message : String(thrown),
      'name an earlier layer: `until`, or give images of the size it was made for',
    );
  }
}

/** The few images of a batch say less about means and deviations than all the backbone was trained on. */
function keepMoments(layer: LayersModel['layers'][number]): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
}

/** Kernels of convolutions meet every place of the output, those of dense layers one. */
function multiplyAdds(layer: LayersModel['layers'][number]): number {
  const shape = layer.outputShape as (number | null)[];
  const places = shape.length === 4 ? (shape[1] ?? 0) * (shape[2] ?? 0) : 1;
  const kernels = layer.weights
    .map((weight) => weight.shape.map((side) => side ?? 0))
    .filter(({ length }) => length >= 2);
  return places * kernels.reduce((sum, kernel) => sum + kernel.reduce((product, side) => product * side, 1), 0);
}

function pool({ layers }: Backend, maps: LayersModel['outputs'][number]): LayersModel['outputs'][number] {
  return layers.layers.globalAveragePooling2d({ name: BACKBONE_MEAN }).apply(maps) as typeof maps;
}

function concatenated(parts: readonly Float32Array[]): ArrayBuffer {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all.buffer;
}
