/**
 * Loads and stores of vectors of four 32-bit floats, also of parts of one.
 *
 * The heap leaves room behind every block, so a vector may always be loaded past the end; only stores have to stop there.
 */

/** Bytes of `count` floats. */
@inline
export function bytes(count: i32): usize {
  return <usize>count << 2;
}

/** Stores the first `count` (1 to 4) lanes. */
@inline
export function storeFirst(to: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, v);
    return;
  }
  f32.store(to, f32x4.extract_lane(v, 0));
  if (count > 1) f32.store(to, f32x4.extract_lane(v, 1), 4);
  if (count > 2) f32.store(to, f32x4.extract_lane(v, 2), 8);
}

/** Stores the first `count` (1 to 8) lanes of two vectors. */
@inline
export function storeFirst8(to: usize, low: v128, high: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else if (count > 4) {
    v128.store(to, low);
    storeFirst(to + 16, high, count - 4);
  } else {
    storeFirst(to, low, count);
  }
}

@inline
export function mulAdd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Sum of the four lanes, in a fixed order. */
@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** What follows a product before it is stored: 0 nothing, 1 relu, 2 relu6. */
@inline
export function activate(v: v128, activation: i32): v128 {
  if (activation == 0) return v;
  const zero = f32x4.splat(0);
  // A NaN must stay one: `pmax` keeps its first argument unless that is less, in one instruction where `max` takes seven.
  v = f32x4.pmax(v, zero);
  return activation == 2 ? f32x4.pmin(v, f32x4.splat(6)) : v;
}
