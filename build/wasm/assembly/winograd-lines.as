/**
 * The three transforms of Winograd's algorithm along one line of a tile, four channels at a time.
 *
 * `side` is 6 (points 0, 1, -1, 2, -2, infinity) or 8 (also 1/2 and -1/2). A gradient of a filter is a convolution by a filter
 * of 4, and half of a filter has 2 or 4 values: filters have 2 to 5 values, outputs 3 to 5 or 7.
 */

/** The tile's input as the algorithm wants it, along one line of 8; `step` bytes apart here and `outStep` there. */
@inline
export function transformInput8(from: usize, step: usize, to: usize, outStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  const d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const d6 = v128.load(from + 6 * step);
  const d7 = v128.load(from + 7 * step);
  const wide = f32x4.splat(5.25), middle = f32x4.splat(4.25), small = f32x4.splat(2.5), quarter = f32x4.splat(1.25);
  v128.store(to, f32x4.add(f32x4.sub(d0, d6), f32x4.mul(wide, f32x4.sub(d4, d2))));
  v128.store(to + 7 * outStep, f32x4.add(f32x4.sub(d7, d1), f32x4.mul(wide, f32x4.sub(d3, d5))));
  let even = f32x4.sub(f32x4.add(d2, d6), f32x4.mul(middle, d4));
  let odd = f32x4.sub(f32x4.add(d1, d5), f32x4.mul(middle, d3));
  v128.store(to + outStep, f32x4.add(even, odd));
  v128.store(to + 2 * outStep, f32x4.sub(even, odd));
  even = f32x4.sub(f32x4.add(d6, f32x4.mul(f32x4.splat(0.25), d2)), f32x4.mul(quarter, d4));
  odd = f32x4.sub(f32x4.add(f32x4.mul(f32x4.splat(0.5), d1), f32x4.add(d5, d5)), f32x4.mul(small, d3));
  v128.store(to + 3 * outStep, f32x4.add(even, odd));
  v128.store(to + 4 * outStep, f32x4.sub(even, odd));
  even = f32x4.add(d6, f32x4.mul(f32x4.splat(4), f32x4.sub(d2, f32x4.mul(quarter, d4))));
  odd = f32x4.sub(f32x4.add(f32x4.add(d1, d1), f32x4.mul(f32x4.splat(0.5), d5)), f32x4.mul(small, d3));
  v128.store(to + 5 * outStep, f32x4.add(even, odd));
  v128.store(to + 6 * outStep, f32x4.sub(even, odd));
}

/** Of 6. */
@inline
export function transformInput6(from: usize, step: usize, to: usize, outStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  const d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const four = f32x4.splat(4), five = f32x4.splat(5);
  const even = f32x4.sub(d4, f32x4.mul(four, d2));
  const odd = f32x4.sub(d3, f32x4.mul(four, d1));
  const near = f32x4.sub(d4, d2);
  let far = f32x4.sub(d3, d1);
  far = f32x4.add(far, far);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
  v128.store(to + outStep, f32x4.add(even, odd));
  v128.store(to + 2 * outStep, f32x4.sub(even, odd));
  v128.store(to + 3 * outStep, f32x4.add(near, far));
  v128.store(to + 4 * outStep, f32x4.sub(near, far));
  v128.store(to + 5 * outStep, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
}

/** A filter of `count` (2 to 5) values as the algorithm wants it, along one line. */
@inline
export function transformFilter(side: i32, from: usize, step: usize, count: i32, to: usize, outStep: usize): void {
  const zero = f32x4.splat(0);
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = count > 2 ? v128.load(from + 2 * step) : zero;
  const g3 = count > 3 ? v128.load(from + 3 * step) : zero;
  const g4 = count > 4 ? v128.load(from + 4 * step) : zero;
  const four = f32x4.splat(4);
  const even = f32x4.add(f32x4.add(g0, g2), g4);
  const odd = f32x4.add(g1, g3);
  const even2 = f32x4.add(g0, f32x4.mul(four, f32x4.add(g2, f32x4.mul(four, g4))));
  let odd2 = f32x4.add(g1, f32x4.mul(four, g3));
  odd2 = f32x4.add(odd2, odd2);
  const end = count == 2 ? g1 : count == 3 ? g2 : count == 4 ? g3 : g4;
  if (side == 8) {
    const half = f32x4.splat(0.5), quarter = f32x4.splat(0.25);
    const even3 = f32x4.add(g0, f32x4.mul(quarter, f32x4.add(g2, f32x4.mul(quarter, g4))));
    const odd3 = f32x4.mul(half, f32x4.add(g1, f32x4.mul(quarter, g3)));
    const one = f32x4.splat(<f32>(-2.0 / 9.0)), two = f32x4.splat(<f32>(1.0 / 90.0)), third = f32x4.splat(<f32>(32.0 / 45.0));
    v128.store(to, g0);
    v128.store(to + outStep, f32x4.mul(f32x4.add(even, odd), one));
    v128.store(to + 2 * outStep, f32x4.mul(f32x4.sub(even, odd), one));
    v128.store(to + 3 * outStep, f32x4.mul(f32x4.add(even2, odd2), two));
    v128.store(to + 4 * outStep, f32x4.mul(f32x4.sub(even2, odd2), two));
    v128.store(to + 5 * outStep, f32x4.mul(f32x4.add(even3, odd3), third));
    v128.store(to + 6 * outStep, f32x4.mul(f32x4.sub(even3, odd3), third));
    v128.store(to + 7 * outStep, end);
    return;
  }
  const sixth = f32x4.splat(<f32>(-1.0 / 6.0)), twentyFourth = f32x4.splat(<f32>(1.0 / 24.0));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + outStep, f32x4.mul(f32x4.add(even, odd), sixth));
  v128.store(to + 2 * outStep, f32x4.mul(f32x4.sub(even, odd), sixth));
  v128.store(to + 3 * outStep, f32x4.mul(f32x4.add(even2, odd2), twentyFourth));
  v128.store(to + 4 * outStep, f32x4.mul(f32x4.sub(even2, odd2), twentyFourth));
  v128.store(to + 5 * outStep, end);
}

/** `count` (3 to 5; with side 8 also 7) outputs of a line of products. */
@inline
export function transformOutput(side: i32, from: usize, step: usize, count: i32, to: usize, outStep: usize): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const near = f32x4.add(m1, m2), nearOdd = f32x4.sub(m1, m2);
  const far = f32x4.add(m3, m4), farOdd = f32x4.sub(m3, m4);
  let half = f32x4.splat(0), halfOdd = half;
  if (side == 8) {
    const m5 = v128.load(from + 5 * step);
    const m6 = v128.load(from + 6 * step);
    half = f32x4.add(m5, m6);
    halfOdd = f32x4.sub(m5, m6);
  }
  const end = v128.load(from + <usize>(side - 1) * step);
  v128.store(to, f32x4.add(f32x4.add(m0, near), f32x4.add(far, half)));
  let y = f32x4.add(nearOdd, f32x4.add(f32x4.mul(f32x4.splat(2), farOdd), f32x4.mul(f32x4.splat(0.5), halfOdd)));
  v128.store(to + outStep, y);
  y = f32x4.add(near, f32x4.add(f32x4.mul(f32x4.splat(4), far), f32x4.mul(f32x4.splat(0.25), half)));
  v128.store(to + 2 * outStep, count == 3 ? f32x4.add(y, end) : y);
  if (count == 3) return;
  y = f32x4.add(nearOdd, f32x4.add(f32x4.mul(f32x4.splat(8), farOdd), f32x4.mul(f32x4.splat(0.125), halfOdd)));
  v128.store(to + 3 * outStep, count == 4 ? f32x4.add(y, end) : y);
  if (count == 4) return;
  y = f32x4.add(near, f32x4.add(f32x4.mul(f32x4.splat(16), far), f32x4.mul(f32x4.splat(0.0625), half)));
  v128.store(to + 4 * outStep, count == 5 ? f32x4.add(y, end) : y);
  if (count == 5) return;
  y = f32x4.add(nearOdd, f32x4.add(f32x4.mul(f32x4.splat(32), farOdd), f32x4.mul(f32x4.splat(0.03125), halfOdd)));
  v128.store(to + 5 * outStep, y);
  y = f32x4.add(near, f32x4.add(f32x4.mul(f32x4.splat(64), far), f32x4.mul(f32x4.splat(0.015625), half)));
  v128.store(to + 6 * outStep, f32x4.add(y, end));
}
