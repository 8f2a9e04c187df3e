/** What needs the three channels of a pixel together. */
import { storeFour } from './bytes';

/** Luma of BT.601 in 14-bit fixed point: weights of red and green, of blue and green once more. */
const RED_GREEN = 9617 << 16 | 4899;
const BLUE_GREEN = 1868;
const LUMA_BITS = 14;

/**
 * gray[count] of pixels[count, 3].
 *
 * @param redGreen, blueGreen  weights in 2^-bits: of red and blue in the low 16 bits, what green counts in the high ones of both
 */
export function lumaOf(pixels: usize, count: i32, redGreen: i32, blueGreen: i32, bits: i32, gray: usize): void {
  for (let i = 0; i < count; i += 4, pixels += 12, gray += 4) {
    storeFour(gray, luma(v128.load(pixels), redGreen, blueGreen, bits));
  }
}

/** Four 16-bit lanes, twice, of the first four pixels of 3 bytes. */
@inline
function luma(v: v128, redGreen: i32, blueGreen: i32, bits: i32): v128 {
  // A place of -1 gives zero: bytes become 16-bit lanes.
  const first = i8x16.swizzle(v, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const second = i8x16.swizzle(v, i8x16(2, -1, 1, -1, 5, -1, 4, -1, 8, -1, 7, -1, 11, -1, 10, -1));
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(first, i32x4.splat(redGreen)), i32x4.dot_i16x8_s(second, i32x4.splat(blueGreen)),
  );
  const value = i32x4.shr_u(i32x4.add(sum, i32x4.splat(1 << (bits - 1))), bits);
  return i16x8.narrow_i32x4_s(value, value);
}

/** out[count, 3] = distance of each channel from the pixel's own grey times factor / 1024. */
export function mixWithGray(pixels: usize, count: i32, factor: i32, out: usize): void {
  const scale = i16x8.splat(<i16>factor);
  for (let i = 0; i < count; i += 4, pixels += 12, out += 12) {
    const v = v128.load(pixels);
    const gray = luma(v, RED_GREEN, BLUE_GREEN, LUMA_BITS);
    const low = v128.shuffle<i16>(gray, gray, 0, 0, 0, 1, 1, 1, 2, 2);
    const high = v128.shuffle<i16>(gray, gray, 2, 3, 3, 3, 3, 3, 3, 3);
    v128.store(out, i8x16.narrow_i16x8_u(
      scaled(i16x8.extend_low_i8x16_u(v), low, scale), scaled(i16x8.extend_high_i8x16_u(v), high, scale),
    ));
  }
}

/** centre + (v - centre) * scale / 1024, rounded: a product shifted by 15 bits is what there is an instruction for. */
@inline
export function scaled(v: v128, centre: v128, scale: v128): v128 {
  return i16x8.add(centre, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.sub(v, centre), 5), scale));
}

/** out[count, 3]: each pixel times the circulant matrix with the first row a b c, in 4096ths. */
export function turnColours(pixels: usize, count: i32, a: i32, b: i32, c: i32, out: usize): void {
  for (let i = 0; i < count; i++, pixels += 3, out += 3) {
    const red = <i32>load<u8>(pixels);
    const green = <i32>load<u8>(pixels, 1);
    const blue = <i32>load<u8>(pixels, 2);
    const v = i32x4(
      a * red + b * green + c * blue, c * red + a * green + b * blue, b * red + c * green + a * blue, 0,
    );
    const value = i32x4.shr_s(i32x4.add(v, i32x4.splat(2048)), 12);
    storeFour(out, i16x8.narrow_i32x4_s(value, value));
  }
}
