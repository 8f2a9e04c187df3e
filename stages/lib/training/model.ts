/**
 * Builds the network: blocks of convolution, activation and pooling, then a dense head.
 *
 * Layers have fixed names, so that weights of two runs can be compared and saved files do not depend on what else the
 * process built. Initial weights come from a stream per weight: runs that differ elsewhere start from the same values
 * wherever shapes agree.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as TfLayers } from '@tensorflow/tfjs-layers';
import type { TrainParams } from '../../../src/generated/stages/train.ts';
import { type Filled, type Random, StageError } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';

export type ModelParams = Filled<TrainParams>['model'];

/** Where training is: the loop sets it, layers that draw at random name their streams by it. */
export interface TrainingClock {
  step: number;
}

type Layer = InstanceType<typeof TfLayers.Layer>;

const LEAK = 0.2;

/**
 * @param shape    height, width, channels.
 * @param outputs  1 with a sigmoid for two classes, else one per class with a softmax.
 * @param random   gives the stream of a name, such as `init/conv1/kernel`.
 */
export function buildModel(
  backend: Backend,
  params: ModelParams,
  shape: readonly [number, number, number],
  outputs: number,
  random: (stream: string) => Random,
  clock: TrainingClock,
): LayersModel {
  const { layers, sequential } = backend.layers;
  checkSize(params, shape);
  const model = sequential({ name: 'conv-blocks' });
  for (let block = 0; block < params.blocks; block++) {
    const number = block + 1;
    model.add(
      layers.conv2d({
        name: `conv${number}`,
        filters: params.filters * (params.doubling ? 2 ** block : 1),
        kernelSize: params.kernel,
        padding: 'same',
        useBias: true,
        ...(block === 0 ? { inputShape: [...shape] } : {}),
      }),
    );
    if (params.batchNorm) model.add(layers.batchNormalization({ name: `norm${number}` }));
    model.add(activation(backend, params.activation, `activation${number}`));
    model.add(layers.maxPooling2d({ name: `pool${number}`, poolSize: params.pool, strides: 2 }));
  }
  model.add(layers.flatten({ name: 'flatten' }));
  if (params.dense > 0) {
    model.add(layers.dense({ name: 'hidden', units: params.dense }));
    model.add(activation(backend, params.activation, 'hidden-activation'));
  }
  if (params.dropout > 0) model.add(seededDropout(backend, params.dropout, random, clock));
  model.add(layers.dense({ name: 'output', units: outputs, activation: outputs === 1 ? 'sigmoid' : 'softmax' }));
  initialise(backend, model, random);
  return model;
}

function activation(backend: Backend, name: ModelParams['activation'], layerName: string): Layer {
  const { layers } = backend.layers;
  if (name === 'leakyRelu') return layers.leakyReLU({ name: layerName, alpha: LEAK });
  return layers.activation({ name: layerName, activation: name });
}

/**
 * The library's own dropout layer, but for its random numbers: with a seed it would draw the same mask at every step, and
 * without one a different mask in every run.
 */
function seededDropout(
  backend: Backend,
  rate: number,
  random: (stream: string) => Random,
  clock: TrainingClock,
): Layer {
  const layer = backend.layers.layers.dropout({ name: 'dropout', rate });
  layer.call = (inputs, kwargs) => {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
    if (kwargs.training !== true) return x;
    const stream = random(`dropout/step-${clock.step}`);
    const mask = Float32Array.from({ length: x.size }, () => (stream.uniform() < rate ? 0 : 1 / (1 - rate)));
    return backend.tf.mul(x, backend.tf.tensor(mask, x.shape));
  };
  return layer;
}

/** Glorot's uniform initialisation for kernels; biases and normalisation start as the library sets them. */
function initialise(backend: Backend, model: LayersModel, random: (stream: string) => Random): void {
  for (const layer of model.layers) {
    const [kernel, ...rest] = layer.getWeights();
    if (kernel === undefined || kernel.rank < 2) continue;
    const receptive = kernel.shape.slice(0, -2).reduce((product, side) => product * side, 1);
    const fanIn = receptive * (kernel.shape.at(-2) ?? 1);
    const fanOut = receptive * (kernel.shape.at(-1) ?? 1);
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    const stream = random(`init/${layer.name}/kernel`);
    const values = Float32Array.from({ length: kernel.size }, () => limit * (2 * stream.uniform() - 1));
    backend.tf.tidy(() => layer.setWeights([backend.tf.tensor(values, kernel.shape), ...rest]));
  }
}

function checkSize(params: ModelParams, [height, width]: readonly [number, number, number]): void {
  let [rows, columns] = [height, width];
  for (let block = 1; block <= params.blocks; block++) {
    rows = Math.floor((rows - params.pool) / 2) + 1;
    columns = Math.floor((columns - params.pool) / 2) + 1;
    if (rows >= 1 && columns >= 1) continue;
    throw new StageError(`nothing of ${width} x ${height} pixels is left after ${block} of ${params.blocks} poolings`, {
      code: 'E0810',
      hint: `with: { model: { blocks: ${block - 1} } }`,
    });
  }
}
