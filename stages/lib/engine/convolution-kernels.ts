/**
 * Convolution and both its gradients.
 *
 * Which way is taken depends on shapes alone: a product of matrices for 1 x 1, Winograd's algorithm for 3 x 3 and 5 x 5 with
 * stride 1 and for 3 x 3 and 7 x 7 with stride 2, if there are enough channels, straight convolution for the rest.
 */
import type { backend_util, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { filterGradient, inputGradient } from './convolution-gradients.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import type { EngineBackend } from './engine-backend.ts';
import { type Filter, normalizedFilter, plainFilter } from './filters.ts';
import { CONVOLUTION, NORMALIZED_CONVOLUTION } from './fused-layers.ts';
import { multiply, panelsOf } from './matmul-kernels.ts';
import { applyInPlace, endOf } from './product-end.ts';
import { isPointwise, isStrided, straight } from './straight-convolution.ts';
import { isStridedWinograd, isWinograd, runWinograd } from './winograd.ts';

type Info = backend_util.Conv2DInfo;
type Size4D = [number, number, number, number];

export function registerConvolutions(tf: Tf, define: Define, backend: EngineBackend): void {
  const infoOf = (x: readonly number[], filter: readonly number[], attrs: NamedAttrMap): Info | null => {
    if (attrs.dataFormat !== undefined && attrs.dataFormat !== 'NHWC') return null;
    const { strides, dilations, pad, dimRoundingMode } = attrs as unknown as {
      strides: number | [number, number];
      dilations?: number | [number, number];
      pad: 'same' | 'valid' | number;
      dimRoundingMode?: 'floor' | 'round' | 'ceil';
    };
    return tf.backend_util.computeConv2DInfo(
      x as Size4D,
      filter as Size4D,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      false,
      'channelsLast',
    );
  };

  define('Conv2D', (inputs, attrs) => {
    const [x, filter] = [need(inputs, 'x'), need(inputs, 'filter')];
    const info = infoOf(x.shape, filter.shape, attrs);
    return info === null || !isFloat(x, filter)
      ? null
      : convolve(backend, x, plainFilter(backend, filter, null), info, 0);
  });

  for (const name of ['FusedConv2D', CONVOLUTION]) {
    define(name, (inputs, attrs) => {
      const [x, filter] = [need(inputs, 'x'), need(inputs, 'filter')];
      const info = infoOf(x.shape, filter.shape, attrs);
      const bias = inputs.bias ?? null;
      const end = endOf(attrs);
      if (info === null || end === null || !isFloat(x, filter, bias)) return null;
      if (bias !== null && bias.shape.at(-1) !== info.outChannels) return null;
      const y = convolve(backend, x, plainFilter(backend, filter, bias), info, end.activation);
      if (end.after !== null) applyInPlace(backend, end.after, y, end.alpha);
      return y;
    });
  }

  define(NORMALIZED_CONVOLUTION, (inputs, attrs) => {
    const [x, filter] = [need(inputs, 'x'), need(inputs, 'filter')];
    const info = infoOf(x.shape, filter.shape, attrs);
    const end = endOf(attrs);
    if (info === null || end === null) return null;
    const normalized = normalizedFilter(backend, inputs, filter, attrs.epsilon as number);
    return convolve(backend, x, normalized, info, end.activation);
  });

  define('Conv2DBackpropInput', (inputs, attrs) => {
    const [dy, filter] = [need(inputs, 'dy'), need(inputs, 'filter')];
    const info = infoOf(attrs.inputShape as number[], filter.shape, attrs);
    return info === null || !isFloat(dy, filter) ? null : inputGradient(backend, dy, filter, info);
  });

  define('Conv2DBackpropFilter', (inputs, attrs) => {
    const [x, dy] = [need(inputs, 'x'), need(inputs, 'dy')];
    const info = infoOf(x.shape, attrs.filterShape as number[], attrs);
    return info === null || !isFloat(x, dy) ? null : filterGradient(backend, x, dy, info);
  });
}

function convolve(backend: EngineBackend, x: TensorInfo, filter: Filter, info: Info, activation: number): TensorInfo {
  const y = backend.output(info.outShape, 'float32');
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const { filterHeight: FH, filterWidth: FW, padInfo } = info;
  const { top, left } = padInfo;
  const [from, to] = [backend.address(x), backend.address(y)];
  if (isPointwise(info)) {
    const rows = isStrided(info) ? seenRows(backend, from, info) : from;
    multiply(backend, rows, filter, false, to, n * OH * OW, C, F, activation);
    return y;
  }
  const isPhased = isStridedWinograd(info);
  if (isPhased || isWinograd(info)) {
    const shape = { n, H, W, C, F, OH, OW, top, left, size: FH, stride: isPhased ? 2 : 1 } as const;
    runWinograd(backend, from, filter, false, shape, to, activation);
    return y;
  }
  const panels = panelsOf(backend, filter, FH * FW * C, F);
  straight(backend, from, panels, to, {
    n,
    H,
    W,
    C,
    F,
    FH,
    FW,
    OH,
    OW,
    strideY: info.strideHeight,
    strideX: info.strideWidth,
    dilationY: info.dilationHeight,
    dilationX: info.dilationWidth,
    top,
    left,
    spreadY: 1,
    spreadX: 1,
    bias: filter.bias,
    activation,
  });
  return y;
}

/** The places of an image that a convolution of 1 x 1 sees, one after another. */
function seenRows(backend: EngineBackend, x: number, info: Info): number {
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW } = info;
  const rows = backend.scratch(n * OH * OW * C);
  const axes = [
    [OW, info.strideWidth * C, C],
    [OH, info.strideHeight * W * C, OW * C],
    [n, H * W * C, OH * OW * C],
  ];
  const layout = backend.scratchIntegers(axes.flat());
  backend.pool.run('copyRuns', [4, x, 1, rows, 1, C, layout, axes.length], n * OH * OW, n * OH * OW * C);
  return rows;
}
