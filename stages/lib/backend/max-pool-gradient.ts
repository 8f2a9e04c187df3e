/**
 * The gradient of max pooling, straight on the backend's memory: each output's gradient goes to the first largest input of
 * its window. About ten times faster than the backend's own kernel, which looks at each input's windows instead.
 */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelFunc, NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Tf } from './tensorflow.ts';

interface PoolAttrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function registerMaxPoolGradient(tf: Tf): void {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const wasm = backend as BackendWasm;
    const { dy, input } = inputs;
    if (dy === undefined || input === undefined) throw new Error('MaxPoolGrad needs `dy` and `input`');
    const { filterSize, strides, pad, dimRoundingMode } = attrs as NamedAttrMap as unknown as PoolAttrs;
    const shape = input.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    // The output first: making it may grow the memory, which would detach views taken before.
    const output = wasm.makeOutput(input.shape, 'float32');
    const into = wasm.typedArrayFromHeap(output) as Float32Array;
    const values = wasm.typedArrayFromHeap(input) as Float32Array;
    const gradient = wasm.typedArrayFromHeap(dy) as Float32Array;
    const { inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
    const { top, left } = info.padInfo;
    into.fill(0);
    const largest = new Float32Array(channels);
    const place = new Int32Array(channels);
    let from = 0;
    for (let image = 0; image < info.batchSize; image++) {
      for (let y = 0; y < outHeight; y++) {
        const firstRow = y * info.strideHeight - top;
        const rowEnd = Math.min(firstRow + info.filterHeight, inHeight);
        for (let x = 0; x < outWidth; x++) {
          const firstColumn = x * info.strideWidth - left;
          const columnEnd = Math.min(firstColumn + info.filterWidth, inWidth);
          largest.fill(Number.NEGATIVE_INFINITY);
          place.fill(-1);
          for (let row = Math.max(firstRow, 0); row < rowEnd; row++) {
            for (let column = Math.max(firstColumn, 0); column < columnEnd; column++) {
              const start = ((image * inHeight + row) * inWidth + column) * channels;
              for (let channel = 0; channel < channels; channel++) {
                const value = values[start + channel] as number;
                if (value > (largest[channel] as number)) {
                  largest[channel] = value;
                  place[channel] = start + channel;
                }
              }
            }
          }
          for (let channel = 0; channel < channels; channel++, from++) {
            const to = place[channel] as number;
            // A window of NaNs has no largest value; its gradient is lost, as the loss already is.
            if (to >= 0) into[to] = (into[to] as number) + (gradient[from] as number);
          }
        }
      }
    }
    return output;
  };
  tf.unregisterKernel('MaxPoolGrad', 'wasm');
  tf.registerKernel({ kernelName: 'MaxPoolGrad', backendName: 'wasm', kernelFunc });
}
