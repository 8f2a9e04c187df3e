/**
 * Bilinear sampling along straight lines through an image that is mirrored at its border.
 *
 * Places have 16 bits behind the point, weights 11, so that the sum of four products fits 31 bits: whole numbers throughout.
 */
import { storeFour } from './bytes';

const PLACE_BITS = 16;
const BITS = 11;
const ONE = 1 << BITS;
const HALF = 1 << (2 * BITS - 1);

/**
 * out[lines, width, channels], each line sampled from a place of its own in equal steps.
 *
 * @param image   [height, width, channels], 1 or 3 channels
 * @param starts  per line the place in the image of its first pixel: across and down, in 2^-16 pixels (f64, whole)
 * @param stepX, stepY  from pixel to pixel of a line, in the same unit
 */
export function warpLines(
  image: usize, width: i32, height: i32, channels: i32, starts: usize, lines: i32, stepX: i32, stepY: i32, out: usize,
): void {
  for (let line = 0; line < lines; line++, starts += 16, out += width * channels) {
    const x = <i64>f64.load(starts);
    const y = <i64>f64.load(starts, 8);
    // Pixels whose four neighbours all lie in the image need not ask for each where it is.
    const lastX = <i64>(width - 1) << PLACE_BITS;
    const lastY = <i64>(height - 1) << PLACE_BITS;
    let from = max(firstWithin(x, stepX, lastX, width), firstWithin(y, stepY, lastY, width));
    let to = min(endWithin(x, stepX, lastX, width), endWithin(y, stepY, lastY, width));
    if (from >= to) from = to = width;
    if (channels == 3) {
      colourBorder(image, width, height, x, y, stepX, stepY, 0, from, out);
      colourWithin(image, width, x, y, stepX, stepY, from, to, out);
      colourBorder(image, width, height, x, y, stepX, stepY, to, width, out);
    } else {
      grayBorder(image, width, height, x, y, stepX, stepY, 0, from, out);
      grayWithin(image, width, x, y, stepX, stepY, from, to, out);
      grayBorder(image, width, height, x, y, stepX, stepY, to, width, out);
    }
  }
}

/** The first of `count` places start + i * step that is not outside [0, end); `count` when there is none. */
function firstWithin(start: i64, step: i64, end: i64, count: i64): i32 {
  if (step == 0) return <i32>(start >= 0 && start < end ? 0 : count);
  const first = step > 0 ? (step - 1 - start) / step : (start - end) / -step + 1;
  // Division cuts off towards zero: what is below zero begins at the first place.
  return <i32>min(count, max(0, step > 0 ? (start >= 0 ? 0 : first) : (start < end ? 0 : first)));
}

/** The place after the last one within, as above. */
function endWithin(start: i64, step: i64, end: i64, count: i64): i32 {
  if (step == 0) return <i32>(start >= 0 && start < end ? count : 0);
  if (step > 0) return <i32>(start >= end ? 0 : min(count, (end - start + step - 1) / step));
  return <i32>(start < 0 ? 0 : min(count, start / -step + 1));
}

function colourWithin(
  image: usize, width: i32, x: i64, y: i64, stepX: i32, stepY: i32, from: i32, to: i32, out: usize,
): void {
  const line = <usize>width * 3;
  x += <i64>from * stepX;
  y += <i64>from * stepY;
  let target = out + <usize>from * 3;
  for (let i = from; i < to; i++, x += stepX, y += stepY, target += 3) {
    const pixel = image + <usize>(<i32>(y >> PLACE_BITS) * width + <i32>(x >> PLACE_BITS)) * 3;
    const pairs = v128.shuffle<i8>(
      v128.load64_zero(pixel), v128.load64_zero(pixel + line),
      0, 3, 1, 4, 2, 5, 2, 5, 16, 19, 17, 20, 18, 21, 18, 21,
    );
    storeFour(target, blend(pairs, <i32>x, <i32>y));
  }
}

function colourBorder(
  image: usize, width: i32, height: i32, x: i64, y: i64, stepX: i32, stepY: i32, from: i32, to: i32, out: usize,
): void {
  x += <i64>from * stepX;
  y += <i64>from * stepY;
  let target = out + <usize>from * 3;
  for (let i = from; i < to; i++, x += stepX, y += stepY, target += 3) {
    const column = <i32>(x >> PLACE_BITS);
    const row = <i32>(y >> PLACE_BITS);
    const before = <usize>mirror(column, width) * 3;
    const after = <usize>mirror(column + 1, width) * 3;
    const upper = image + <usize>(mirror(row, height) * width) * 3;
    const lower = image + <usize>(mirror(row + 1, height) * width) * 3;
    let pixels = v128.load32_zero(upper + before);
    pixels = v128.load32_lane(upper + after, pixels, 1);
    pixels = v128.load32_lane(lower + before, pixels, 2);
    pixels = v128.load32_lane(lower + after, pixels, 3);
    const pairs = v128.shuffle<i8>(pixels, pixels, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    storeFour(target, blend(pairs, <i32>x, <i32>y));
  }
}

/**
 * Blends neighbours of one place, channel by channel.
 *
 * @param pairs  left and right of each channel alternating, the upper line in the low half, the lower one in the high half
 * @returns 16-bit lanes, a channel each
 */
@inline
function blend(pairs: v128, x: i32, y: i32): v128 {
  const right = (x >> (PLACE_BITS - BITS)) & (ONE - 1);
  const down = (y >> (PLACE_BITS - BITS)) & (ONE - 1);
  const across = i32x4.splat(right << 16 | (ONE - right));
  const upper = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pairs), across);
  const lower = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pairs), across);
  const sum = i32x4.add(i32x4.mul(upper, i32x4.splat(ONE - down)), i32x4.mul(lower, i32x4.splat(down)));
  const value = i32x4.shr_s(i32x4.add(sum, i32x4.splat(HALF)), 2 * BITS);
  return i16x8.narrow_i32x4_s(value, value);
}

/** Four pixels at a time, as if they were channels. */
function grayWithin(
  image: usize, width: i32, x: i64, y: i64, stepX: i32, stepY: i32, from: i32, to: i32, out: usize,
): void {
  x += <i64>from * stepX;
  y += <i64>from * stepY;
  const steps = i32x4(0, 1, 2, 3);
  const stepsX = i32x4.mul(steps, i32x4.splat(stepX));
  const stepsY = i32x4.mul(steps, i32x4.splat(stepY));
  const mask = i32x4.splat(ONE - 1);
  const one = i32x4.splat(ONE);
  const half = i32x4.splat(HALF);
  for (let i = from; i < to; i += 4) {
    let pairs = i32x4.splat(0);
    const p0 = grayPlace(image, width, x, y);
    // Past the end of the interval places may lie outside: the last one is taken again.
    const p1 = i + 1 < to ? grayPlace(image, width, x + stepX, y + stepY) : p0;
    const p2 = i + 2 < to ? grayPlace(image, width, x + 2 * stepX, y + 2 * stepY) : p0;
    const p3 = i + 3 < to ? grayPlace(image, width, x + 3 * stepX, y + 3 * stepY) : p0;
    pairs = v128.load16_lane(p0, pairs, 0);
    pairs = v128.load16_lane(p1, pairs, 1);
    pairs = v128.load16_lane(p2, pairs, 2);
    pairs = v128.load16_lane(p3, pairs, 3);
    pairs = v128.load16_lane(p0 + width, pairs, 4);
    pairs = v128.load16_lane(p1 + width, pairs, 5);
    pairs = v128.load16_lane(p2 + width, pairs, 6);
    pairs = v128.load16_lane(p3 + width, pairs, 7);
    const right = v128.and(i32x4.shr_s(i32x4.add(i32x4.splat(<i32>x), stepsX), PLACE_BITS - BITS), mask);
    const down = v128.and(i32x4.shr_s(i32x4.add(i32x4.splat(<i32>y), stepsY), PLACE_BITS - BITS), mask);
    const across = v128.or(i32x4.shl(right, 16), i32x4.sub(one, right));
    const upper = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pairs), across);
    const lower = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pairs), across);
    const sum = i32x4.add(i32x4.mul(upper, i32x4.sub(one, down)), i32x4.mul(lower, down));
    const value = i32x4.shr_s(i32x4.add(sum, half), 2 * BITS);
    storeFour(out + i, i16x8.narrow_i32x4_s(value, value));
    x += 4 * stepX;
    y += 4 * stepY;
  }
}

@inline
function grayPlace(image: usize, width: i32, x: i64, y: i64): usize {
  return image + <usize>(<i32>(y >> PLACE_BITS) * width + <i32>(x >> PLACE_BITS));
}

function grayBorder(
  image: usize, width: i32, height: i32, x: i64, y: i64, stepX: i32, stepY: i32, from: i32, to: i32, out: usize,
): void {
  x += <i64>from * stepX;
  y += <i64>from * stepY;
  for (let i = from; i < to; i++, x += stepX, y += stepY) {
    const column = <i32>(x >> PLACE_BITS);
    const row = <i32>(y >> PLACE_BITS);
    const before = mirror(column, width);
    const after = mirror(column + 1, width);
    const upper = image + <usize>(mirror(row, height) * width);
    const lower = image + <usize>(mirror(row + 1, height) * width);
    const right = <i32>(x >> (PLACE_BITS - BITS)) & (ONE - 1);
    const down = <i32>(y >> (PLACE_BITS - BITS)) & (ONE - 1);
    const above = <i32>load<u8>(upper + before) * (ONE - right) + <i32>load<u8>(upper + after) * right;
    const below = <i32>load<u8>(lower + before) * (ONE - right) + <i32>load<u8>(lower + after) * right;
    store<u8>(out + i, (above * (ONE - down) + below * down + HALF) >> (2 * BITS));
  }
}

/** Reflection that does not repeat the border pixel: `... 2 1 | 0 1 2 ... n-1 | n-2 ...`. */
@inline
function mirror(place: i32, size: i32): i32 {
  if (<u32>place < <u32>size) return place;
  const last = size - 1;
  const once = place < 0 ? -place : 2 * last - place;
  return <u32>once < <u32>size ? once : mirrorFar(place, last);
}

function mirrorFar(place: i32, last: i32): i32 {
  if (last == 0) return 0;
  const period = 2 * last;
  const offset = (place % period + period) % period;
  return offset <= last ? offset : period - offset;
}
