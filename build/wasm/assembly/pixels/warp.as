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
/** Places in an image with longer sides do not fit 32 bits: all its pixels are taken for border. */
const LONGEST = 65535;

/**
 * out[height, width, channels], each line sampled from a place of its own in equal steps.
 *
 * A line y begins at (firstX + perLineX * down, firstY + perLineY * down) with down = y - middle - shift, in pixels.
 *
 * @param image  [height, width, channels], 1 or 3 channels
 * @param stepX, stepY  from pixel to pixel of a line, in 2^-16 pixels
 */
export function warp(
  image: usize, width: i32, height: i32, channels: i32, firstX: f64, firstY: f64, perLineX: f64, perLineY: f64,
  middle: f64, shift: f64, stepX: i32, stepY: i32, out: usize,
): void {
  for (let line = 0; line < height; line++, out += width * channels) {
    const lines = <f64>line - middle - shift;
    const x = inPlaces(firstX + perLineX * lines);
    const y = inPlaces(firstY + perLineY * lines);
    // Pixels whose four neighbours all lie in the image need not ask for each where it is.
    const lastX = <i64>(width - 1) << PLACE_BITS;
    const lastY = <i64>(height - 1) << PLACE_BITS;
    let from = max(firstWithin(x, stepX, lastX, width), firstWithin(y, stepY, lastY, width));
    let to = min(endWithin(x, stepX, lastX, width), endWithin(y, stepY, lastY, width));
    if (from >= to || max(width, height) > LONGEST) from = to = width;
    if (channels == 3) {
      colourBorder(image, width, height, x, y, stepX, stepY, 0, from, out);
      colourWithin(
        image, width, <u32>(x + <i64>from * stepX), <u32>(y + <i64>from * stepY), stepX, stepY, to - from,
        out + <usize>from * 3,
      );
      colourBorder(image, width, height, x, y, stepX, stepY, to, width, out);
    } else {
      grayBorder(image, width, height, x, y, stepX, stepY, 0, from, out);
      grayWithin(image, width, x, y, stepX, stepY, from, to, out);
      grayBorder(image, width, height, x, y, stepX, stepY, to, width, out);
    }
  }
}

/** Pixels in 2^-16 pixels, halves rounded up. */
@inline
function inPlaces(pixels: f64): i64 {
  const places = pixels * 65536;
  const whole = floor(places);
  return <i64>(places - whole >= 0.5 ? whole + 1 : whole);
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

/** @param x, y  of the first of `count` pixels */
function colourWithin(
  image: usize, width: i32, x: u32, y: u32, stepX: i32, stepY: i32, count: i32, out: usize,
): void {
  const line = <usize>width * 3;
  const end = out + <usize>(count - (count & 3)) * 3;
  let placesX = i32x4.add(i32x4.splat(x), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(stepX)));
  let placesY = i32x4.add(i32x4.splat(y), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(stepY)));
  for (; out < end; out += 12) {
    const v = fourColours(image, line, x, y, stepX, stepY, placesX, placesY, 3);
    v128.store(out, v);
    x += stepX * 4;
    y += stepY * 4;
    placesX = i32x4.add(placesX, i32x4.splat(stepX * 4));
    placesY = i32x4.add(placesY, i32x4.splat(stepY * 4));
  }
  if (count & 3) v128.store(out, fourColours(image, line, x, y, stepX, stepY, placesX, placesY, (count & 3) - 1));
}

/**
 * Twelve bytes: four pixels in steps from (x, y), which are given once more as lanes. Pixels after the one numbered `last` lie
 * elsewhere: what is made of them is of no use, but reads nothing outside the image.
 */
@inline
function fourColours(
  image: usize, line: usize, x: u32, y: u32, stepX: i32, stepY: i32, placesX: v128, placesY: v128, last: i32,
): v128 {
  const mask = i32x4.splat(ONE - 1);
  const down = v128.and(i32x4.shr_u(placesY, PLACE_BITS - BITS), mask);
  const right = v128.and(i32x4.shr_u(placesX, PLACE_BITS - BITS), mask);
  const across = v128.or(i32x4.shl(right, 16), i32x4.sub(i32x4.splat(ONE), right));
  const second = min(1, last);
  const third = min(2, last);
  const v0 = sample(neighbours(image, line, x, y), lane(across, 0), lane(down, 0));
  const v1 = sample(neighbours(image, line, x + stepX * second, y + stepY * second), lane(across, 1), lane(down, 1));
  const v2 = sample(neighbours(image, line, x + stepX * third, y + stepY * third), lane(across, 2), lane(down, 2));
  const v3 = sample(neighbours(image, line, x + stepX * last, y + stepY * last), lane(across, 3), lane(down, 3));
  const v = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(v0, v1), i16x8.narrow_i32x4_s(v2, v3));
  return v128.shuffle<i8>(v, v, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
}

/** One of four lanes in all of them. */
@inline
function lane(v: v128, k: i32): v128 {
  if (k == 0) return v128.shuffle<i32>(v, v, 0, 0, 0, 0);
  if (k == 1) return v128.shuffle<i32>(v, v, 1, 1, 1, 1);
  return k == 2 ? v128.shuffle<i32>(v, v, 2, 2, 2, 2) : v128.shuffle<i32>(v, v, 3, 3, 3, 3);
}

/** Six bytes of the upper line in the low half, six of the lower one in the high half. */
@inline
function neighbours(image: usize, line: usize, x: u32, y: u32): v128 {
  const pixel = image + <usize>(y >> PLACE_BITS) * line + <usize>(x >> PLACE_BITS) * 3;
  return v128.load64_lane(pixel + line, v128.load64_zero(pixel), 1);
}

@inline
function sample(v: v128, across: v128, down: v128): v128 {
  // A place of -1 gives zero: bytes become 16-bit lanes.
  const upper = i8x16.swizzle(v, i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
  const lower = i8x16.swizzle(v, i8x16(8, -1, 11, -1, 9, -1, 12, -1, 10, -1, 13, -1, -1, -1, -1, -1));
  return between(i32x4.dot_i16x8_s(upper, across), i32x4.dot_i16x8_s(lower, across), down);
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
    const v = blend(pairs, <u32>x, <u32>y);
    storeFour(target, i16x8.narrow_i32x4_s(v, v));
  }
}

/**
 * Blends neighbours of one place, channel by channel.
 *
 * @param pairs  left and right of each channel alternating, the upper line in the low half, the lower one in the high half
 * @returns 32-bit lanes, a channel each
 */
@inline
function blend(pairs: v128, x: u32, y: u32): v128 {
  const right = (x >> (PLACE_BITS - BITS)) & (ONE - 1);
  const down = (y >> (PLACE_BITS - BITS)) & (ONE - 1);
  const across = i32x4.splat(right * 0xffff + ONE);
  const upper = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pairs), across);
  const lower = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pairs), across);
  return between(upper, lower, i32x4.splat(down));
}

/** upper * (1 - down) + lower * down, rounded. */
@inline
function between(upper: v128, lower: v128, down: v128): v128 {
  const rest = i32x4.mul(i32x4.sub(lower, upper), down);
  return i32x4.shr_s(i32x4.add(i32x4.add(i32x4.shl(upper, BITS), i32x4.splat(HALF)), rest), 2 * BITS);
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
    const value = between(upper, lower, down);
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
