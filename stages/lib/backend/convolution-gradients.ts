/**
 * The two gradients of a convolution, each written as a forward convolution.
 *
 * The WebAssembly backend has no filter gradient at all, and an input gradient many times slower than its forward kernel.
 * With stride 1 both are convolutions themselves:
 *   filter gradient: images take the place of channels: conv(x as [C, H, W, N], dy as a filter [OH, OW, N, F]);
 *   input gradient:  conv(dy, filter turned by 180 degrees with its channel axes exchanged), padded to full size.
 * Other strides: the filter gradient is put together from one product per filter position, the input gradient is the
 * backend's own.
 */
import type { KernelFunc, NamedAttrMap, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from './tensorflow.ts';

type Size4D = [number, number, number, number];
type Padding = 'same' | 'valid' | number;

interface ConvolutionAttrs {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function registerConvolutionGradients(tf: Tf): void {
  const ownInputGradient = tf.getKernel('Conv2DBackpropInput', 'wasm').kernelFunc;

  const filterGradient: KernelFunc = ({ inputs, attrs }) => {
    const x = inputs.x as Tensor4D;
    const dy = inputs.dy as Tensor4D;
    const filterShape = (attrs as NamedAttrMap).filterShape as Size4D;
    const info = geometry(tf, x.shape, filterShape, attrs);
    const { top, bottom, left, right } = info.padInfo;
    return tf.tidy(() => {
      if (info.strideHeight === 1 && info.strideWidth === 1) {
        const planes = tf.transpose(x, [3, 1, 2, 0]);
        const filter = tf.transpose(dy, [1, 2, 0, 3]);
        const pad: [[number, number], [number, number], [number, number], [number, number]] = [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ];
        return tf.transpose(tf.conv2d(planes, filter, 1, pad), [1, 2, 0, 3]);
      }
      const padded = tf.pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
      const [count, height, width, filters] = dy.shape;
      const channels = x.shape[3];
      const flat = tf.reshape(dy, [count * height * width, filters]);
      const parts = [];
      for (let row = 0; row < filterShape[0]; row++) {
        for (let column = 0; column < filterShape[1]; column++) {
          const last = [
            count,
            row + (height - 1) * info.strideHeight + 1,
            column + (width - 1) * info.strideWidth + 1,
            channels,
          ];
          const seen = tf.stridedSlice(padded, [0, row, column, 0], last, [1, info.strideHeight, info.strideWidth, 1]);
          parts.push(tf.matMul(tf.reshape(seen, [count * height * width, channels]), flat, true, false));
        }
      }
      return tf.reshape(tf.stack(parts), filterShape);
    });
  };

  const inputGradient: KernelFunc = (args) => {
    const dy = args.inputs.dy as Tensor4D;
    const filter = args.inputs.filter as Tensor4D;
    const info = geometry(tf, (args.attrs as NamedAttrMap).inputShape as Size4D, filter.shape, args.attrs);
    if (info.strideHeight !== 1 || info.strideWidth !== 1) return ownInputGradient(args);
    const { top, bottom, left, right } = info.padInfo;
    const [height, width] = filter.shape;
    return tf.tidy(() => {
      const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
      return tf.conv2d(dy, turned, 1, [
        [0, 0],
        [height - 1 - top, height - 1 - bottom],
        [width - 1 - left, width - 1 - right],
        [0, 0],
      ]);
    });
  };

  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: filterGradient });
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({ kernelName: 'Conv2DBackpropInput', backendName: 'wasm', kernelFunc: inputGradient });
}

function geometry(tf: Tf, inputShape: Size4D, filterShape: Size4D, attrs: NamedAttrMap | undefined) {
  const { strides, pad, dimRoundingMode } = attrs as unknown as ConvolutionAttrs;
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
}
