/** Batch normalisation of rows [R, C] over R: statistics by chunks of rows, merged in the order of the rows. */
import { activate, bytes, mulAdd, storeFirst } from './lanes';

/** Rows that are walked through four columns at a time: few enough that their cache lines stay. */
const ROWS = 16;

/** parts[chunk][2][C] = mean and sum of squared deviations of each chunk's rows. */
export function chunkMoments(x: usize, R: i32, C: i32, chunkRows: i32, parts: usize, from: i32, to: i32): void {
  for (let chunk = from; chunk < to; chunk++) {
    const first = chunk * chunkRows;
    const rows = min(R, first + chunkRows) - first;
    const start = x + bytes(first) * <usize>C;
    const mean = parts + bytes(2 * chunk * C);
    const squares = mean + bytes(C);
    memory.fill(mean, 0, bytes(2 * C));
    // Sixteen rows at a time: sums of few values, added to one another.
    for (let row = 0; row < rows; row += 16) {
      for (let c = 0; c < C; c += 4) {
        let sum = f32x4.splat(0);
        let at = start + bytes(row * C + c);
        for (let i = row; i < min(rows, row + 16); i++, at += bytes(C)) sum = f32x4.add(sum, v128.load(at));
        storeFirst(mean + bytes(c), f32x4.add(v128.load(mean + bytes(c)), sum), C - c);
      }
    }
    const count = f32x4.splat(<f32>rows);
    for (let c = 0; c < C; c += 4) storeFirst(mean + bytes(c), f32x4.div(v128.load(mean + bytes(c)), count), C - c);
    for (let row = 0; row < rows; row += 16) {
      for (let c = 0; c < C; c += 4) {
        let sum = f32x4.splat(0);
        const middle = v128.load(mean + bytes(c));
        let at = start + bytes(row * C + c);
        for (let i = row; i < min(rows, row + 16); i++, at += bytes(C)) {
          const d = f32x4.sub(v128.load(at), middle);
          sum = mulAdd(sum, d, d);
        }
        storeFirst(squares + bytes(c), f32x4.add(v128.load(squares + bytes(c)), sum), C - c);
      }
    }
  }
}

/** mean[C] and variance[C] (divided by R) of all chunks. T. Chan, G. Golub and R. LeVeque, 1979. */
export function mergeMoments(
  parts: usize, R: i32, C: i32, chunkRows: i32, epsilon: f32, mean: usize, variance: usize, scale: usize,
): void {
  const chunks = (R + chunkRows - 1) / chunkRows;
  for (let c = 0; c < C; c++) {
    let middle: f64 = 0, squares: f64 = 0, count: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const at = parts + bytes(2 * chunk * C + c);
      const rows = <f64>(min(R, (chunk + 1) * chunkRows) - chunk * chunkRows);
      const d = <f64>f32.load(at) - middle;
      squares += <f64>f32.load(at + bytes(C)) + d * d * (count * rows / (count + rows));
      middle += d * rows / (count + rows);
      count += rows;
    }
    const wide = squares / count;
    f32.store(mean + bytes(c), <f32>middle);
    f32.store(variance + bytes(c), <f32>wide);
    f32.store(scale + bytes(c), <f32>(1 / sqrt<f64>(wide + <f64>epsilon)));
  }
}

/** y = activation((x - mean) * scale * gamma + beta), scale = 1 / deviation; gamma and beta may be 0 for none. */
export function normalize(
  x: usize, C: i32, mean: usize, scale: usize, gamma: usize, beta: usize, activation: i32, y: usize, from: i32, to: i32,
): void {
  const zero = f32x4.splat(0);
  for (let first = from; first < to; first += ROWS) {
    const last = min(to, first + ROWS);
    for (let c = 0; c < C; c += 4) {
      const width = C - c;
      let factor = v128.load(scale + bytes(c));
      if (gamma != 0) factor = f32x4.mul(factor, v128.load(gamma + bytes(c)));
      const added = beta != 0 ? v128.load(beta + bytes(c)) : zero;
      const middle = v128.load(mean + bytes(c));
      let at = bytes(first) * <usize>C + bytes(c);
      for (let row = first; row < last; row++, at += bytes(C)) {
        const v = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x + at), middle), factor), added);
        storeFirst(y + at, activate(v, activation), width);
      }
    }
  }
}

/** scale = 1 / sqrt(variance + epsilon), C values. */
export function inverseDeviation(variance: usize, C: i32, epsilon: f32, scale: usize): void {
  for (let c = 0; c < C; c++) {
    f32.store(scale + bytes(c), <f32>(1 / sqrt<f64>(<f64>f32.load(variance + bytes(c)) + <f64>epsilon)));
  }
}

/** parts[chunk][2][C] = sums of dy and of dy * (x - mean) * scale over each chunk's rows. */
export function chunkGradients(
  x: usize, dy: usize, R: i32, C: i32, mean: usize, scale: usize, chunkRows: i32, parts: usize, from: i32, to: i32,
): void {
  for (let chunk = from; chunk < to; chunk++) {
    const first = chunk * chunkRows;
    const last = min(R, first + chunkRows);
    const sums = parts + bytes(2 * chunk * C);
    memory.fill(sums, 0, bytes(2 * C));
    for (let row = first; row < last; row += 16) {
      for (let c = 0; c < C; c += 4) {
        let sum = f32x4.splat(0), product = f32x4.splat(0);
        const middle = v128.load(mean + bytes(c));
        let at = bytes(row) * <usize>C + bytes(c);
        for (let i = row; i < min(last, row + 16); i++, at += bytes(C)) {
          const g = v128.load(dy + at);
          sum = f32x4.add(sum, g);
          product = mulAdd(product, g, f32x4.sub(v128.load(x + at), middle));
        }
        const to = sums + bytes(c);
        storeFirst(to, f32x4.add(v128.load(to), sum), C - c);
        const products = to + bytes(C);
        product = f32x4.mul(product, v128.load(scale + bytes(c)));
        storeFirst(products, f32x4.add(v128.load(products), product), C - c);
      }
    }
  }
}

/** dx[R, C] of a normalisation by the batch's own statistics; `from` and `to` count rows. */
export function normalizeGradient(
  x: usize, dy: usize, R: i32, C: i32, mean: usize, scale: usize, gamma: usize, dGamma: usize, dBeta: usize, dx: usize,
  from: i32, to: i32,
): void {
  const share = f32x4.splat(<f32>1 / <f32>R);
  for (let first = from; first < to; first += ROWS) {
    const last = min(to, first + ROWS);
    for (let c = 0; c < C; c += 4) {
    const width = C - c;
    const factor = v128.load(scale + bytes(c));
    const whole = gamma != 0 ? f32x4.mul(factor, v128.load(gamma + bytes(c))) : factor;
    const middle = v128.load(mean + bytes(c));
    const sum = f32x4.mul(share, v128.load(dBeta + bytes(c)));
    const product = f32x4.mul(share, f32x4.mul(factor, v128.load(dGamma + bytes(c))));
    let at = bytes(first) * <usize>C + bytes(c);
    for (let row = first; row < last; row++, at += bytes(C)) {
      const spread = f32x4.mul(f32x4.sub(v128.load(x + at), middle), product);
      const v = f32x4.sub(f32x4.sub(v128.load(dy + at), sum), spread);
      storeFirst(dx + at, f32x4.mul(whole, v), width);
    }
    }
  }
}

/**
 * filter[rows, F] and its bias (0 for none) so that they do what a normalisation by given statistics does after them.
 */
export function foldNormalization(
  filter: usize, rows: i32, F: i32, bias: usize, mean: usize, variance: usize, gamma: usize, beta: usize, epsilon: f32,
  outFilter: usize, outBias: usize,
): void {
  // The factors lie where the bias will be: so the filter is walked through once, in order.
  for (let f = 0; f < F; f += 4) {
    const at = bytes(f);
    const wide = f32x4.sqrt(f32x4.add(v128.load(variance + at), f32x4.splat(epsilon)));
    storeFirst(outBias + at, f32x4.div(gamma != 0 ? v128.load(gamma + at) : f32x4.splat(1), wide), F - f);
  }
  for (let row = 0; row < rows; row++) {
    const place = bytes(row) * <usize>F;
    for (let f = 0; f < F; f += 4) {
      const at = place + bytes(f);
      storeFirst(outFilter + at, f32x4.mul(v128.load(filter + at), v128.load(outBias + bytes(f))), F - f);
    }
  }
  for (let f = 0; f < F; f += 4) {
    const at = bytes(f);
    const own = bias != 0 ? v128.load(bias + at) : f32x4.splat(0);
    const moved = f32x4.mul(f32x4.sub(own, v128.load(mean + at)), v128.load(outBias + at));
    storeFirst(outBias + at, beta != 0 ? f32x4.add(moved, v128.load(beta + at)) : moved, F - f);
  }
}
