/**
 * Layers of the library that do several operations in one kernel while the engine is the backend.
 *
 * Convolution and dense layers join product, bias and relu; batch normalisation joins statistics and normalising. Each joined
 * kernel has its gradient registered with the library, which asks only for the gradients it needs: none for the input of
 * the first layer. Dilated convolutions, which the library cannot train, get gradients on the way. On any other backend, and for settings that are not joined, the layers do what they always did.
 */
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Layers, Tf } from '../backend/tensorflow.ts';
import { SUM_RELU } from './elementwise-kernels.ts';
import { ENGINE_NAME } from './engine-backend.ts';
import { type Chain, createFolding } from './fold-normalization.ts';
import { ACTIVATION_GRADIENT, BATCH_NORM, BATCH_NORM_GRADIENT, COLUMN_SUMS } from './normalization-kernels.ts';

/** Kernels that do the same as the library's joined ones, and have a gradient with every activation. */
export const CONVOLUTION = 'PipeConv2D';
export const DENSE = 'PipeDense';
/** A convolution and the normalisation by fixed statistics behind it; only where nothing is trained. */
export const NORMALIZED_CONVOLUTION = 'PipeNormalizedConv2D';
export const NORMALIZED_DEPTHWISE = 'PipeNormalizedDepthwiseConv2D';

const ACTIVATIONS: Readonly<Record<string, number>> = { linear: 0, relu: 1, relu6: 2 };

type Call = (this: never, inputs: Tensor | Tensor[], kwargs: Readonly<Record<string, unknown>>) => Tensor | Tensor[];

interface Weight {
  read(): Tensor;
  write(value: Tensor): void;
}

/** What the library's layers have besides their public interface. */
interface Inside {
  readonly rank?: number;
  readonly kernel: Weight;
  readonly depthwiseKernel: Weight;
  readonly bias: Weight | null | undefined;
  readonly activation: { getClassName(): string } | null;
  readonly strides: readonly number[];
  readonly padding: string;
  readonly dataFormat: string;
  readonly dilationRate: number | readonly number[];
  readonly axis: number;
  readonly scale: boolean;
  readonly center: boolean;
  readonly gamma: Weight;
  readonly beta: Weight;
  readonly epsilon: number;
  readonly momentum: number;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
  invokeCallHook(inputs: Tensor | Tensor[], kwargs: Readonly<Record<string, unknown>>): void;
}

const joined = new WeakSet<object>();

/** Lets the layers of this library use the joined kernels. */
export function fuseLayers(tf: Tf, layers: Layers): void {
  if (joined.has(layers)) return;
  joined.add(layers);
  registerGradients(tf);
  const run = runnerOf(tf);
  const folding = createFolding(tf, layers);
  const { add, conv2d, depthwiseConv2d, dense, batchNormalization, reLU, activation: activationLayer } = layers.layers;

  replaceCall(tf, conv2d({ filters: 1, kernelSize: 1 }), (layer, x, kwargs) => {
    const activation = activationOf(layer);
    if (layer.rank !== 2 || layer.dataFormat !== 'channelsLast') return null;
    if (activation === null || x.dtype !== 'float32') return null;
    const chain = kwargs.training === true ? null : folding.chainFrom(layer);
    if (chain !== null) {
      const inputs = { x, filter: layer.kernel.read(), ...biasOf(layer), ...statisticsOf(chain) };
      const attrs = { strides: layer.strides, pad: layer.padding, dataFormat: 'NHWC', dilations: layer.dilationRate };
      const [y] = run(NORMALIZED_CONVOLUTION, inputs, { ...attrs, ...endOf(chain) });
      if (y !== undefined) folding.finish(chain.done, y);
      return y ?? null;
    }
    const inputs = { x, filter: layer.kernel.read(), ...biasOf(layer) };
    const attrs = { strides: layer.strides, pad: layer.padding, dataFormat: 'NHWC', dilations: layer.dilationRate };
    return run(CONVOLUTION, inputs, { ...attrs, activation })[0] ?? null;
  });

  replaceCall(tf, depthwiseConv2d({ kernelSize: 1 }), (layer, x, kwargs) => {
    const chain = kwargs.training === true ? null : folding.chainFrom(layer);
    if (chain === null || layer.dataFormat !== 'channelsLast' || x.dtype !== 'float32') return null;
    const inputs = { x, filter: layer.depthwiseKernel.read(), ...biasOf(layer), ...statisticsOf(chain) };
    const attrs = { strides: layer.strides, pad: layer.padding, dataFormat: 'NHWC', dilations: [1, 1] };
    const [y] = run(NORMALIZED_DEPTHWISE, inputs, { ...attrs, ...endOf(chain) });
    if (y !== undefined) folding.finish(chain.done, y);
    return y ?? null;
  });

  for (const example of [reLU(), activationLayer({ activation: 'relu' })]) {
    replaceCall(tf, example, (layer, x) => (folding.isDone(layer, x) ? tf.clone(x) : null));
  }

  // Sums share their call with everything that merges.
  replaceCall(tf, add(), (layer, a, _, inputs) => {
    const [, b, ...others] = inputs;
    const relu = folding.reluAfter(layer);
    if (relu === null || b === undefined || others.length > 0 || a.shape.join() !== b.shape.join()) return null;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return null;
    const [y] = run(SUM_RELU, { a, b }, {});
    if (y !== undefined) folding.finish([relu], y);
    return y ?? null;
  });

  replaceCall(tf, dense({ units: 1 }), (layer, x) => {
    const activation = activationOf(layer);
    if (activation === null || x.rank !== 2 || x.dtype !== 'float32') return null;
    const inputs = { a: x, b: layer.kernel.read(), ...biasOf(layer) };
    return run(DENSE, inputs, { transposeA: false, transposeB: false, activation })[0] ?? null;
  });

  replaceCall(tf, batchNormalization(), (layer, x, kwargs) => {
    if (folding.isDone(layer, x)) return tf.clone(x);
    const isLast = layer.axis === -1 || layer.axis === x.rank - 1;
    if (kwargs.training !== true || !isLast || x.dtype !== 'float32') return null;
    const channels = [x.shape[x.rank - 1] ?? 1];
    // The library itself cannot train a normalisation without scale or offset.
    const gamma = layer.scale ? layer.gamma.read() : tf.ones(channels);
    const beta = layer.center ? layer.beta.read() : tf.zeros(channels);
    const [y, mean, variance] = run(BATCH_NORM, { x, gamma, beta }, { epsilon: layer.epsilon });
    if (y === undefined || mean === undefined || variance === undefined) return null;
    const follow = (moving: Weight, value: Tensor): void => {
      const old = moving.read();
      moving.write(tf.sub(old, tf.mul(tf.sub(old, value), 1 - layer.momentum)));
    };
    follow(layer.movingMean, mean);
    follow(layer.movingVariance, variance);
    return y;
  });
}

/** Puts a way before a layer's own: null means that the layer is to go its own. */
function replaceCall(
  tf: Tf,
  example: object,
  call: (
    layer: Inside,
    x: Tensor,
    kwargs: Readonly<Record<string, unknown>>,
    inputs: readonly Tensor[],
  ) => Tensor | null,
): void {
  let owner = Object.getPrototypeOf(example) as { call: Call };
  while (!Object.hasOwn(owner, 'call')) owner = Object.getPrototypeOf(owner) as { call: Call };
  const own = owner.call;
  owner.call = function (this: never, inputs, kwargs): Tensor | Tensor[] {
    const all = Array.isArray(inputs) ? inputs : [inputs];
    const [x] = all;
    if (tf.getBackend() !== ENGINE_NAME || x === undefined) return own.call(this, inputs, kwargs);
    const layer = this as Inside;
    const made = tf.tidy(() => call(layer, x, kwargs, all) ?? []) as Tensor | Tensor[];
    if (Array.isArray(made)) return own.call(this, inputs, kwargs);
    layer.invokeCallHook(inputs, kwargs);
    return made;
  };
}

/** What the normalisation of a chain is computed from, as inputs of a kernel. */
function statisticsOf({ normalization }: Chain): Record<string, Tensor> {
  const { gamma, beta, movingMean, movingVariance } = normalization;
  const all = { mean: movingMean, variance: movingVariance, gamma, beta };
  const present = Object.entries(all).filter(([, weight]) => weight !== undefined && weight !== null);
  return Object.fromEntries(present.map(([name, weight]) => [name, (weight as Weight).read()]));
}

function endOf({ normalization, activation }: Chain): { epsilon: number; activation: string } {
  return { epsilon: normalization.epsilon ?? 0, activation };
}

function biasOf({ bias }: Inside): { bias?: Tensor } {
  return bias === null || bias === undefined ? {} : { bias: bias.read() };
}

function activationOf(layer: Inside): string | null {
  const name = layer.activation?.getClassName() ?? 'linear';
  return ACTIVATIONS[name] === undefined ? null : name;
}

type Run = (name: string, inputs: Readonly<Record<string, Tensor>>, attrs: object) => Tensor[];

function runnerOf(tf: Tf): Run {
  return (name, inputs, attrs) => {
    const made = tf.engine().runKernel(name, inputs as NamedTensorMap, attrs as NamedAttrMap) as Tensor | Tensor[];
    return Array.isArray(made) ? made : [made];
  };
}

/** The gradient before bias and activation, and the bias's: in one pass where there is an activation. */
function throughEnd(
  run: Run,
  dy: Tensor,
  y: Tensor | undefined,
  activation: string,
): { d: Tensor; bias: () => Tensor } {
  const kind = ACTIVATIONS[activation] ?? 0;
  if (kind === 0 || y === undefined) return { d: dy, bias: () => run(COLUMN_SUMS, { x: dy }, {})[0] as Tensor };
  const [d, sum] = run(ACTIVATION_GRADIENT, { y, dy }, { activation: kind }) as [Tensor, Tensor];
  return { d, bias: () => sum };
}

function registerGradients(tf: Tf): void {
  const run = runnerOf(tf);

  tf.registerGradient({
    kernelName: CONVOLUTION,
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc: (dys, saved, attrs) => {
      const [x, filter, y] = saved as [Tensor, Tensor, Tensor];
      const { d, bias } = throughEnd(run, dys as Tensor, y, attrs.activation as string);
      return {
        x: () => run('Conv2DBackpropInput', { dy: d, filter }, { ...attrs, inputShape: x.shape })[0] as Tensor,
        filter: () => run('Conv2DBackpropFilter', { x, dy: d }, { ...attrs, filterShape: filter.shape })[0] as Tensor,
        bias,
      };
    },
  });

  tf.registerGradient({
    kernelName: DENSE,
    inputsToSave: ['a', 'b'],
    outputsToSave: [true],
    gradFunc: (dys, saved, attrs) => {
      const [a, b, y] = saved as [Tensor, Tensor, Tensor];
      const { d, bias } = throughEnd(run, dys as Tensor, y, attrs.activation as string);
      return {
        a: () => tf.matMul(d, b, false, true),
        b: () => tf.matMul(a, d, true, false),
        bias,
      };
    },
  });

  tf.registerGradient({
    kernelName: BATCH_NORM,
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, false, true],
    gradFunc: (dys, saved) => {
      const [dy] = dys as Tensor[];
      const [x, gamma, mean, scale] = saved as [Tensor, Tensor, Tensor, Tensor];
      const made = run(BATCH_NORM_GRADIENT, { x, dy: dy as Tensor, mean, scale, gamma }, {});
      const [dx, dGamma, dBeta] = made as [Tensor, Tensor, Tensor];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
    },
  });
}
