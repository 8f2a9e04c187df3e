/** Moving values: what changes places, shapes or types and computes nothing. */
import { bytes } from './lanes';

/**
 * Copies runs of n elements between places that depend on up to six outer axes; `from` and `to` count runs.
 *
 * Serves transpose, slice, reverse, tile, pad and concat. Steps are in elements and may be negative or zero.
 * @param size    bytes of an element, 4 or 1
 * @param layout  per outer axis, from the last: its length and the steps here and there (all i32)
 */
export function copyRuns(
  size: i32, source: usize, step: i32, target: usize, targetStep: i32, n: i32, layout: usize, axes: i32, from: i32, to: i32,
): void {
  for (let run = from; run < to; run++) {
    let left = run;
    let here = 0, there = 0;
    for (let axis = 0, at = layout; axis < axes; axis++, at += 12) {
      const length = i32.load(at);
      const place = left % length;
      left /= length;
      here += place * i32.load(at, 4);
      there += place * i32.load(at, 8);
    }
    let p = source + <usize>here * size;
    let q = target + <usize>there * size;
    if (step == 1 && targetStep == 1) {
      memory.copy(q, p, <usize>n * size);
    } else if (size == 4) {
      for (let i = 0; i < n; i++, p += bytes(step), q += bytes(targetStep)) i32.store(q, i32.load(p));
    } else {
      for (let i = 0; i < n; i++, p += step, q += targetStep) store<u8>(q, load<u8>(p));
    }
  }
}

/** Sets elements `from` to `to` of 4 bytes. */
export function fill(target: usize, value: f32, from: i32, to: i32): void {
  for (let i = from; i < to; i++) f32.store(target + bytes(i), value);
}

/**
 * out[outer, count, inner] = x[outer, axis, inner] at indices[count]; `from` and `to` count runs of `innerBytes`.
 *
 * A place that does not exist gives zeros.
 */
export function gather(x: usize, indices: usize, out: usize, axis: i32, count: i32, innerBytes: i32, from: i32, to: i32): void {
  for (let run = from; run < to; run++) {
    const outer = run / count;
    const place = i32.load(indices + bytes(run - outer * count));
    const target = out + <usize>run * <usize>innerBytes;
    if (place < 0 || place >= axis) memory.fill(target, 0, innerBytes);
    else memory.copy(target, x + <usize>(outer * axis + place) * <usize>innerBytes, innerBytes);
  }
}

/** out[segments, inner] = sums of the rows of x[rows, inner] that name the segment, in their order. */
export function segmentSum(x: usize, segmentIds: usize, rows: i32, inner: i32, out: usize, segments: i32): void {
  memory.fill(out, 0, bytes(segments) * <usize>inner);
  for (let row = 0; row < rows; row++) {
    const segment = i32.load(segmentIds + bytes(row));
    if (segment < 0 || segment >= segments) continue;
    const target = out + bytes(segment) * <usize>inner;
    const source = x + bytes(row) * <usize>inner;
    for (let i = 0; i < inner; i++) f32.store(target + bytes(i), f32.load(target + bytes(i)) + f32.load(source + bytes(i)));
  }
}

/** out[count, depth] (f32) = `on` where the index says, `off` elsewhere. */
export function oneHot(indices: usize, depth: i32, on: f32, off: f32, out: usize, from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    const index = i32.load(indices + bytes(i));
    for (let j = 0; j < depth; j++) f32.store(out + bytes(i) * <usize>depth + bytes(j), j == index ? on : off);
  }
}

/** Between f32 (0), i32 (1) and truth values of a byte (2); `kind` is 3 * from + to. */
export function cast(kind: i32, x: usize, y: usize, from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    switch (kind) {
      case 1: i32.store(y + bytes(i), <i32>f32.load(x + bytes(i))); break;
      case 2: store<u8>(y + i, f32.load(x + bytes(i)) != 0 ? 1 : 0); break;
      case 3: f32.store(y + bytes(i), <f32>i32.load(x + bytes(i))); break;
      case 5: store<u8>(y + i, i32.load(x + bytes(i)) != 0 ? 1 : 0); break;
      case 6: f32.store(y + bytes(i), <f32>load<u8>(x + i)); break;
      default: i32.store(y + bytes(i), <i32>load<u8>(x + i)); break;
    }
  }
}

/** out[pixels, C * times] = each channel `times` times in a row. */
export function repeatChannels(x: usize, C: i32, times: i32, out: usize, from: i32, to: i32): void {
  let target = out + bytes(from * C * times);
  for (let i = from * C; i < to * C; i++) {
    const v = f32.load(x + bytes(i));
    for (let j = 0; j < times; j++, target += 4) f32.store(target, v);
  }
}
