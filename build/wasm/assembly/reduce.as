/** Sums and other reductions of a tensor seen as [outer, n, inner], over n. Orders depend on shapes alone. */
import { bytes, storeFirst, sumLanes } from './lanes';

/** Sums of 64 values at a time are added to one another, so that rounding grows slowly. */
const RUN = 64;

/**
 * out[outer, inner] = op over n; op: 0 sum, 1 mean, 2 max, 3 min, 4 product.
 *
 * `from` and `to` count rows of `outer` times blocks of 64 of `inner`.
 */
export function reduce(op: i32, x: usize, n: i32, inner: i32, out: usize, from: i32, to: i32): void {
  const blocks = (inner + 63) >> 6;
  for (let item = from; item < to; item++) {
    const row = item / blocks;
    const first = (item - row * blocks) << 6;
    const source = x + bytes(row * n) * <usize>inner;
    const target = out + bytes(row) * <usize>inner;
    if (inner == 1) {
      f32.store(target, finish(op, reduceLine(op, source, n), n));
      continue;
    }
    const last = min(inner, first + 64);
    for (let column = first; column < last; column += 4) {
      let total = start(op);
      for (let begin = 0; begin < n; begin += RUN) {
        let part = start(op);
        let at = source + bytes(begin) * <usize>inner + bytes(column);
        for (let i = begin; i < min(n, begin + RUN); i++, at += bytes(inner)) part = join(op, part, v128.load(at));
        total = join(op, total, part);
      }
      if (op == 1) total = f32x4.div(total, f32x4.splat(<f32>n));
      storeFirst(target + bytes(column), total, last - column);
    }
  }
}

function reduceLine(op: i32, source: usize, n: i32): f32 {
  let total = start(op);
  const whole = n & ~3;
  for (let begin = 0; begin < whole; begin += 4 * RUN) {
    let part = start(op);
    for (let i = begin; i < min(whole, begin + 4 * RUN); i += 4) part = join(op, part, v128.load(source + bytes(i)));
    total = join(op, total, part);
  }
  let one = op < 2 ? sumLanes(total) : f32x4.extract_lane(total, 0);
  if (op >= 2) {
    one = joinOne(op, one, f32x4.extract_lane(total, 1));
    one = joinOne(op, one, f32x4.extract_lane(total, 2));
    one = joinOne(op, one, f32x4.extract_lane(total, 3));
  }
  for (let i = whole; i < n; i++) one = joinOne(op, one, f32.load(source + bytes(i)));
  return one;
}

@inline
function finish(op: i32, value: f32, n: i32): f32 {
  return op == 1 ? value / <f32>n : value;
}

@inline
function start(op: i32): v128 {
  if (op < 2) return f32x4.splat(0);
  if (op == 2) return f32x4.splat(-Infinity);
  if (op == 3) return f32x4.splat(Infinity);
  return f32x4.splat(1);
}

@inline
function join(op: i32, a: v128, b: v128): v128 {
  if (op < 2) return f32x4.add(a, b);
  if (op == 2) return f32x4.max(a, b);
  if (op == 3) return f32x4.min(a, b);
  return f32x4.mul(a, b);
}

@inline
function joinOne(op: i32, a: f32, b: f32): f32 {
  if (op < 2) return a + b;
  if (op == 2) return max(a, b);
  if (op == 3) return min(a, b);
  return a * b;
}

/** out[outer] (i32) = place of the first largest (or smallest) of each row of n; NaN counts as none. */
export function argument(smallest: i32, x: usize, n: i32, out: usize, from: i32, to: i32): void {
  for (let row = from; row < to; row++) {
    const source = x + bytes(row) * <usize>n;
    let best = f32.load(source);
    let place = 0;
    for (let i = 1; i < n; i++) {
      const value = f32.load(source + bytes(i));
      if (smallest ? value < best : value > best) {
        best = value;
        place = i;
      }
    }
    i32.store(out + bytes(row), place);
  }
}

/** sums[chunk][C] = sums of the columns of rows [R, C], `chunkRows` rows a chunk; `from` and `to` count chunks. */
export function columnSums(x: usize, R: i32, C: i32, chunkRows: i32, sums: usize, from: i32, to: i32): void {
  for (let chunk = from; chunk < to; chunk++) {
    const first = chunk * chunkRows;
    const last = min(R, first + chunkRows);
    const sum = sums + bytes(chunk * C);
    memory.fill(sum, 0, bytes(C));
    for (let row = first; row < last; row += 16) addRows(x + bytes(row) * <usize>C, min(16, last - row), C, sum);
  }
}

/** sum[C] += rows [count, C]. */
export function addRows(rows: usize, count: i32, C: i32, sum: usize): void {
  for (let c = 0; c < C; c += 4) {
    let part = f32x4.splat(0);
    let at = rows + bytes(c);
    for (let i = 0; i < count; i++, at += bytes(C)) part = f32x4.add(part, v128.load(at));
    storeFirst(sum + bytes(c), f32x4.add(v128.load(sum + bytes(c)), part), C - c);
  }
}

/**
 * dx[R, C] = gradient through an activation with result y, and its column sums, the gradient of a bias.
 *
 * @param activation  1 relu, 2 relu6
 */
export function activationGradient(
  activation: i32, y: usize, dy: usize, dx: usize, R: i32, C: i32, chunkRows: i32, sums: usize, from: i32, to: i32,
): void {
  const zero = f32x4.splat(0);
  const limit = f32x4.splat(activation == 2 ? 6 : Infinity);
  for (let chunk = from; chunk < to; chunk++) {
    const sum = sums + bytes(chunk * C);
    memory.fill(sum, 0, bytes(C));
    const last = min(R, (chunk + 1) * chunkRows);
    for (let row = chunk * chunkRows; row < last; row += 16) {
      const count = min(16, last - row);
      const start = bytes(row) * <usize>C;
      const end = start + bytes(count * C);
      for (let at = start; at < end; at += 16) {
        const v = v128.load(y + at);
        const open = v128.and(f32x4.gt(v, zero), f32x4.lt(v, limit));
        storeFirst(dx + at, v128.and(v128.load(dy + at), open), <i32>((end - at) >> 2));
      }
      addRows(dx + start, count, C, sum);
    }
  }
}
