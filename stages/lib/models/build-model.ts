/**
 * Builds a network as a layers model of TensorFlow.js, layer by layer from its plan.
 *
 * The last layer gives plain numbers, from which losses are computed without rounding probabilities away; behind it stands
 * the sigmoid or softmax that makes them probabilities. What is saved is an ordinary model of layers any program loads.
 */
import type { LayersModel, layers as TfLayers } from '@tensorflow/tfjs-layers';
import type { Random } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import { drawWeights, type Initializer } from './initial-weights.ts';
import type { ActivationName, LayerSettings, NamedLayer } from './layer-types.ts';
import { seededDropout, type TrainingClock } from './seeded-dropout.ts';

type Layer = InstanceType<typeof TfLayers.Layer>;

export interface BuiltModel {
  /** From images to probabilities. Disposing it frees everything. */
  readonly model: LayersModel;
  /** The same layers without the last activation. */
  readonly logits: LayersModel;
}

export interface ModelSource {
  /** Gives the stream of a name, such as `init/conv1/kernel`. */
  random(stream: string): Random;
  /** Where training is: layers that draw at random name their streams by it. */
  readonly clock: TrainingClock;
  readonly initializer: Initializer;
  /** How numbers become probabilities: each by itself, or together adding up to 1. */
  readonly output: 'sigmoid' | 'softmax';
}

/** Slope of leaky ReLU below zero. */
const LEAK = 0.2;

export function buildModel(
  backend: Backend,
  plan: readonly NamedLayer[],
  shape: readonly [number, number, number],
  source: ModelSource,
): BuiltModel {
  const { layers, model: functional, input } = backend.layers;
  const images = input({ name: 'images', shape: [...shape] });
  let value = images;
  for (const { name, settings } of plan) {
    for (const layer of layersOf(backend, name, settings, source)) value = layer.apply(value) as typeof value;
  }
  const probabilities = layers.activation({ name: 'probabilities', activation: source.output }).apply(value);
  const model = functional({ name: 'network', inputs: images, outputs: probabilities as typeof value });
  drawWeights(backend, model, source.initializer, source.random);
  return { model, logits: functional({ name: 'logits', inputs: images, outputs: value }) };
}

function layersOf(backend: Backend, name: string, settings: LayerSettings, source: ModelSource): Layer[] {
  const { layers } = backend.layers;
  switch (settings.layer) {
    case 'conv': {
      const { filters, kernel, stride, padding, dilation, bias } = settings;
      const shape = { filters, kernelSize: kernel, strides: stride, padding, dilationRate: dilation, useBias: bias };
      return withActivation(backend, name, settings.activation, (own) => layers.conv2d({ ...shape, ...own }));
    }
    case 'depthwise': {
      const { kernel, stride, padding, multiplier, bias } = settings;
      const shape = { kernelSize: kernel, strides: stride, padding, depthMultiplier: multiplier, useBias: bias };
      return withActivation(backend, name, settings.activation, (own) => layers.depthwiseConv2d({ ...shape, ...own }));
    }
    case 'separable': {
      const { filters, kernel, stride, padding, bias } = settings;
      const shape = { filters, kernelSize: kernel, strides: stride, padding, useBias: bias };
      return withActivation(backend, name, settings.activation, (own) => layers.separableConv2d({ ...shape, ...own }));
    }
    case 'transposed': {
      const { filters, kernel, stride, padding, bias } = settings;
      const shape = { filters, kernelSize: kernel, strides: stride, padding, useBias: bias };
      return withActivation(backend, name, settings.activation, (own) => layers.conv2dTranspose({ ...shape, ...own }));
    }
    case 'dense': {
      const { units, bias } = settings;
      return withActivation(backend, name, settings.activation, (own) =>
        layers.dense({ units, useBias: bias, ...own }),
      );
    }
    case 'max-pool':
      return [
        layers.maxPooling2d({ name, poolSize: settings.size, strides: settings.stride, padding: settings.padding }),
      ];
    case 'average-pool':
      return [
        layers.averagePooling2d({ name, poolSize: settings.size, strides: settings.stride, padding: settings.padding }),
      ];
    case 'global-average-pool':
      return [layers.globalAveragePooling2d({ name })];
    case 'global-max-pool':
      return [layers.globalMaxPooling2d({ name })];
    case 'batch-norm':
      return [layers.batchNormalization({ name, momentum: settings.momentum, epsilon: settings.epsilon })];
    case 'layer-norm':
      return [layers.layerNormalization({ name, epsilon: settings.epsilon })];
    case 'activation':
      return [activation(backend, settings.activation, name)];
    case 'dropout':
      return [seededDropout(backend, name, settings.rate, source.random, source.clock)];
    case 'flatten':
      return [layers.flatten({ name })];
  }
}

/** The layer with its activation inside, where the library has one of that name; else behind it. */
function withActivation(
  backend: Backend,
  name: string,
  kind: ActivationName,
  make: (own: { name: string; activation?: InnerActivation }) => Layer,
): Layer[] {
  if (kind === 'linear') return [make({ name })];
  if (kind !== 'leakyRelu') return [make({ name, activation: kind })];
  return [make({ name }), activation(backend, kind, `${name}-activation`)];
}

type InnerActivation = Exclude<ActivationName, 'leakyRelu' | 'linear'>;

function activation(backend: Backend, kind: ActivationName, name: string): Layer {
  const { layers } = backend.layers;
  return kind === 'leakyRelu' ? layers.leakyReLU({ name, alpha: LEAK }) : layers.activation({ name, activation: kind });
}
