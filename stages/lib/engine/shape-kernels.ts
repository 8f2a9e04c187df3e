/** What changes places, shapes or types of values and computes nothing. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';

const TYPES: Readonly<Record<string, number>> = { float32: 0, int32: 1, bool: 2 };

export function registerShapes(tf: Tf, define: Define, backend: EngineBackend): void {
  define('Identity', (inputs) => backend.alias(need(inputs, 'x'), need(inputs, 'x').shape));
  define('StopGradient', (inputs) => backend.alias(need(inputs, 'x'), need(inputs, 'x').shape));
  define('Reshape', (inputs, attrs) => {
    const x = need(inputs, 'x');
    return backend.alias(x, tf.util.inferFromImplicitShape(attrs.shape as number[], sizeOf(x.shape)));
  });
  define('ExpandDims', (inputs, attrs) => {
    const x = need(inputs, 'input');
    const shape = [...x.shape];
    const dim = attrs.dim as number;
    shape.splice(dim < 0 ? dim + x.shape.length + 1 : dim, 0, 1);
    return backend.alias(x, shape);
  });

  define('Cast', (inputs, attrs) => {
    const x = need(inputs, 'x');
    const [from, to] = [TYPES[x.dtype], TYPES[attrs.dtype as string]];
    if (from === undefined || to === undefined) return null;
    if (from === to) return backend.alias(x, x.shape);
    const y = backend.output(x.shape, attrs.dtype as 'float32');
    const size = sizeOf(x.shape);
    backend.pool.run('cast', [3 * from + to, backend.address(x), backend.address(y)], size, size, 64);
    return y;
  });

  define('Transpose', (inputs, attrs) => {
    const x = need(inputs, 'x');
    return isText(x) ? null : transpose(backend, x, attrs.perm as number[]);
  });

  define('Slice', (inputs, attrs) => {
    const x = need(inputs, 'x');
    if (isText(x)) return null;
    const [begin = [], size = []] = tf.slice_util.parseSliceParams(
      { ...x, rank: x.shape.length } as never,
      attrs.begin as number[],
      attrs.size as number[],
    );
    const steps = stepsOf(x.shape);
    const offset = begin.reduce((sum, at, axis) => sum + at * (steps[axis] as number), 0);
    return copy(backend, x, offset, size, steps);
  });

  define('Reverse', (inputs, attrs) => {
    const x = need(inputs, 'x');
    if (isText(x)) return null;
    const turned = tf.util.parseAxisParam(attrs.dims as number[], x.shape);
    const steps = stepsOf(x.shape);
    const offset = turned.reduce((sum, axis) => sum + ((x.shape[axis] ?? 1) - 1) * (steps[axis] as number), 0);
    return copy(
      backend,
      x,
      offset,
      x.shape,
      steps.map((step, axis) => (turned.includes(axis) ? -step : step)),
    );
  });

  define('Tile', (inputs, attrs) => {
    const x = need(inputs, 'x');
    const times = attrs.reps as number[];
    if (isText(x) || times.length !== x.shape.length) return null;
    const steps = stepsOf(x.shape);
    const wide = x.shape.flatMap((length, axis) => [times[axis] ?? 1, length]);
    const made = copy(
      backend,
      x,
      0,
      wide,
      wide.map((_, i) => (i % 2 === 0 ? 0 : (steps[(i - 1) / 2] as number))),
    );
    return made === null ? null : { ...made, shape: x.shape.map((length, axis) => length * (times[axis] ?? 1)) };
  });

  for (const name of ['Pad', 'PadV2']) {
    define(name, (inputs, attrs) => {
      const x = need(inputs, 'x');
      if (!isFloat(x)) return null;
      const paddings = attrs.paddings as [number, number][];
      const shape = x.shape.map((length, axis) => length + sizeOfPadding(paddings[axis]));
      const out = backend.output(shape, 'float32');
      backend.pool.run(
        'fill',
        [backend.address(out), attrs.constantValue as number],
        sizeOf(shape),
        sizeOf(shape),
        1024,
      );
      const steps = stepsOf(shape);
      const offset = paddings.reduce((sum, [before], axis) => sum + before * (steps[axis] as number), 0);
      return copyInto(backend, x, out, offset, steps) ? out : null;
    });
  }

  define('Concat', (inputs, attrs) => {
    const list = listOf(inputs).filter((each) => sizeOf(each.shape) > 0);
    const [first] = list;
    if (first === undefined || list.some((each) => each.dtype !== first.dtype) || isText(first)) return null;
    const [axis = 0] = tf.util.parseAxisParam(attrs.axis as number, first.shape);
    const shape = [...first.shape];
    shape[axis] = list.reduce((sum, each) => sum + (each.shape[axis] ?? 0), 0);
    const out = backend.output(shape, first.dtype);
    const steps = stepsOf(shape);
    let at = 0;
    for (const each of list) {
      if (!copyInto(backend, each, out, at * (steps[axis] as number), steps)) return null;
      at += each.shape[axis] ?? 0;
    }
    return out;
  });

  define('Pack', (inputs, attrs) => {
    const list = listOf(inputs);
    const [first] = list;
    if (first === undefined || isText(first) || list.some((each) => each.dtype !== first.dtype)) return null;
    const axis = ((attrs.axis as number) + first.shape.length + 1) % (first.shape.length + 1);
    const shape = first.shape.toSpliced(axis, 0, list.length);
    const out = backend.output(shape, first.dtype);
    const steps = stepsOf(shape);
    for (const [i, each] of list.entries()) {
      if (!copyInto(backend, each, out, i * (steps[axis] as number), steps.toSpliced(axis, 1))) return null;
    }
    return out;
  });

  define('GatherV2', (inputs, attrs) => {
    const [x, indices] = [need(inputs, 'x'), need(inputs, 'indices')];
    if (isText(x) || indices.dtype !== 'int32' || ((attrs.batchDims as number | undefined) ?? 0) !== 0) return null;
    const [axis = 0] = tf.util.parseAxisParam((attrs.axis as number | undefined) ?? 0, x.shape);
    const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
    const count = sizeOf(indices.shape);
    const out = backend.output(x.shape.toSpliced(axis, 1, ...indices.shape), x.dtype);
    const args = [x, indices, out].map((each) => backend.address(each));
    const bytes = inner * (x.dtype === 'bool' ? 1 : 4);
    backend.pool.run('gather', [...args, x.shape[axis] ?? 1, count, bytes], outer * count, outer * count * inner);
    return out;
  });

  define('UnsortedSegmentSum', (inputs, attrs) => {
    const [x, ids] = [need(inputs, 'x'), need(inputs, 'segmentIds')];
    if (!isFloat(x) || ids.dtype !== 'int32' || ids.shape.length !== 1) return null;
    const segments = attrs.numSegments as number;
    const inner = sizeOf(x.shape.slice(1));
    const out = backend.output([segments, ...x.shape.slice(1)], 'float32');
    backend.call(
      'segmentSum',
      backend.address(x),
      backend.address(ids),
      x.shape[0] ?? 0,
      inner,
      backend.address(out),
      segments,
    );
    return out;
  });

  define('OneHot', (inputs, attrs) => {
    const indices = need(inputs, 'indices');
    const { depth, onValue, offValue, dtype } = attrs as unknown as Record<string, number> & { dtype: string };
    if (indices.dtype !== 'int32' || dtype !== 'float32') return null;
    const out = backend.output([...indices.shape, depth as number], 'float32');
    const count = sizeOf(indices.shape);
    const args = [backend.address(indices), depth, onValue, offValue, backend.address(out)] as number[];
    backend.pool.run('oneHot', args, count, sizeOf(out.shape));
    return out;
  });

  define('Fill', (_inputs, attrs) => {
    const { shape, value, dtype } = attrs as unknown as { shape: number[]; value: number; dtype?: string };
    if (typeof value !== 'number' || (dtype !== undefined && dtype !== 'float32')) return null;
    return filled(backend, shape, value);
  });
  define('ZerosLike', (inputs) => (isFloat(need(inputs, 'x')) ? filled(backend, need(inputs, 'x').shape, 0) : null));
  define('OnesLike', (inputs) => (isFloat(need(inputs, 'x')) ? filled(backend, need(inputs, 'x').shape, 1) : null));
}

function filled(backend: EngineBackend, shape: readonly number[], value: number): TensorInfo {
  const out = backend.output(shape, 'float32');
  backend.pool.run('fill', [backend.address(out), value], sizeOf(shape), sizeOf(shape), 1024);
  return out;
}

function sizeOfPadding(padding: readonly [number, number] | undefined): number {
  return padding === undefined ? 0 : padding[0] + padding[1];
}

function isText(x: TensorInfo): boolean {
  return TYPES[x.dtype] === undefined;
}

/** A list of inputs comes as an array or as an object whose names are places. */
function listOf(inputs: NamedTensorInfoMap): TensorInfo[] {
  return Object.values(inputs).filter((each) => each !== undefined);
}

export function stepsOf(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    steps[axis] = (steps[axis + 1] as number) * (shape[axis + 1] as number);
  return steps;
}

/** The tensor with its axes in another order. */
export function transpose(backend: EngineBackend, x: TensorInfo, order: readonly number[]): TensorInfo {
  const steps = stepsOf(x.shape);
  const shape = order.map((axis) => x.shape[axis] ?? 1);
  const made = copy(
    backend,
    x,
    0,
    shape,
    order.map((axis) => steps[axis] as number),
  );
  if (made === null) throw new Error('a tensor of more than seven axes');
  return made;
}

/** A new tensor of a shape, from `offset` on by the steps given for each axis. */
function copy(
  backend: EngineBackend,
  x: TensorInfo,
  offset: number,
  shape: readonly number[],
  steps: readonly number[],
): TensorInfo | null {
  const out = backend.output(shape, x.dtype);
  return runCopy(backend, x, offset, steps, out, 0, stepsOf(shape), shape) ? out : null;
}

/** Puts all of `x` into `out` from `offset` on by the steps given for each axis. */
function copyInto(
  backend: EngineBackend,
  x: TensorInfo,
  out: TensorInfo,
  offset: number,
  steps: readonly number[],
): boolean {
  return runCopy(backend, x, 0, stepsOf(x.shape), out, offset, steps, x.shape);
}

interface Axis {
  length: number;
  here: number;
  there: number;
}

/** @returns false when there are too many axes for the kernel. */
function runCopy(
  backend: EngineBackend,
  x: TensorInfo,
  offset: number,
  steps: readonly number[],
  out: TensorInfo,
  outOffset: number,
  outSteps: readonly number[],
  shape: readonly number[],
): boolean {
  const axes: Axis[] = [];
  for (const [i, length] of shape.entries()) {
    if (length === 1) continue;
    const next = { length, here: steps[i] as number, there: outSteps[i] as number };
    const last = axes.at(-1);
    if (last !== undefined && last.here === next.here * length && last.there === next.there * length) {
      axes[axes.length - 1] = { ...next, length: last.length * length };
    } else {
      axes.push(next);
    }
  }
  const inner = axes.pop() ?? { length: 1, here: 1, there: 1 };
  const bytes = x.dtype === 'bool' ? 1 : 4;
  const size = sizeOf(shape);
  const from = backend.address(x) + offset * bytes;
  const to = backend.address(out) + outOffset * bytes;
  const layout = backend.scratchIntegers(axes.toReversed().flatMap((axis) => [axis.length, axis.here, axis.there]));
  const args = [bytes, from, inner.here, to, inner.there, inner.length, layout, axes.length];
  if (size === 0) return true;
  backend.pool.run('copyRuns', args, size / inner.length, size, Math.max(1, Math.floor(512 / inner.length)));
  return true;
}
