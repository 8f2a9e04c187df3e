/** Sums of grey pixels with weights in 2^-22, one axis at a time, rounded and limited to 0-255 after each. */
import { storeFour } from './bytes';

const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);

/**
 * out[lines, wanted] of image[lines, length]
 *
 * @param windows  per new pixel its first old one and how many there are (i32)
 * @param weights  of each window (i32), filled up with zeros to a multiple of four
 */
export function resampleAcross(
  image: usize, length: i32, lines: i32, windows: usize, weights: usize, wanted: i32, out: usize,
): void {
  for (let line = 0; line < lines; line++, image += length) {
    let weight = weights;
    for (let i = 0; i < wanted; i++, out++) {
      let at = image + <usize>i32.load(windows + (<usize>i << 3));
      let sum = i32x4.splat(0);
      for (const end = at + <usize>i32.load(windows + (<usize>i << 3), 4); at < end; at += 4, weight += 16) {
        const pixels = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
        sum = i32x4.add(sum, i32x4.mul(pixels, v128.load(weight)));
      }
      const value = HALF + i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2)
        + i32x4.extract_lane(sum, 3);
      store<u8>(out, max(0, min(255, value >> WEIGHT_BITS)));
    }
  }
}

/** The same down the columns: out[wanted, length] of image[…, length]. */
export function resampleDown(image: usize, length: i32, windows: usize, weights: usize, wanted: i32, out: usize): void {
  for (let i = 0; i < wanted; i++, windows += 8) {
    const first = image + <usize>(i32.load(windows) * length);
    const count = i32.load(windows, 4);
    for (let x = 0; x < length; x += 4) {
      let sum = i32x4.splat(HALF);
      let at = first + x;
      for (let k = 0; k < count; k++, at += length) {
        const pixels = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
        sum = i32x4.add(sum, i32x4.mul(pixels, v128.load32_splat(weights + (<usize>k << 2))));
      }
      const value = i32x4.shr_s(sum, WEIGHT_BITS);
      storeFour(out + <usize>(i * length + x), i16x8.narrow_i32x4_s(value, value));
    }
    weights += <usize>((count + 3) & ~3) << 2;
  }
}
