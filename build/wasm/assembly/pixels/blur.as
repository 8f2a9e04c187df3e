/** Weighted means of neighbours along lines and down columns, in whole numbers. */

const WEIGHT_BITS = 16;

/**
 * out[height, width, channels] = image with every pixel the weighted mean of those at most `reach` away, first across, then
 * down, rounded each time; the border is repeated.
 *
 * @param weights  of the middle, then outwards, in 65536ths and each below 65536 (i32, reach + 1 of them)
 * @param line     room for a line with `reach` pixels more on either side
 * @param across   room for [height + 2 * reach, width, channels]
 */
export function blurImage(
  image: usize, width: i32, height: i32, channels: i32, weights: usize, reach: i32, line: usize, across: usize, out: usize,
): void {
  const length = width * channels;
  const margin = reach * channels;
  const middle = across + <usize>(reach * length);
  for (let y = 0; y < height; y++) {
    const row = image + <usize>(y * length);
    memory.copy(line + margin, row, length);
    for (let at = 0; at < margin; at += channels) {
      memory.copy(line + at, row, channels);
      memory.copy(line + margin + length + at, row + length - channels, channels);
    }
    blurLine(line + margin, length, channels, weights, reach, middle + <usize>(y * length));
  }
  const last = middle + <usize>((height - 1) * length);
  for (let i = 1; i <= reach; i++) {
    memory.copy(middle - <usize>(i * length), middle, length);
    memory.copy(last + <usize>(i * length), last, length);
  }
  for (let y = 0; y < height; y++) {
    blurLine(middle + <usize>(y * length), length, length, weights, reach, out + <usize>(y * length));
  }
}

/** @param step  bytes from a value to its neighbour */
function blurLine(from: usize, length: i32, step: i32, weights: usize, reach: i32, out: usize): void {
  const half = i32x4.splat(1 << (WEIGHT_BITS - 1));
  for (let at: usize = 0; at < <usize>length; at += 8) {
    let before = from + at;
    let after = before;
    const own = v128.load8x8_u(before);
    const ownWeight = i16x8.splat(<i16>i32.load(weights));
    let low = i32x4.add(half, i32x4.extmul_low_i16x8_u(own, ownWeight));
    let high = i32x4.add(half, i32x4.extmul_high_i16x8_u(own, ownWeight));
    for (let i = 1, w = weights + 4; i <= reach; i++, w += 4) {
      before -= step;
      after += step;
      const both = i16x8.add(v128.load8x8_u(before), v128.load8x8_u(after));
      const weight = i16x8.splat(<i16>i32.load(w));
      low = i32x4.add(low, i32x4.extmul_low_i16x8_u(both, weight));
      high = i32x4.add(high, i32x4.extmul_high_i16x8_u(both, weight));
    }
    const value = i16x8.narrow_i32x4_s(i32x4.shr_u(low, WEIGHT_BITS), i32x4.shr_u(high, WEIGHT_BITS));
    v128.store64_lane(out + at, i8x16.narrow_i16x8_u(value, value), 0);
  }
}
