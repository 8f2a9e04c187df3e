/** Functions of two tensors, element by element, with broadcasting. The numbers are those of `binary-kernels.ts`. */
import { bytes, storeFirst } from './lanes';

/** out = op(a, b) for elements `from` to `to`, in steps of 16; a step of 0 repeats one value. */
export function binary(op: i32, a: usize, aStep: i32, b: usize, bStep: i32, out: usize, size: i32, from: i32, to: i32): void {
  const last = min(size, to);
  if (last > from) {
    run(op, a + bytes(from * aStep), aStep, b + bytes(from * bStep), bStep, op < COMPARE ? out + bytes(from) : out + from, last - from);
  }
}

/** Operations from this number on give truth values of one byte. */
const COMPARE = 16;

/**
 * out[outer, n] = op(a, b), broadcast over up to five outer axes; `from` and `to` count rows of n.
 *
 * @param layout  per outer axis, from the last: its length and the steps of `a` and `b` in floats (all i32)
 */
export function binaryRows(
  op: i32, a: usize, aStep: i32, b: usize, bStep: i32, out: usize, n: i32, layout: usize, axes: i32, from: i32, to: i32,
): void {
  for (let row = from; row < to; row++) {
    let left = row;
    let aAt = 0, bAt = 0;
    for (let axis = 0, at = layout; axis < axes; axis++, at += 12) {
      const length = i32.load(at);
      const place = left % length;
      left /= length;
      aAt += place * i32.load(at, 4);
      bAt += place * i32.load(at, 8);
    }
    run(op, a + bytes(aAt), aStep, b + bytes(bAt), bStep, op < COMPARE ? out + bytes(row) * <usize>n : out + <usize>row * <usize>n, n);
  }
}

function run(op: i32, a: usize, aStep: i32, b: usize, bStep: i32, out: usize, n: i32): void {
  const aNext: usize = aStep == 0 ? 0 : 16;
  const bNext: usize = bStep == 0 ? 0 : 16;
  const aOne = v128.load32_splat(a);
  const bOne = v128.load32_splat(b);
  for (let i = 0; i < n; i += 4, a += aNext, b += bNext) {
    const x = aStep == 0 ? aOne : v128.load(a);
    const y = bStep == 0 ? bOne : v128.load(b);
    if (op < COMPARE) {
      storeFirst(out, applyBinary(op, x, y), n - i);
      out += 16;
    } else {
      const truth = v128.and(compare(op, x, y), i32x4.splat(1));
      store<u8>(out, <u8>i32x4.extract_lane(truth, 0));
      if (i + 1 < n) store<u8>(out, <u8>i32x4.extract_lane(truth, 1), 1);
      if (i + 2 < n) store<u8>(out, <u8>i32x4.extract_lane(truth, 2), 2);
      if (i + 3 < n) store<u8>(out, <u8>i32x4.extract_lane(truth, 3), 3);
      out += 4;
    }
  }
}

@inline
function compare(op: i32, x: v128, y: v128): v128 {
  switch (op) {
    case 16: return f32x4.eq(x, y);
    case 17: return f32x4.ne(x, y);
    case 18: return f32x4.lt(x, y);
    case 19: return f32x4.le(x, y);
    case 20: return f32x4.gt(x, y);
    default: return f32x4.ge(x, y);
  }
}

@inline
function applyBinary(op: i32, x: v128, y: v128): v128 {
  const zero = f32x4.splat(0);
  switch (op) {
    case 0: return f32x4.add(x, y);
    case 1: return f32x4.sub(x, y);
    case 2: return f32x4.mul(x, y);
    case 3: return f32x4.div(x, y);
    case 4: return f32x4.max(x, y);
    case 5: return f32x4.min(x, y);
    case 6: {
      const d = f32x4.sub(x, y);
      return f32x4.mul(d, d);
    }
    // Prelu: y holds the slopes.
    case 7: return v128.bitselect(f32x4.mul(x, y), x, f32x4.lt(x, zero));
    // The gradient of elu: x is the gradient of its result y.
    case 8: return v128.bitselect(x, f32x4.mul(x, f32x4.add(y, f32x4.splat(1))), f32x4.ge(y, zero));
    // The gradient of relu and of relu6 by their result y.
    case 9: return v128.and(x, f32x4.gt(y, zero));
    case 10: return v128.and(x, v128.and(f32x4.gt(y, zero), f32x4.lt(y, f32x4.splat(6))));
    // The gradients of sigmoid and of tanh by their result y.
    case 11: return f32x4.mul(x, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
    case 12: return f32x4.mul(x, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
    // A sum and relu; what is not a number stays so.
    case 15: return f32x4.pmax(f32x4.add(x, y), zero);
    default: return eachLane(op, x, y);
  }
}

function eachLane(op: i32, x: v128, y: v128): v128 {
  let z = x;
  z = f32x4.replace_lane(z, 0, <f32>rare(op, f32x4.extract_lane(x, 0), f32x4.extract_lane(y, 0)));
  z = f32x4.replace_lane(z, 1, <f32>rare(op, f32x4.extract_lane(x, 1), f32x4.extract_lane(y, 1)));
  z = f32x4.replace_lane(z, 2, <f32>rare(op, f32x4.extract_lane(x, 2), f32x4.extract_lane(y, 2)));
  return f32x4.replace_lane(z, 3, <f32>rare(op, f32x4.extract_lane(x, 3), f32x4.extract_lane(y, 3)));
}

function rare(op: i32, x: f64, y: f64): f64 {
  switch (op) {
    case 13: return Math.pow(x, y);
    case 14: return Math.atan2(x, y);
    default: return Math.floor(x / y);
  }
}

/** out = condition ? a : b, the condition in bytes; elements `from` to `to`. */
export function select(condition: usize, a: usize, b: usize, out: usize, size: i32, from: i32, to: i32): void {
  const last = min(size, to);
  for (let i = from; i < last; i++) {
    f32.store(out + bytes(i), load<u8>(condition + i) ? f32.load(a + bytes(i)) : f32.load(b + bytes(i)));
  }
}
