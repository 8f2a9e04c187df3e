/**
 * From planes of luma and chroma to pixels: chroma brought to full size by triangle filters, then RGB, exact to the bit as
 * libjpeg does both ("fancy upsampling" of jdsample.c, tables of jdcolor.c).
 */
import { high, highBytes, low, lowBytes } from './transform';

/** In 65,536ths: for green -0.34414 of one chroma and 1 less 0.71414 of the other, in all lanes; then its rounding. */
const GREEN = memory.data<i16>([-22554, 18734, -22554, 18734, -22554, 18734, -22554, 18734], 16);
const HALF = memory.data<i32>([32768, 32768, 32768, 32768], 16);
/**
 * In 32,768ths: 0.402 and -0.228 of chroma. 26,345 of 65,536ths is no whole number of these; of the 256 values of chroma none rounds to
 * another number because of it.
 */
const RED = memory.data<i16>([13173, 13173, 13173, 13173, 13173, 13173, 13173, 13173], 16);
const BLUE = memory.data<i16>([-7471, -7471, -7471, -7471, -7471, -7471, -7471, -7471], 16);

/** What is added to luma: 1.402 of chroma. */
@inline
function redOf(cr: v128): v128 {
  return i16x8.add(cr, i16x8.q15mulr_sat_s(cr, v128.load(RED)));
}

/** 1.772 of chroma. */
@inline
function blueOf(cb: v128): v128 {
  return i16x8.add(i16x8.add(cb, cb), i16x8.q15mulr_sat_s(cb, v128.load(BLUE)));
}

@inline
function greenOf(cb: v128, cr: v128): v128 {
  const weights = v128.load(GREEN);
  const half = v128.load(HALF);
  const both = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low(cb, cr), weights), half), 16),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high(cb, cr), weights), half), 16),
  );
  return i16x8.sub(both, cr);
}

/** Four pixels of four bytes to as many of three. Stores 16 bytes, of which the last four are to be overwritten. */
@inline
function putFour(pixels: v128, out: usize): void {
  v128.store(out, v128.shuffle<i8>(pixels, pixels, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0));
}

/** Sixteen pixels, from two vectors of each chroma (less 128). Stores 52 bytes, of which 48 count. */
@inline
function putPixels(luma: usize, cb0: v128, cb1: v128, cr0: v128, cr1: v128, out: usize): void {
  const y = v128.load(luma);
  const y0 = i16x8.extend_low_i8x16_u(y);
  const y1 = i16x8.extend_high_i8x16_u(y);
  const red = i8x16.narrow_i16x8_u(i16x8.add(y0, redOf(cr0)), i16x8.add(y1, redOf(cr1)));
  const green = i8x16.narrow_i16x8_u(i16x8.add(y0, greenOf(cb0, cr0)), i16x8.add(y1, greenOf(cb1, cr1)));
  const blue = i8x16.narrow_i16x8_u(i16x8.add(y0, blueOf(cb0)), i16x8.add(y1, blueOf(cb1)));
  const rg0 = lowBytes(red, green);
  const rg1 = highBytes(red, green);
  const b0 = lowBytes(blue, blue);
  const b1 = highBytes(blue, blue);
  putFour(low(rg0, b0), out);
  putFour(high(rg0, b0), out + 12);
  putFour(low(rg1, b1), out + 24);
  putFour(high(rg1, b1), out + 36);
}

/** A line whose chroma is of full size. */
function putFullLine(luma: usize, cb: usize, cr: usize, width: i32, out: usize): void {
  const middle = i16x8.splat(128);
  for (let x = 0; x < width; x += 16, out += 48) {
    const b = v128.load(cb + x);
    const r = v128.load(cr + x);
    putPixels(
      luma + x,
      i16x8.sub(i16x8.extend_low_i8x16_u(b), middle),
      i16x8.sub(i16x8.extend_high_i8x16_u(b), middle),
      i16x8.sub(i16x8.extend_low_i8x16_u(r), middle),
      i16x8.sub(i16x8.extend_high_i8x16_u(r), middle),
      out,
    );
  }
}

/** Two lines of chroma to one of 16-bit sums; before and behind it its end goes on. */
function mixLines(near: usize, nearShare: i32, far: usize, farShare: i32, count: i32, to: usize): void {
  const a = i16x8.splat(<i16>nearShare);
  const b = i16x8.splat(<i16>farShare);
  for (let x = 0; x < count; x += 16) {
    const n = v128.load(near + x);
    const f = v128.load(far + x);
    const first = i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(n), a), i16x8.mul(i16x8.extend_low_i8x16_u(f), b));
    const second = i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(n), a), i16x8.mul(i16x8.extend_high_i8x16_u(f), b));
    v128.store(to + 2 * x, first);
    v128.store(to + 2 * x, second, 16);
  }
  store<i16>(to - 2, load<i16>(to));
  store<i16>(to + 2 * count, load<i16>(to + 2 * count - 2));
}

/** Sixteen samples made of eight sums: each is mixed three to one with that before and with that after it. */
@inline
function before(sums: usize, round: v128, shift: i32): v128 {
  const thrice = i16x8.mul(v128.load(sums), i16x8.splat(3));
  return centred(i16x8.add(i16x8.add(thrice, v128.load(sums - 2)), round), shift);
}

@inline
function after(sums: usize, round: v128, shift: i32): v128 {
  const thrice = i16x8.mul(v128.load(sums), i16x8.splat(3));
  return centred(i16x8.add(i16x8.add(thrice, v128.load(sums, 2)), round), shift);
}

@inline
function centred(sums: v128, shift: i32): v128 {
  return i16x8.sub(i16x8.shr_u(sums, shift), i16x8.splat(128));
}

/** A line whose chroma is of half the width. @param down  2 when it is of half the height, too */
function putHalfLine(luma: usize, cb: usize, cr: usize, width: i32, down: i32, out: usize): void {
  const shift = down == 2 ? 4 : 2;
  const roundBefore = i16x8.splat(down == 2 ? 8 : 1);
  const roundAfter = i16x8.splat(down == 2 ? 7 : 2);
  for (let x = 0; x < width; x += 16, out += 48) {
    const b0 = before(cb + x, roundBefore, shift);
    const b1 = after(cb + x, roundAfter, shift);
    const r0 = before(cr + x, roundBefore, shift);
    const r1 = after(cr + x, roundAfter, shift);
    putPixels(luma + x, low(b0, b1), high(b0, b1), low(r0, r1), high(r0, r1), out);
  }
}

/** Room for one line of sums of `count` samples, with what is read and written beyond its ends. */
@inline
function sumBytes(count: i32): usize {
  return 2 * count + 127 & ~63;
}

/**
 * Planes to RGB. Up to 64 bytes behind each plane are read, and behind the image written.
 *
 * @param across, down  how many pixels share a sample of chroma: 1 x 1, 2 x 1 or 2 x 2
 * @param lines         room for two lines of sums
 */
export function toColours(
  luma: usize, lumaStride: i32, cb: usize, cr: usize, chromaStride: i32, width: i32, height: i32, across: i32, down: i32,
  lines: usize, out: usize,
): void {
  const count = (width + across - 1) / across;
  const last = (height + down - 1) / down - 1;
  const sumsB = lines + 32;
  const sumsR = sumsB + sumBytes(count);
  for (let y = 0; y < height; y++, luma += lumaStride, out += 3 * width) {
    const near = down == 2 ? y >> 1 : y;
    const nearAt = near * chromaStride;
    if (across == 1) {
      putFullLine(luma, cb + nearAt, cr + nearAt, width, out);
      continue;
    }
    const far = down == 2 ? max(0, min(last, near + ((y & 1) == 0 ? -1 : 1))) : near;
    const farAt = far * chromaStride;
    const nearShare = down == 2 ? 3 : 1;
    mixLines(cb + nearAt, nearShare, cb + farAt, down - 1, count, sumsB);
    mixLines(cr + nearAt, nearShare, cr + farAt, down - 1, count, sumsR);
    putHalfLine(luma, sumsB, sumsR, width, down, out);
  }
}

/** One plane to grey pixels. */
export function toGrays(luma: usize, stride: i32, width: i32, height: i32, out: usize): void {
  for (let y = 0; y < height; y++, luma += stride, out += width) memory.copy(out, luma, width);
}
