/** Convolution of each channel by itself, and its gradients. */
import type { backend_util, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { addChunks } from './convolution-gradients.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';
import { normalizedFilter } from './filters.ts';
import { NORMALIZED_DEPTHWISE } from './fused-layers.ts';
import { applyInPlace, endOf } from './product-end.ts';

type Info = backend_util.Conv2DInfo;
type Size4D = [number, number, number, number];

const CHUNKS = 16;

export function registerDepthwise(tf: Tf, define: Define, backend: EngineBackend): void {
  const infoOf = (x: readonly number[], filter: readonly number[], attrs: NamedAttrMap): Info => {
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
      dilations ?? [1, 1],
      pad,
      dimRoundingMode,
      true,
    );
  };

  for (const name of ['DepthwiseConv2dNative', 'FusedDepthwiseConv2D', NORMALIZED_DEPTHWISE]) {
    define(name, (inputs, attrs) => {
      const [x, filter] = [need(inputs, 'x'), need(inputs, 'filter')];
      const bias = inputs.bias ?? null;
      const end = endOf(attrs);
      if (!isFloat(x, filter, bias) || end === null) return null;
      const info = infoOf(x.shape, filter.shape, attrs);
      const y = backend.output(info.outShape, 'float32');
      const plain = { address: backend.address(filter), bias: bias === null ? 0 : backend.address(bias) };
      const own = name === NORMALIZED_DEPTHWISE ? normalized(inputs, filter, attrs.epsilon as number) : plain;
      const args = [
        ...imageOf(info),
        own.address,
        info.filterHeight,
        info.filterWidth,
        backend.address(y),
        ...windowOf(info),
        own.bias,
        end.activation,
      ];
      const lines = info.batchSize * info.outHeight;
      backend.pool.run('depthwise', [widened(info, backend.address(x)), ...args], lines, operations(info));
      if (end.after !== null) applyInPlace(backend, end.after, y, end.alpha);
      return y;
    });
  }

  define('DepthwiseConv2dNativeBackpropInput', (inputs, attrs) => {
    const [dy, filter] = [need(inputs, 'dy'), need(inputs, 'filter')];
    if (!isFloat(dy, filter)) return null;
    const info = infoOf(attrs.inputShape as number[], filter.shape, attrs);
    const dx = backend.output(info.inShape, 'float32');
    const times = info.outChannels / info.inChannels;
    const pixels = info.batchSize * info.inHeight * info.inWidth;
    const to = times === 1 ? backend.address(dx) : backend.scratch(pixels * info.outChannels);
    const args = [
      backend.address(dy),
      ...imageOf(info),
      backend.address(filter),
      info.filterHeight,
      info.filterWidth,
      to,
      ...windowOf(info),
    ];
    backend.pool.run('depthwiseInputGradient', args, info.batchSize * info.inHeight, operations(info));
    if (times > 1) {
      const rows = pixels * info.inChannels;
      backend.pool.run('reduce', [0, to, times, 1, backend.address(dx)], rows, rows * times);
    }
    return dx;
  });

  define('DepthwiseConv2dNativeBackpropFilter', (inputs, attrs) => {
    const [x, dy] = [need(inputs, 'x'), need(inputs, 'dy')];
    if (!isFloat(x, dy)) return null;
    const info = infoOf(x.shape, attrs.filterShape as number[], attrs);
    const dw = backend.output(info.filterShape, 'float32');
    const lines = info.batchSize * info.outHeight;
    const size = sizeOf(info.filterShape);
    const chunks = Math.min(CHUNKS, lines);
    const sums = backend.scratch(chunks * size);
    const args = [
      widened(info, backend.address(x)),
      ...imageOf(info),
      backend.address(dy),
      info.filterHeight,
      info.filterWidth,
      ...windowOf(info),
      lines,
      chunks,
      sums,
    ];
    backend.pool.run('depthwiseFilterGradient', args, chunks, operations(info));
    addChunks(backend, sums, size, chunks, backend.address(dw));
    return dw;
  });

  function normalized(inputs: NamedTensorInfoMap, filter: TensorInfo, epsilon: number) {
    const made = normalizedFilter(backend, inputs, filter, epsilon);
    const size = sizeOf(filter.shape);
    const address = made.prepared('values', size, (from, to) => {
      new Float32Array(backend.heap.memory.buffer).copyWithin(to / 4, from / 4, from / 4 + size);
    });
    return { address, bias: made.bias };
  }

  /** With several filters for each channel: each channel as often as there are filters, so that every filter has its own. */
  function widened(info: Info, x: number): number {
    const times = info.outChannels / info.inChannels;
    if (times === 1) return x;
    const pixels = info.batchSize * info.inHeight * info.inWidth;
    const wide = backend.scratch(pixels * info.outChannels);
    backend.pool.run('repeatChannels', [x, info.inChannels, times, wide], pixels, pixels * info.outChannels);
    return wide;
  }
}

function imageOf(info: Info): number[] {
  return [info.inHeight, info.inWidth, info.outChannels];
}

function windowOf(info: Info): number[] {
  return [
    info.outHeight,
    info.outWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
}

function operations(info: Info): number {
  return sizeOf(info.outShape) * info.filterHeight * info.filterWidth;
}
