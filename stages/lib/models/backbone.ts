/**
 * A trained network whose first layers see for a new one: frozen, so what they make of an image is computed once and
 * remembered, and epochs cost only the layers behind them.
 */

import type { io, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/open-backend.ts';
import { BACKBONE_PREFIX, cutBackbone, unusable } from './backbone-topology.ts';
import type { BuiltModel } from './build-model.ts';
import type { NamedWeights } from './initial-weights.ts';

export interface Backbone {
  /** Shape of what it makes of an image. */
  readonly shape: readonly number[];
  readonly params: number;
  /** For one image: two for each multiply-add of convolutions and dense layers. */
  readonly flops: number;
  /** @param pixels  one image, normalised. */
  features(pixels: Float32Array): Promise<Float32Array>;
  /** From images to what a network that was trained on features gives: one model. Disposing it frees both. */
  joinTo(head: LayersModel): BuiltModel;
  /** Lets the layers from this one on be trained; empty: all. */
  thaw(from: string): void;
}

/**
 * @param pooled  end with the mean of each map instead of the maps themselves.
 * @throws StageError E0828 when the model cannot be cut or cannot take these images.
 */
export async function openBackbone(
  backend: Backend,
  text: io.ModelJSON,
  weights: NamedWeights,
  { until, shape, pooled }: { until: string; shape: readonly [number, number, number]; pooled: boolean },
): Promise<Backbone> {
  const { tf, layers } = backend;
  const cut = cutBackbone(text, weights, until, shape);
  const names = [...cut.weights.keys()];
  let model: LayersModel;
  try {
    model = await layers.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: cut.topology as unknown as io.ModelJSON['modelTopology'],
        weightSpecs: names.map((name) => ({
          name,
          shape: [...(cut.weights.get(name)?.shape ?? [])],
          dtype: 'float32',
        })),
        weightData: concatenated([...cut.weights.values()].map(({ values }) => values)),
      }),
    );
  } catch (thrown) {
    throw unusable(
      thrown instanceof Error ? thrown.message : String(thrown),
      'name an earlier layer: `until`, or give images of the size it was made for',
    );
  }
  const last = model.outputs[0] as (typeof model.outputs)[number];
  if (last.shape.some((side) => side !== null && side < 1)) {
    throw unusable(`nothing is left of images of ${shape[1]} x ${shape[0]} pixels`, 'name an earlier layer: `until`');
  }
  const isMap = last.shape.length === 4;
  const output = pooled && isMap ? pool(backend, last) : last;
  const whole = layers.model({ name: 'backbone', inputs: model.inputs, outputs: output });
  return {
    shape: output.shape.slice(1).map((side) => side ?? 0),
    params: model.countParams(),
    flops: 2 * model.layers.reduce((sum, layer) => sum + multiplyAdds(layer), 0),
    async features(pixels) {
      const answer = tf.tidy(() => whole.apply(tf.tensor(pixels, [1, ...shape])) as Tensor);
      const values = Float32Array.from(await answer.data());
      answer.dispose();
      return values;
    },
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
  return layers.layers.globalAveragePooling2d({ name: 'backbone-mean' }).apply(maps) as typeof maps;
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
