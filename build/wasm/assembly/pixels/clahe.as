/** The two passes over pixels of contrast limited adaptive histogram equalisation. */
import { ROUNDING } from './bytes';

const LEVELS = 256;

/**
 * table[256] (f32) = what each grey level becomes in one tile: its histogram, with what lies above a limit spread over all
 * levels, the remainder at equal steps, added up and scaled to 255.
 *
 * @param rows, columns  places of the tile's pixels in the image (i32), `height` and `width` of them
 * @param counts  room for 256 counts (i32)
 */
export function tileTable(
  image: usize, stride: i32, rows: usize, height: i32, columns: usize, width: i32, limit: i32, counts: usize, table: usize,
): void {
  memory.fill(counts, 0, LEVELS * 4);
  for (let y = 0; y < height; y++) {
    const row = image + <usize>i32.load(rows + (<usize>y << 2)) * <usize>stride;
    for (let x = 0; x < width; x++) {
      const count = counts + (<usize>load<u8>(row + i32.load(columns + (<usize>x << 2))) << 2);
      i32.store(count, i32.load(count) + 1);
    }
  }
  const clipped = clip(counts, limit);
  const share = clipped / LEVELS;
  let rest = clipped % LEVELS;
  const step = rest > 0 ? max(1, LEVELS / rest) : LEVELS;
  const area = <f64>(width * height);
  let below = 0;
  for (let level = 0, next = 0; level < LEVELS; level++) {
    below += i32.load(counts + (<usize>level << 2)) + share;
    if (level == next && rest > 0) {
      below++;
      rest--;
      next += step;
    }
    f32.store(table + (<usize>level << 2), <f32>min(255, floor((<f64>below * 255) / area + 0.5)));
  }
}

/** @returns how much lay above the limit */
function clip(counts: usize, limit: i32): i32 {
  let clipped = 0;
  for (let at = counts, end = counts + LEVELS * 4; at < end; at += 4) {
    const excess = i32.load(at) - limit;
    if (excess <= 0) continue;
    clipped += excess;
    i32.store(at, limit);
  }
  return clipped;
}

/**
 * out[width] = what four tables make of each pixel of a line, blended.
 *
 * @param upper, lower  rows of tables
 * @param lefts, rights  per pixel where its left and right table lie in a row (i32, bytes)
 * @param shares  per pixel how much the right one counts (f64)
 * @param share   how much the lower row counts
 */
export function blendTables(
  line: usize, width: i32, upper: usize, lower: usize, lefts: usize, rights: usize, shares: usize, share: f64, out: usize,
): void {
  const down = f64x2.splat(share);
  for (let x: usize = 0; x < <usize>width; x += 2) {
    const first = <usize>load<u8>(line + x) << 2;
    // Behind the last pixel may lie anything, so the last one is taken twice.
    const last = x + 1 < <usize>width ? x + 1 : x;
    const second = <usize>load<u8>(line + last) << 2;
    const left = <usize>i32.load(lefts + (x << 2)) + first;
    const right = <usize>i32.load(rights + (x << 2)) + first;
    const left2 = <usize>i32.load(lefts + (last << 2)) + second;
    const right2 = <usize>i32.load(rights + (last << 2)) + second;
    const across = v128.load(shares + (x << 3));
    const above = between(pair(upper + left, upper + left2), pair(upper + right, upper + right2), across);
    const below = between(pair(lower + left, lower + left2), pair(lower + right, lower + right2), across);
    const value = f64x2.floor(f64x2.add(between(above, below, down), f64x2.splat(0.5)));
    const bytes = f64x2.add(value, f64x2.splat(ROUNDING));
    v128.store16_lane(out + x, v128.shuffle<i8>(bytes, bytes, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
  }
}

@inline
function pair(first: usize, second: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(second, v128.load32_zero(first), 1));
}

@inline
function between(from: v128, to: v128, share: v128): v128 {
  return f64x2.add(from, f64x2.mul(f64x2.sub(to, from), share));
}
