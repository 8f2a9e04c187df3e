/** Noise from a counter: any value's noise is known without that of the others. */
import { storeFour } from './bytes';

/** Mean of the sum of four bytes. */
const MEAN = 510;

/** out[count] = value + (sum of the four bytes of a mixed counter - 510) * scale / 65536, rounded, limited to 0-255. */
export function addNoise(values: usize, count: i32, seed: i32, scale: i32, out: usize): void {
  const factor = i32x4.splat(scale);
  const half = i32x4.splat(32768);
  let counters = i32x4(1, 2, 3, 4);
  for (let at: usize = 0; at < <usize>count; at += 4) {
    const word = mix(v128.xor(i32x4.splat(seed), i32x4.mul(counters, i32x4.splat(0x9e3779b9))));
    const sum = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(word));
    const noise = i32x4.shr_s(i32x4.add(i32x4.mul(i32x4.sub(sum, i32x4.splat(MEAN)), factor), half), 16);
    const value = i32x4.extend_low_i16x8_u(v128.load8x8_u(values + at));
    const changed = i32x4.add(value, noise);
    storeFour(out + at, i16x8.narrow_i32x4_s(changed, changed));
    counters = i32x4.add(counters, i32x4.splat(4));
  }
}

/** Finaliser of MurmurHash3 (A. Appleby, public domain): every bit depends on every bit. */
@inline
function mix(v: v128): v128 {
  v = i32x4.mul(v128.xor(v, i32x4.shr_u(v, 16)), i32x4.splat(0x85ebca6b));
  v = i32x4.mul(v128.xor(v, i32x4.shr_u(v, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(v, i32x4.shr_u(v, 16));
}
