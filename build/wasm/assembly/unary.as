/** Functions of one tensor, element by element. The numbers of the operations are those of `unary-kernels.ts`. */
import { bytes, storeFirst } from './lanes';
import { erf4, exp4, expm14, log1p4, log4, sigmoid4, softplus4, tanh4 } from './elementary';

const SELU_ALPHA: f32 = 1.6732632423543772;
const SELU_SCALE: f32 = 1.0507009873554805;

/** y = op(x); `from` and `to` count elements in steps of 16, `size` ends the last. */
export function unary(op: i32, x: usize, y: usize, size: i32, alpha: f32, beta: f32, from: i32, to: i32): void {
  const last = min(size, to);
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  for (let i = from; i < last; i += 4) {
    storeFirst(y + bytes(i), applyUnary(op, v128.load(x + bytes(i)), a, b), last - i);
  }
}

@inline
function applyUnary(op: i32, x: v128, alpha: v128, beta: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (op) {
    case 0: return f32x4.abs(x);
    case 1: return f32x4.neg(x);
    case 2: return f32x4.mul(x, x);
    case 3: return f32x4.sqrt(x);
    case 4: return f32x4.div(one, f32x4.sqrt(x));
    case 5: return f32x4.div(one, x);
    case 6: return exp4(x);
    case 7: return expm14(x);
    case 8: return log4(x);
    case 9: return log1p4(x);
    case 10: return tanh4(x);
    case 11: return sigmoid4(x);
    case 12: return softplus4(x);
    case 13: return erf4(x);
    case 14: return f32x4.max(x, zero);
    case 15: return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
    case 16: return v128.bitselect(x, expm14(x), f32x4.ge(x, zero));
    case 17: {
      const low = f32x4.mul(f32x4.splat(SELU_ALPHA), expm14(x));
      return f32x4.mul(f32x4.splat(SELU_SCALE), v128.bitselect(x, low, f32x4.ge(x, zero)));
    }
    case 18: return v128.bitselect(f32x4.mul(x, alpha), x, f32x4.lt(x, zero));
    case 19: return f32x4.floor(x);
    case 20: return f32x4.ceil(x);
    case 21: return f32x4.nearest(x);
    case 22: {
      const sign = f32x4.sub(v128.and(one, f32x4.gt(x, zero)), v128.and(one, f32x4.lt(x, zero)));
      return v128.bitselect(x, sign, f32x4.ne(x, x));
    }
    case 23: return v128.bitselect(x, v128.bitselect(one, alpha, f32x4.gt(x, zero)), f32x4.ne(x, x));
    case 24: return f32x4.min(f32x4.max(x, alpha), beta);
    default: return eachLane(op, x);
  }
}

/** Rare functions: one lane after another, in double precision, by the compiler's own library. */
function eachLane(op: i32, x: v128): v128 {
  let y = x;
  y = f32x4.replace_lane(y, 0, <f32>rare(op, f32x4.extract_lane(x, 0)));
  y = f32x4.replace_lane(y, 1, <f32>rare(op, f32x4.extract_lane(x, 1)));
  y = f32x4.replace_lane(y, 2, <f32>rare(op, f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(y, 3, <f32>rare(op, f32x4.extract_lane(x, 3)));
}

function rare(op: i32, x: f64): f64 {
  switch (op) {
    case 25: return Math.sin(x);
    case 26: return Math.cos(x);
    case 27: return Math.tan(x);
    case 28: return Math.asin(x);
    case 29: return Math.acos(x);
    case 30: return Math.atan(x);
    case 31: return Math.sinh(x);
    case 32: return Math.cosh(x);
    case 33: return Math.asinh(x);
    case 34: return Math.acosh(x);
    default: return Math.atanh(x);
  }
}

/** y[rows, n] = softmax of each row, or its logarithm. */
export function softmax(x: usize, y: usize, n: i32, logarithm: i32, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const source = x + bytes(row) * <usize>n;
    const target = y + bytes(row) * <usize>n;
    let largest: f32 = -Infinity;
    for (let i = 0; i < n; i++) largest = max(largest, f32.load(source + bytes(i)));
    const shift = f32x4.splat(largest);
    let sum: f64 = 0;
    for (let i = 0; i < n; i += 4) {
      const e = exp4(f32x4.sub(v128.load(source + bytes(i)), shift));
      storeFirst(target + bytes(i), e, n - i);
      sum += <f64>f32x4.extract_lane(e, 0);
      if (i + 1 < n) sum += <f64>f32x4.extract_lane(e, 1);
      if (i + 2 < n) sum += <f64>f32x4.extract_lane(e, 2);
      if (i + 3 < n) sum += <f64>f32x4.extract_lane(e, 3);
    }
    const total = f32x4.splat(<f32>sum);
    const logTotal = log4(total);
    for (let i = 0; i < n; i += 4) {
      const v = logarithm
        ? f32x4.sub(f32x4.sub(v128.load(source + bytes(i)), shift), logTotal)
        : f32x4.div(v128.load(target + bytes(i)), total);
      storeFirst(target + bytes(i), v, n - i);
    }
  }
}
