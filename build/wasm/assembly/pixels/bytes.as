/**
 * Moving between bytes and wider lanes.
 *
 * Whoever calls a kernel leaves room behind every block: vectors may be loaded and stored past its end.
 */

/** Adding it to a double of less than 2^51 rounds to a whole number, which then lies in the lowest bits. */
export const ROUNDING: f64 = 6755399441055744.0;

/** Stores the lowest 4 of the 16-bit lanes as bytes, limited to 0-255. */
@inline
export function storeFour(to: usize, v: v128): void {
  v128.store32_lane(to, i8x16.narrow_i16x8_u(v, v), 0);
}
