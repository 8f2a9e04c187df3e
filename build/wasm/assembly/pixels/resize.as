/**
 * Resizing by means over areas and by linear interpolation: down the columns first, then across the sums.
 *
 * Of the pixels of an area only the first and the last have weights of their own; those between count `WHOLE` each. With at most
 * 128 pixels to an area no sum leaves its lane: 128 x 255 fits 16 bits, 128 x 256 x 255 fits 31.
 */
import { ROUNDING } from './bytes';

const WHOLE_BITS = 8;

/**
 * sums[length] (i32) = firstWeight * first + 256 * (each row between) + lastWeight * last, all rows of `length` bytes.
 *
 * @param rows  from first to last, at least 1; with a single one `lastWeight` is 0
 */
export function sumRows(
  first: usize, length: i32, rows: i32, firstWeight: i32, lastWeight: i32, sums: usize,
): void {
  const last = first + <usize>(rows - 1) * <usize>length;
  const weights = i32x4.splat(lastWeight << 16 | firstWeight);
  for (let at: usize = 0; at < <usize>length; at += 16) {
    const upper = v128.load(first + at);
    const lower = v128.load(last + at);
    const low = v128.shuffle<i8>(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high = v128.shuffle<i8>(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    let sum0 = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), weights);
    let sum1 = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), weights);
    let sum2 = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), weights);
    let sum3 = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), weights);
    if (rows > 2) {
      let left = i16x8.splat(0);
      let right = i16x8.splat(0);
      for (let row = first + length + at; row < last + at; row += length) {
        const v = v128.load(row);
        left = i16x8.add(left, i16x8.extend_low_i8x16_u(v));
        right = i16x8.add(right, i16x8.extend_high_i8x16_u(v));
      }
      sum0 = i32x4.add(sum0, i32x4.shl(i32x4.extend_low_i16x8_u(left), WHOLE_BITS));
      sum1 = i32x4.add(sum1, i32x4.shl(i32x4.extend_high_i16x8_u(left), WHOLE_BITS));
      sum2 = i32x4.add(sum2, i32x4.shl(i32x4.extend_low_i16x8_u(right), WHOLE_BITS));
      sum3 = i32x4.add(sum3, i32x4.shl(i32x4.extend_high_i16x8_u(right), WHOLE_BITS));
    }
    const to = sums + (at << 2);
    v128.store(to, sum0);
    v128.store(to, sum1, 16);
    v128.store(to, sum2, 32);
    v128.store(to, sum3, 48);
  }
}

/** What stands for each new column: place of its first pixel and their number (i32), then in 256ths the weights of the first and
 * the last and one divided by the sum of all (f64). */
const COLUMN_BYTES: usize = 32;
/** Far below the smallest distance from a tie, far above what rounding loses: halves are rounded up. */
const TIE: f64 = 1.0 / 1024;

/**
 * out[count, 3] = means of `sums` over the columns, three channels side by side.
 *
 * @param share  one divided by the sum of the weights of the rows
 */
export function meanColours(sums: usize, columns: usize, count: i32, share: f64, out: usize): void {
  const tie = f64x2.splat(TIE);
  const rounding = f64x2.splat(ROUNDING);
  for (const end = columns + <usize>count * COLUMN_BYTES; columns < end; columns += COLUMN_BYTES, out += 3) {
    let pixel = sums + <usize>i32.load(columns) * 12;
    const pixels = i32.load(columns, 4);
    const last = pixel + <usize>(pixels - 1) * 12;
    const firstWeight = v128.load64_splat(columns, 8);
    const lastWeight = v128.load64_splat(columns, 16);
    const total = f64x2.splat(f64.load(columns, 24) * share);
    const a = v128.load(pixel);
    const b = v128.load(last);
    let low = f64x2.add(tie, f64x2.mul(f64x2.convert_low_i32x4_s(a), firstWeight));
    let high = f64x2.add(tie, f64x2.mul(f64x2.convert_low_i32x4_s(upper(a)), firstWeight));
    low = f64x2.add(low, f64x2.mul(f64x2.convert_low_i32x4_s(b), lastWeight));
    high = f64x2.add(high, f64x2.mul(f64x2.convert_low_i32x4_s(upper(b)), lastWeight));
    if (pixels > 2) {
      let between = i32x4.splat(0);
      for (pixel += 12; pixel < last; pixel += 12) between = i32x4.add(between, v128.load(pixel));
      low = f64x2.add(low, f64x2.convert_low_i32x4_s(between));
      high = f64x2.add(high, f64x2.convert_low_i32x4_s(upper(between)));
    }
    low = f64x2.add(f64x2.mul(low, total), rounding);
    high = f64x2.add(f64x2.mul(high, total), rounding);
    v128.store32_lane(out, v128.shuffle<i8>(low, high, 0, 8, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
  }
}

/** The same for one channel: out[count]. */
export function meanGrays(sums: usize, columns: usize, count: i32, share: f64, out: usize): void {
  for (const end = columns + <usize>count * COLUMN_BYTES; columns < end; columns += COLUMN_BYTES, out++) {
    let pixel = sums + (<usize>i32.load(columns) << 2);
    const last = pixel + (<usize>(i32.load(columns, 4) - 1) << 2);
    let sum = TIE + <f64>i32.load(pixel) * f64.load(columns, 8) + <f64>i32.load(last) * f64.load(columns, 16);
    let between = 0;
    for (pixel += 4; pixel < last; pixel += 4) between += i32.load(pixel);
    sum += <f64>between;
    store<u8>(out, <u8>reinterpret<i64>(sum * (f64.load(columns, 24) * share) + ROUNDING));
  }
}

/** The upper two 32-bit lanes, below. */
@inline
function upper(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}
