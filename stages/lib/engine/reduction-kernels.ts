/** Sums, means, extremes and their places over any axes, and softmax. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';
import { transpose } from './shape-kernels.ts';

const REDUCTIONS: Readonly<Record<string, number>> = { Sum: 0, Mean: 1, Max: 2, Min: 3, Prod: 4 };
/** Rows of a chunk of sums over columns, in floats: what a core's cache holds. */
const CHUNK_FLOATS = 32_768;

export function registerReductions(tf: Tf, define: Define, backend: EngineBackend): void {
  for (const [name, op] of Object.entries(REDUCTIONS)) {
    define(name, (inputs, attrs) => {
      const x = need(inputs, 'x');
      if (!isFloat(x)) return null;
      const { axis, reductionIndices, keepDims } = attrs as unknown as {
        axis?: number | number[];
        reductionIndices?: number | number[];
        keepDims: boolean;
      };
      const axes = tf.util.parseAxisParam(axis ?? reductionIndices ?? [...x.shape.keys()], x.shape);
      return reduce(backend, op, x, axes, keepDims);
    });
  }

  for (const [name, smallest] of [
    ['ArgMax', 0],
    ['ArgMin', 1],
  ] as const) {
    define(name, (inputs, attrs) => {
      const x = need(inputs, 'x');
      if (!isFloat(x)) return null;
      const [axis = 0] = tf.util.parseAxisParam(attrs.axis as number, x.shape);
      const last = axisLast(backend, x, [axis]);
      const out = backend.output(
        x.shape.filter((_, i) => i !== axis),
        'int32',
      );
      const n = x.shape[axis] ?? 1;
      const rows = sizeOf(x.shape) / n;
      backend.pool.run('argument', [smallest, backend.address(last), n, backend.address(out)], rows, rows * n);
      if (last !== x) backend.disposeData(last.dataId);
      return out;
    });
  }

  for (const [name, logarithm] of [
    ['Softmax', 0],
    ['LogSoftmax', 1],
  ] as const) {
    define(name, (inputs, attrs) => {
      const x = need(inputs, 'logits');
      const axis = ((attrs.dim ?? attrs.axis ?? -1) as number) % x.shape.length;
      if (!isFloat(x) || (axis !== -1 && axis !== x.shape.length - 1)) return null;
      const y = backend.output(x.shape, 'float32');
      const n = x.shape.at(-1) ?? 1;
      const rows = sizeOf(x.shape) / n;
      backend.pool.run('softmax', [backend.address(x), backend.address(y), n, logarithm], rows, rows * n * 20);
      return y;
    });
  }
}

function reduce(
  backend: EngineBackend,
  op: number,
  x: TensorInfo,
  axes: readonly number[],
  keepDims: boolean,
): TensorInfo {
  const kept = x.shape.filter((_, i) => !axes.includes(i));
  const shape = keepDims ? x.shape.map((length, i) => (axes.includes(i) ? 1 : length)) : kept;
  const n = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  const first = Math.min(...axes);
  const isRun = axes.length > 0 && axes.toSorted((a, b) => a - b).every((axis, i) => axis === first + i);
  const seen = isRun || axes.length === 0 ? x : axisLast(backend, x, axes);
  const outer = isRun ? sizeOf(x.shape.slice(0, first)) : sizeOf(kept);
  const inner = isRun ? sizeOf(kept) / outer : 1;
  const out = backend.output(shape, 'float32');
  if (op < 2 && outer === 1 && inner > 1 && n * inner > CHUNK_FLOATS) {
    columnSums(backend, backend.address(seen), n, inner, backend.address(out));
    if (op === 1) divide(backend, out, n);
  } else {
    const args = [op, backend.address(seen), n, inner, backend.address(out)];
    backend.pool.run('reduce', args, outer * Math.ceil(inner / 64), outer * n * inner);
  }
  if (seen !== x) backend.disposeData(seen.dataId);
  return out;
}

function divide(backend: EngineBackend, x: TensorInfo, by: number): void {
  const view = backend.view(x);
  // Single precision, as everything else here; correctly rounded, so the same in every module.
  for (let i = 0; i < view.length; i++) view[i] = (view[i] as number) / by;
}

/** The tensor with some axes moved to the end, in their order. The same tensor if they lie there. */
function axisLast(backend: EngineBackend, x: TensorInfo, axes: readonly number[]): TensorInfo {
  const order = [...x.shape.keys()].filter((i) => !axes.includes(i)).concat(axes.toSorted((a, b) => a - b));
  return order.every((axis, i) => axis === i) ? x : transpose(backend, x, order);
}

/** How many rows of C floats make a chunk: by shapes alone. */
export function chunkRowsFor(C: number): number {
  return Math.max(16, Math.ceil(CHUNK_FLOATS / C / 16) * 16);
}

/** out[C] = sums of the columns of x[R, C], both by address. */
export function columnSums(backend: EngineBackend, x: number, R: number, C: number, out: number): void {
  const chunkRows = chunkRowsFor(C);
  const chunks = Math.ceil(R / chunkRows);
  const sums = backend.scratch(chunks * C);
  backend.pool.run('columnSums', [x, R, C, chunkRows, sums], chunks, R * C);
  backend.pool.run('addChunks', [sums, C, chunks, out], Math.ceil(C / 16), C * chunks);
}
