/**
 * Convolution and both its gradients.
 *
 * Which way is taken depends on shapes alone: a product of matrices for 1 x 1, Winograd's algorithm for 3 x 3 and 5 x 5 with
 * stride 1 and enough channels, straight convolution for the rest.
 */
import type { backend_util, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import type { EngineBackend } from './engine-backend.ts';
import { CONVOLUTION } from './fused-layers.ts';
import { multiply, multiplyTransposed } from './matmul-kernels.ts';
import { applyInPlace, endOf } from './product-end.ts';
import { isWinograd, runWinograd, winogradFilterGradient, winogradPanels } from './winograd.ts';

type Info = backend_util.Conv2DInfo;
type Size4D = [number, number, number, number];

interface Epilogue {
  readonly bias: TensorInfo | null;
  /** 0 nothing, 1 relu, 2 relu6. */
  readonly activation: number;
}

const NOTHING: Epilogue = { bias: null, activation: 0 };
/** Output places of a band of straight convolution: what they see stays in the nearest cache. */
const BAND_PLACES = 128;
const FILTER_BAND_PLACES = 256;
/** Parts of a filter gradient that are added up at the end: so many threads can work at it. */
const CHUNKS = 8;
const MAXIMUM_SUMS = 24_000_000;

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
    return info === null || !isFloat(x, filter) ? null : convolve(backend, x, filter, info, NOTHING);
  });

  for (const name of ['FusedConv2D', CONVOLUTION]) {
    define(name, (inputs, attrs) => {
      const [x, filter] = [need(inputs, 'x'), need(inputs, 'filter')];
      const info = infoOf(x.shape, filter.shape, attrs);
      const bias = inputs.bias ?? null;
      const end = endOf(attrs);
      if (info === null || end === null || !isFloat(x, filter, bias)) return null;
      if (bias !== null && bias.shape.at(-1) !== info.outChannels) return null;
      const y = convolve(backend, x, filter, info, { bias, activation: end.activation });
      if (end.after !== null) applyInPlace(backend, end.after, y, end.alpha);
      return y;
    });
  }

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

function isPointwise(info: Info): boolean {
  return (
    info.filterHeight === 1 &&
    info.filterWidth === 1 &&
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    info.padInfo.top === 0 &&
    info.padInfo.left === 0 &&
    info.outHeight === info.inHeight &&
    info.outWidth === info.inWidth
  );
}

function operations(info: Info): number {
  return (
    info.batchSize *
    info.outHeight *
    info.outWidth *
    info.outChannels *
    info.inChannels *
    info.filterHeight *
    info.filterWidth
  );
}

function convolve(backend: EngineBackend, x: TensorInfo, filter: TensorInfo, info: Info, end: Epilogue): TensorInfo {
  const { pool } = backend;
  const y = backend.output(info.outShape, 'float32');
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const { filterHeight: FH, filterWidth: FW, padInfo } = info;
  const bias = end.bias === null ? 0 : backend.address(end.bias);
  if (isPointwise(info)) {
    multiply(
      backend,
      backend.address(x),
      backend.address(filter),
      false,
      backend.address(y),
      n * H * W,
      C,
      F,
      bias,
      end.activation,
    );
    return y;
  }
  if (isWinograd(info)) {
    const panels = winogradPanels(backend, filter, FH, C, F, false);
    runWinograd(
      backend,
      backend.address(x),
      n,
      H,
      W,
      C,
      panels,
      FH,
      F,
      backend.address(y),
      OH,
      OW,
      padInfo.top,
      padInfo.left,
      bias,
      end.activation,
    );
    return y;
  }
  const depth = FH * FW * C;
  const panels = backend.scratch(Math.ceil(F / 8) * depth * 8);
  pool.run('packPanels', [backend.address(filter), F, 1, depth, F, panels, depth * 32], Math.ceil(F / 8), depth * F);
  straight(backend, backend.address(x), panels, backend.address(y), {
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
    top: padInfo.top,
    left: padInfo.left,
    spreadY: 1,
    spreadX: 1,
    bias,
    activation: end.activation,
  });
  return y;
}

interface Straight {
  readonly n: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly F: number;
  readonly FH: number;
  readonly FW: number;
  readonly OH: number;
  readonly OW: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly top: number;
  readonly left: number;
  /** Places of the padded image for each of the image: the stride, for the gradient of a convolution with one. */
  readonly spreadY: number;
  readonly spreadX: number;
  readonly bias: number;
  readonly activation: number;
}

function straight(backend: EngineBackend, x: number, panels: number, y: number, s: Straight): void {
  const { pool } = backend;
  const seenHeight = (s.OH - 1) * s.strideY + (s.FH - 1) * s.dilationY + 1;
  const seenWidth = (s.OW - 1) * s.strideX + (s.FW - 1) * s.dilationX + 1;
  const isPadded = s.top !== 0 || s.left !== 0 || s.spreadY > 1 || s.spreadX > 1 || seenHeight > s.H || seenWidth > s.W;
  const bandRows = Math.min(s.OH, Math.max(1, Math.ceil(BAND_PLACES / s.OW)));
  const width = isPadded ? seenWidth : s.W;
  const seenRows = (bandRows - 1) * s.strideY + (s.FH - 1) * s.dilationY + 1;
  const floats = isPadded ? seenRows * width * s.C + 16 : 0;
  const scratch = floats > 0 ? backend.scratch(floats * pool.threads) : 0;
  pool.run(
    'convolve',
    [
      x,
      s.H,
      s.W,
      s.C,
      panels,
      s.F,
      s.FH,
      s.FW,
      y,
      s.OH,
      s.OW,
      s.strideY,
      s.strideX,
      s.dilationY,
      s.dilationX,
      s.top,
      s.left,
      s.spreadY,
      s.spreadX,
      isPadded ? 1 : 0,
      width,
      s.bias,
      s.activation,
      bandRows,
      scratch,
      floats,
    ],
    s.n * Math.ceil(s.OH / bandRows),
    s.n * s.OH * s.OW * s.F * s.FH * s.FW * s.C,
  );
}

function inputGradient(backend: EngineBackend, dy: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const { pool } = backend;
  const dx = backend.output(info.inShape, 'float32');
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const { filterHeight: FH, filterWidth: FW, padInfo, dilationHeight, dilationWidth } = info;
  if (isPointwise(info)) {
    multiply(backend, backend.address(dy), backend.address(filter), true, backend.address(dx), n * H * W, F, C, 0, 0);
    return dx;
  }
  if (isWinograd(info)) {
    const panels = winogradPanels(backend, filter, FH, C, F, true);
    runWinograd(
      backend,
      backend.address(dy),
      n,
      OH,
      OW,
      F,
      panels,
      FH,
      C,
      backend.address(dx),
      H,
      W,
      FH - 1 - padInfo.top,
      FW - 1 - padInfo.left,
      0,
      0,
    );
    return dx;
  }
  const depth = FH * FW * F;
  const panels = backend.scratch(Math.ceil(C / 8) * depth * 8);
  pool.run('packTurned', [backend.address(filter), FH * FW, C, F, panels], Math.ceil(C / 8), depth * C);
  straight(backend, backend.address(dy), panels, backend.address(dx), {
    n,
    H: OH,
    W: OW,
    C: F,
    F: C,
    FH,
    FW,
    OH: H,
    OW: W,
    strideY: 1,
    strideX: 1,
    dilationY: dilationHeight,
    dilationX: dilationWidth,
    top: (FH - 1) * dilationHeight - padInfo.top,
    left: (FW - 1) * dilationWidth - padInfo.left,
    spreadY: info.strideHeight,
    spreadX: info.strideWidth,
    bias: 0,
    activation: 0,
  });
  return dx;
}

function filterGradient(backend: EngineBackend, x: TensorInfo, dy: TensorInfo, info: Info): TensorInfo {
  const { pool } = backend;
  const dw = backend.output(info.filterShape, 'float32');
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const { filterHeight: FH, filterWidth: FW, padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  if (isPointwise(info)) {
    multiplyTransposed(backend, backend.address(x), backend.address(dy), backend.address(dw), n * H * W, C, F);
    return dw;
  }
  if (isWinograd(info)) {
    winogradFilterGradient(backend, backend.address(x), backend.address(dy), backend.address(dw), info);
    return dw;
  }
  const seenHeight = (OH - 1) * strideHeight + (FH - 1) * dilationHeight + 1;
  const seenWidth = (OW - 1) * strideWidth + (FW - 1) * dilationWidth + 1;
  const isPadded = padInfo.top !== 0 || padInfo.left !== 0 || seenHeight > H || seenWidth > W;
  const width = isPadded ? seenWidth : W;
  const bandRows = Math.min(OH, Math.max(1, Math.ceil(FILTER_BAND_PLACES / OW)));
  const bands = n * Math.ceil(OH / bandRows);
  const size = FH * FW * C * F;
  const chunks = Math.max(1, Math.min(2 * CHUNKS, bands, Math.floor(MAXIMUM_SUMS / size)));
  const seenRows = (bandRows - 1) * strideHeight + (FH - 1) * dilationHeight + 1;
  const paddedFloats = isPadded ? roundUp4(seenRows * width * C) + 16 : 0;
  const floats = paddedFloats + backend.call('filterGradientScratch', bandRows * OW, F) + 16;
  const sums = chunks === 1 ? backend.address(dw) : backend.scratch(chunks * size);
  const scratch = backend.scratch(roundUp4(floats) * pool.threads);
  pool.run(
    'convolveFilterGradient',
    [
      backend.address(x),
      H,
      W,
      C,
      backend.address(dy),
      F,
      FH,
      FW,
      OH,
      OW,
      strideHeight,
      strideWidth,
      dilationHeight,
      dilationWidth,
      padInfo.top,
      padInfo.left,
      isPadded ? 1 : 0,
      width,
      bandRows,
      bands,
      chunks,
      sums,
      scratch,
      roundUp4(floats),
      paddedFloats,
    ],
    chunks,
    operations(info),
  );
  addChunks(backend, sums, size, chunks, backend.address(dw));
  return dw;
}

/** Adds up what the chunks of some kernel's work gave, in their order. */
export function addChunks(backend: EngineBackend, sums: number, size: number, chunks: number, out: number): void {
  if (sums === out) return;
  backend.pool.run('addChunks', [sums, size, chunks, out], Math.ceil(size / 16), size * chunks);
}

function roundUp4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
