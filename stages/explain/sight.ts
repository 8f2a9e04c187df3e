/**
 * A network parted at its last maps: what sees, and what makes an answer of it.
 *
 * The last maps are those of the last convolution; behind a backbone, whose end is no chain of layers, those it ends with. They
 * are computed once for map and probability, and by the fastest means there is where a frozen backbone makes them.
 */
import path from 'node:path';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { StageError } from '../../src/sdk/index.ts';
import type { FeatureContext } from '../lib/backbones/features-of.ts';
import { openFrozenPass } from '../lib/backbones/frozen-pass.ts';
import { readLayersWeights } from '../lib/backbones/layers-weights.ts';
import type { Backend } from '../lib/backend/open-backend.ts';
import { BACKBONE_PREFIX, cutBackbone } from '../lib/models/backbone-topology.ts';
import { readModelText } from '../lib/training/model-file.ts';

type Layer = LayersModel['layers'][number];

export interface Sight {
  /** Height and width of a map. */
  readonly size: readonly [number, number];
  /** @param values  of `count` images, normalised. @returns their maps; the caller disposes them. */
  look(values: Float32Array, count: number): Promise<Tensor4D>;
  /** What the network gives before sigmoid or softmax. */
  numbers(maps: Tensor): Tensor;
  /** Probabilities. */
  answers(maps: Tensor): Tensor;
  close(): void;
}

/** @throws StageError E0871 when the network has no convolution whose maps could be shown. */
export function openSight({ tf, layers }: Backend, model: LayersModel): Sight {
  const place = lastMaps(model);
  const output = (model.layers[place] as Layer).output as SymbolicTensor;
  const before = layers.model({ inputs: model.inputs, outputs: output });
  const after = model.layers.slice(place + 1);
  const [, height = 0, width = 0] = output.shape as number[];
  const shape = (model.inputs[0]?.shape ?? []).slice(1).map((side) => side ?? 0);
  const through = (some: readonly Layer[], maps: Tensor) =>
    some.reduce((value, each) => each.apply(value) as Tensor, maps);
  return {
    size: [height, width],
    look: async (values, count) => tf.tidy(() => before.apply(tf.tensor(values, [count, ...shape])) as Tensor4D),
    numbers: (maps) => through(after.slice(0, -1), maps),
    answers: (maps) => through(after, maps),
    close() {},
  };
}

/** @param folder  the model was read from. @throws StageError as `openSight`. */
export async function openFastSight(
  context: FeatureContext,
  backend: Backend,
  model: LayersModel,
  folder: string,
): Promise<Sight> {
  const sight = openSight(backend, model);
  const until = (model.layers[lastMaps(model)] as Layer).name;
  if (!until.startsWith(BACKBONE_PREFIX)) return sight;
  const [height = 0, width = 0, channels = 0] = (model.inputs[0]?.shape ?? []).slice(1).map((side) => side ?? 0);
  const shape = [height, width, channels] as const;
  const text = readModelText(folder);
  const weights = readLayersWeights(path.join(folder, 'model.json'), text);
  const cut = cutBackbone({ text, weights, until }, shape);
  const { batch, run, close } = await openFrozenPass(context, backend, { cut, shape, isPooled: false });
  const imageSize = height * width * channels;
  return {
    ...sight,
    async look(values, count) {
      const made: Float32Array[] = [];
      for (let start = 0; start < count; start += batch) {
        const some = new Float32Array(batch * imageSize);
        some.set(values.subarray(start * imageSize, Math.min(count, start + batch) * imageSize));
        made.push(await run(some));
      }
      const [rows, columns] = sight.size;
      const each = (made[0]?.length ?? 0) / batch;
      const all = new Float32Array(made.length * batch * each);
      for (const [i, some] of made.entries()) all.set(some, i * batch * each);
      return backend.tf.tensor4d(all.subarray(0, count * each), [count, rows, columns, each / (rows * columns)]);
    },
    close,
  };
}

/** Place of the layer that makes the last maps; what follows it is a chain. */
function lastMaps({ layers }: LayersModel): number {
  const convolution = layers.findLastIndex((layer) => /Conv/.test(layer.getClassName()));
  const isOwn = layers[convolution]?.name.startsWith(BACKBONE_PREFIX) === false;
  const place = isOwn ? convolution : layers.findLastIndex((layer) => isOfBackbone(layer) && areMaps(layer));
  if (convolution < 0 || place < 0 || !layers.slice(place + 1).every(hasOneInput)) {
    throw new StageError('the network has no convolution whose output could be shown', {
      code: 'E0871',
      hint: 'explain a model with `template: conv-blocks`, or with a `backbone` that is cut at a map: `until`',
    });
  }
  return place;
}

function isOfBackbone({ name }: Layer): boolean {
  return name.startsWith(BACKBONE_PREFIX);
}

function areMaps({ outputShape }: Layer): boolean {
  const [, height, width, channels] = outputShape as (number | null)[];
  return channels !== undefined && (height ?? 0) * (width ?? 0) > 1;
}

function hasOneInput({ input }: Layer): boolean {
  return !Array.isArray(input);
}
