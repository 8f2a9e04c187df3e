/** Max and average pooling and their gradients. */
import type { backend_util, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';

type Info = backend_util.Conv2DInfo;

export function registerPooling(tf: Tf, define: Define, backend: EngineBackend): void {
  const infoOf = (x: readonly number[], attrs: NamedAttrMap): Info => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
      filterSize: number | [number, number];
      strides: number | [number, number];
      pad: 'same' | 'valid' | number;
      dimRoundingMode?: 'floor' | 'round' | 'ceil';
    };
    const shape = x as [number, number, number, number];
    return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  };
  const windows = (info: Info): number[] => [
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
  const image = (info: Info): number[] => [info.inHeight, info.inWidth, info.inChannels];

  for (const [name, kernel] of [
    ['MaxPool', 'maxPool'],
    ['AvgPool', 'averagePool'],
  ] as const) {
    define(name, (inputs, attrs) => {
      const x = need(inputs, 'x');
      if (!isFloat(x)) return null;
      const info = infoOf(x.shape, attrs);
      const y = backend.output(info.outShape, 'float32');
      const args = [backend.address(x), ...image(info), backend.address(y), ...windows(info)];
      backend.pool.run(
        kernel,
        args,
        info.batchSize * info.outHeight,
        sizeOf(info.outShape) * info.filterHeight * info.filterWidth,
      );
      return y;
    });
  }

  define('MaxPoolGrad', (inputs, attrs) => {
    const [dy, x, y] = [need(inputs, 'dy'), need(inputs, 'input'), need(inputs, 'output')];
    return isFloat(dy, x, y) ? gradient('maxPoolGradient', dy, infoOf(x.shape, attrs), [x, y]) : null;
  });

  define('AvgPoolGrad', (inputs, attrs) => {
    const [dy, x] = [need(inputs, 'dy'), need(inputs, 'input')];
    return isFloat(dy, x) ? gradient('averagePoolGradient', dy, infoOf(x.shape, attrs), null) : null;
  });

  function gradient(
    kernel: string,
    dy: TensorInfo,
    info: Info,
    seen: readonly [TensorInfo, TensorInfo] | null,
  ): TensorInfo {
    const dx = backend.output(info.inShape, 'float32');
    const [from, to] = [backend.address(dy), backend.address(dx)];
    const args =
      seen === null
        ? [from, ...image(info), to]
        : [backend.address(seen[0]), ...image(info), backend.address(seen[1]), from, to];
    const work = sizeOf(info.outShape) * info.filterHeight * info.filterWidth;
    backend.pool.run(kernel, [...args, ...windows(info)], info.batchSize, work);
    return dx;
  }
}
