/**
 * The inverse cosine transform of a block, exact to the bit as libjpeg's accurate whole-number one, eight columns at a time.
 *
 * Source: Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications" (1989), in
 * fixed point with 13 bits as in the Independent JPEG Group's jidctint.c: the same products and the same two roundings.
 */

/**
 * Weights of pairs of 16-bit numbers, each in all lanes. They lie in memory: a constant in the code costs four instructions wherever it
 * is used.
 */
const WEIGHTS = memory.data<i16>([
  4433, -10704, 4433, -10704, 4433, -10704, 4433, -10704,
  10703, 4433, 10703, 4433, 10703, 4433, 10703, 4433,
  -6436, 9633, -6436, 9633, -6436, 9633, -6436, 9633,
  9633, 6437, 9633, 6437, 9633, 6437, 9633, 6437,
  -4927, -7373, -4927, -7373, -4927, -7373, -4927, -7373,
  -4176, -20995, -4176, -20995, -4176, -20995, -4176, -20995,
  -20995, 4177, -20995, 4177, -20995, 4177, -20995, 4177,
  -7373, 4926, -7373, 4926, -7373, 4926, -7373, 4926,
], 16);

@inline
export function low(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
export function high(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** 16 bits to 32, times 2^13. */
@inline
function scaledLow(v: v128): v128 {
  return i32x4.shl(i32x4.extend_low_i16x8_s(v), 13);
}

@inline
function scaledHigh(v: v128): v128 {
  return i32x4.shl(i32x4.extend_high_i16x8_s(v), 13);
}

/** Sum and difference, rounded, as rows of 16 bits. */
@inline
function put(to: usize, a0: v128, a1: v128, b0: v128, b1: v128, round: v128, shift: i32, first: usize, last: usize): void {
  const s0 = i32x4.add(a0, round);
  const s1 = i32x4.add(a1, round);
  v128.store(
    to + first,
    i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(s0, b0), shift), i32x4.shr_s(i32x4.add(s1, b1), shift)),
  );
  v128.store(
    to + last,
    i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.sub(s0, b0), shift), i32x4.shr_s(i32x4.sub(s1, b1), shift)),
  );
}

/** One dimension: eight transforms at once, of the lanes of eight rows. Stores eight rows. */
@inline
function columns(
  r0: v128, r1: v128, r2: v128, r3: v128, r4: v128, r5: v128, r6: v128, r7: v128, to: usize, shift: i32,
): void {
  const round = i32x4.splat(1 << (shift - 1));
  // Even part: 2 and 6 turned, 0 and 4 added.
  const l26 = low(r2, r6);
  const h26 = high(r2, r6);
  const w2 = v128.load(WEIGHTS);
  const w3 = v128.load(WEIGHTS, 16);
  const e2l = i32x4.dot_i16x8_s(l26, w2);
  const e2h = i32x4.dot_i16x8_s(h26, w2);
  const e3l = i32x4.dot_i16x8_s(l26, w3);
  const e3h = i32x4.dot_i16x8_s(h26, w3);
  const sum = i16x8.add(r0, r4);
  const difference = i16x8.sub(r0, r4);
  const e0l = scaledLow(sum);
  const e0h = scaledHigh(sum);
  const e1l = scaledLow(difference);
  const e1h = scaledHigh(difference);

  // Odd part.
  const z3 = i16x8.add(r7, r3);
  const z4 = i16x8.add(r5, r1);
  const lz = low(z3, z4);
  const hz = high(z3, z4);
  const wz3 = v128.load(WEIGHTS, 32);
  const wz4 = v128.load(WEIGHTS, 48);
  const z3l = i32x4.dot_i16x8_s(lz, wz3);
  const z3h = i32x4.dot_i16x8_s(hz, wz3);
  const z4l = i32x4.dot_i16x8_s(lz, wz4);
  const z4h = i32x4.dot_i16x8_s(hz, wz4);
  const l71 = low(r7, r1);
  const h71 = high(r7, r1);
  const l53 = low(r5, r3);
  const h53 = high(r5, r3);
  const w0 = v128.load(WEIGHTS, 64);
  const w1 = v128.load(WEIGHTS, 80);
  const w5 = v128.load(WEIGHTS, 96);
  const w6 = v128.load(WEIGHTS, 112);
  const o0l = i32x4.add(i32x4.dot_i16x8_s(l71, w0), z3l);
  const o0h = i32x4.add(i32x4.dot_i16x8_s(h71, w0), z3h);
  const o1l = i32x4.add(i32x4.dot_i16x8_s(l53, w1), z4l);
  const o1h = i32x4.add(i32x4.dot_i16x8_s(h53, w1), z4h);
  const o2l = i32x4.add(i32x4.dot_i16x8_s(l53, w5), z3l);
  const o2h = i32x4.add(i32x4.dot_i16x8_s(h53, w5), z3h);
  const o3l = i32x4.add(i32x4.dot_i16x8_s(l71, w6), z4l);
  const o3h = i32x4.add(i32x4.dot_i16x8_s(h71, w6), z4h);

  put(to, i32x4.add(e0l, e3l), i32x4.add(e0h, e3h), o3l, o3h, round, shift, 0, 112);
  put(to, i32x4.add(e1l, e2l), i32x4.add(e1h, e2h), o2l, o2h, round, shift, 16, 96);
  put(to, i32x4.sub(e1l, e2l), i32x4.sub(e1h, e2h), o1l, o1h, round, shift, 32, 80);
  put(to, i32x4.sub(e0l, e3l), i32x4.sub(e0h, e3h), o0l, o0h, round, shift, 48, 64);
}

/** Between the two dimensions: eight rows of 16 bits. */
const WORK = memory.data(128, 16);

/**
 * Coefficients of sound images, times their quanta, lie within 1,152 (T.81, A.3.3, with the largest rounding). When one of the first row
 * is larger than this, libjpeg's ways of doing it give different pixels.
 */
export const MOST_IN_ROW: i32 = 8191;

/**
 * @param block     coefficients (i16), row by row
 * @param quantum   of each (i16)
 * @param out       first of eight rows of eight bytes
 * @returns         false when this is a block of no image: nothing is stored then
 */
export function transformBlock(block: usize, quantum: usize, out: usize, stride: usize): bool {
  const top = i16x8.mul(v128.load(block), v128.load(quantum));
  if (v128.any_true(i16x8.gt_u(i16x8.abs(top), i16x8.splat(<i16>MOST_IN_ROW)))) return false;
  columns(
    top,
    i16x8.mul(v128.load(block, 16), v128.load(quantum, 16)),
    i16x8.mul(v128.load(block, 32), v128.load(quantum, 32)),
    i16x8.mul(v128.load(block, 48), v128.load(quantum, 48)),
    i16x8.mul(v128.load(block, 64), v128.load(quantum, 64)),
    i16x8.mul(v128.load(block, 80), v128.load(quantum, 80)),
    i16x8.mul(v128.load(block, 96), v128.load(quantum, 96)),
    i16x8.mul(v128.load(block, 112), v128.load(quantum, 112)),
    WORK,
    11,
  );
  const a0 = v128.load(WORK);
  const a1 = v128.load(WORK, 16);
  const a2 = v128.load(WORK, 32);
  const a3 = v128.load(WORK, 48);
  const a4 = v128.load(WORK, 64);
  const a5 = v128.load(WORK, 80);
  const a6 = v128.load(WORK, 96);
  const a7 = v128.load(WORK, 112);
  // Rows become columns in three rounds, each of which brings rows together that are 4, 2 and 1 apart.
  const b0 = low(a0, a4);
  const b1 = high(a0, a4);
  const b2 = low(a1, a5);
  const b3 = high(a1, a5);
  const b4 = low(a2, a6);
  const b5 = high(a2, a6);
  const b6 = low(a3, a7);
  const b7 = high(a3, a7);
  const c0 = low(b0, b4);
  const c1 = high(b0, b4);
  const c2 = low(b1, b5);
  const c3 = high(b1, b5);
  const c4 = low(b2, b6);
  const c5 = high(b2, b6);
  const c6 = low(b3, b7);
  const c7 = high(b3, b7);
  columns(
    low(c0, c4), high(c0, c4), low(c1, c5), high(c1, c5), low(c2, c6), high(c2, c6), low(c3, c7), high(c3, c7), WORK, 18,
  );
  // Now columns of the result: to bytes, and back to rows.
  const p04 = i8x16.narrow_i16x8_s(v128.load(WORK), v128.load(WORK, 64));
  const p15 = i8x16.narrow_i16x8_s(v128.load(WORK, 16), v128.load(WORK, 80));
  const p26 = i8x16.narrow_i16x8_s(v128.load(WORK, 32), v128.load(WORK, 96));
  const p37 = i8x16.narrow_i16x8_s(v128.load(WORK, 48), v128.load(WORK, 112));
  const q01 = lowBytes(p04, p15);
  const q45 = highBytes(p04, p15);
  const q23 = lowBytes(p26, p37);
  const q67 = highBytes(p26, p37);
  const first = low(q01, q23);
  const second = high(q01, q23);
  const third = low(q45, q67);
  const fourth = high(q45, q67);
  putRows(out, v128.shuffle<i32>(first, third, 0, 4, 1, 5), stride);
  putRows(out + 2 * stride, v128.shuffle<i32>(first, third, 2, 6, 3, 7), stride);
  putRows(out + 4 * stride, v128.shuffle<i32>(second, fourth, 0, 4, 1, 5), stride);
  putRows(out + 6 * stride, v128.shuffle<i32>(second, fourth, 2, 6, 3, 7), stride);
  return true;
}

@inline
export function lowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
export function highBytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Two rows, from signed to 0-255. */
@inline
function putRows(out: usize, rows: v128, stride: usize): void {
  const shifted = v128.xor(rows, i8x16.splat(-128));
  v128.store64_lane(out, shifted, 0);
  v128.store64_lane(out + stride, shifted, 1);
}

/** The same for a block that has its first coefficient alone, here times its quantum: one shade. */
export function fillBlock(first: i32, out: usize, stride: usize): void {
  const shade = i8x16.splat(<i8>max(0, min(255, (first * 4 + 16 >> 5) + 128)));
  for (let row = 0; row < 8; row++) {
    v128.store64_lane(out, shade, 0);
    out += stride;
  }
}
