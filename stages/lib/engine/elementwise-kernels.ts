/** Functions of one and of two tensors, element by element. Numbers of operations are those of `unary.as` and `binary.as`. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';

const UNARY: Readonly<Record<string, number>> = {
  Abs: 0,
  Neg: 1,
  Square: 2,
  Sqrt: 3,
  Rsqrt: 4,
  Reciprocal: 5,
  Exp: 6,
  Expm1: 7,
  Log: 8,
  Log1p: 9,
  Tanh: 10,
  Sigmoid: 11,
  Softplus: 12,
  Erf: 13,
  Relu: 14,
  Relu6: 15,
  Elu: 16,
  Selu: 17,
  LeakyRelu: 18,
  Floor: 19,
  Ceil: 20,
  Round: 21,
  Sign: 22,
  Step: 23,
  ClipByValue: 24,
  Sin: 25,
  Cos: 26,
  Tan: 27,
  Asin: 28,
  Acos: 29,
  Atan: 30,
  Sinh: 31,
  Cosh: 32,
  Asinh: 33,
  Acosh: 34,
  Atanh: 35,
};

const BINARY: Readonly<Record<string, number>> = {
  Add: 0,
  Sub: 1,
  Multiply: 2,
  RealDiv: 3,
  Maximum: 4,
  Minimum: 5,
  SquaredDifference: 6,
  Pow: 13,
  Atan2: 14,
};

const COMPARISONS: Readonly<Record<string, number>> = {
  Equal: 16,
  NotEqual: 17,
  Less: 18,
  LessEqual: 19,
  Greater: 20,
  GreaterEqual: 21,
};

/** Kernel that only the engine has: relu of a sum. `fused-layers.ts` calls it. */
export const SUM_RELU = 'PipeSumRelu';

/** Rough cost of an operation, to decide whether threads are worth it. */
const COSTLY = 8;

export function registerElementwise(tf: Tf, define: Define, backend: EngineBackend): void {
  for (const [name, op] of Object.entries(UNARY)) {
    define(name, (inputs, attrs) => {
      const x = need(inputs, 'x');
      if (!isFloat(x)) return null;
      const [alpha, beta] = parametersOf(name, attrs);
      return unary(backend, op, x, alpha, beta);
    });
  }
  for (const [name, op] of Object.entries({ ...BINARY, ...COMPARISONS })) {
    define(name, (inputs) => {
      const [a, b] = [need(inputs, 'a'), need(inputs, 'b')];
      return isFloat(a, b) ? binary(tf, backend, op, a, b) : null;
    });
  }
  define('Prelu', (inputs) => {
    const [x, alpha] = [need(inputs, 'x'), need(inputs, 'alpha')];
    return isFloat(x, alpha) ? binary(tf, backend, 7, x, alpha) : null;
  });
  define(SUM_RELU, (inputs) => {
    const [a, b] = [need(inputs, 'a'), need(inputs, 'b')];
    return isFloat(a, b) ? binary(tf, backend, 15, a, b) : null;
  });
  define('EluGrad', (inputs) => {
    const [dy, y] = [need(inputs, 'dy'), need(inputs, 'y')];
    return isFloat(dy, y) ? binary(tf, backend, 8, dy, y) : null;
  });
  define('Select', (inputs) => {
    const [condition, t, e] = [need(inputs, 'condition'), need(inputs, 't'), need(inputs, 'e')];
    if (!isFloat(t, e) || condition.shape.length !== t.shape.length) return null;
    const out = backend.output(t.shape, 'float32');
    const args = [condition, t, e, out].map((each) => backend.address(each));
    backend.pool.run('select', [...args, sizeOf(t.shape)], sizeOf(t.shape), sizeOf(t.shape), 64);
    return out;
  });
  define('AddN', (inputs) => {
    const list = Object.values(inputs);
    const [first, ...rest] = list;
    if (first === undefined || !isFloat(...list)) return null;
    let sum = backend.alias(first, first.shape);
    for (const each of rest) {
      const next = binary(tf, backend, 0, sum, each as TensorInfo);
      backend.disposeData(sum.dataId);
      if (next === null) return null;
      sum = next;
    }
    return sum;
  });
}

function parametersOf(name: string, attrs: NamedAttrMap): [number, number] {
  if (name === 'ClipByValue') return [attrs.clipValueMin as number, attrs.clipValueMax as number];
  return [(attrs.alpha as number | undefined) ?? 0, 0];
}

export function unary(backend: EngineBackend, op: number, x: TensorInfo, alpha: number, beta: number): TensorInfo {
  const y = backend.output(x.shape, 'float32');
  const size = sizeOf(x.shape);
  const args = [op, backend.address(x), backend.address(y), size, alpha, beta];
  backend.pool.run('unary', args, size, size * COSTLY, 1024);
  return y;
}

/** out = op(a, b), broadcast. */
export function binary(tf: Tf, backend: EngineBackend, op: number, a: TensorInfo, b: TensorInfo): TensorInfo | null {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const axes = joinAxes(shape, stepsOf(a.shape, shape), stepsOf(b.shape, shape));
  const inner = axes.pop() ?? { length: 1, a: 0, b: 0 };
  if (axes.length > 6) return null;
  const out = backend.output(shape, op >= 16 ? 'bool' : 'float32');
  const [atA, atB, to] = [backend.address(a), backend.address(b), backend.address(out)];
  const size = sizeOf(shape);
  if (axes.length === 0) {
    backend.pool.run('binary', [op, atA, inner.a, atB, inner.b, to, size], size, size * 2, 1024);
    return out;
  }
  const layout = backend.scratchIntegers(axes.toReversed().flatMap((axis) => [axis.length, axis.a, axis.b]));
  const rows = size / inner.length;
  const args = [op, atA, inner.a, atB, inner.b, to, inner.length, layout, axes.length];
  backend.pool.run('binaryRows', args, rows, size * 4, Math.max(1, Math.floor(1024 / inner.length)));
  return out;
}

interface Axis {
  length: number;
  a: number;
  b: number;
}

/** Floats from one place of each axis to the next; 0 where the tensor is repeated. */
function stepsOf(shape: readonly number[], into: readonly number[]): number[] {
  const steps = new Array<number>(into.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    const place = axis + into.length - shape.length;
    steps[place] = length === 1 ? 0 : step;
    step *= length;
  }
  return steps;
}

/** Neighbouring axes that both tensors walk through in one go become one. */
function joinAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (const [i, length] of shape.entries()) {
    if (length === 1) continue;
    const next = { length, a: a[i] as number, b: b[i] as number };
    const last = axes.at(-1);
    if (last !== undefined && last.a === next.a * length && last.b === next.b * length) {
      axes[axes.length - 1] = { length: last.length * length, a: next.a, b: next.b };
    } else {
      axes.push(next);
    }
  }
  return axes;
}
