/** Values one by one, whatever their channel. */
import { scaled } from './colour';

/** out[count] = centre + (value - centre) * factor / 1024, rounded and limited to 0-255; factor below 32768. */
export function scaleDistances(values: usize, count: i32, centre: i32, factor: i32, out: usize): void {
  const middle = i16x8.splat(<i16>centre);
  const scale = i16x8.splat(<i16>factor);
  for (let at: usize = 0; at < <usize>count; at += 16) {
    const v = v128.load(values + at);
    const low = scaled(i16x8.extend_low_i8x16_u(v), middle, scale);
    const high = scaled(i16x8.extend_high_i8x16_u(v), middle, scale);
    v128.store(out + at, i8x16.narrow_i16x8_u(low, high));
  }
}

/** sums[channels] (f64) of pixels[count, channels]. */
export function sumChannels(pixels: usize, count: i32, channels: i32, sums: usize): void {
  for (let channel = 0; channel < channels; channel++, sums += 8) {
    let sum: u64 = 0;
    for (let at = pixels + channel, end = at + <usize>(count * channels); at < end; at += channels) sum += load<u8>(at);
    f64.store(sums, <f64>sum);
  }
}
