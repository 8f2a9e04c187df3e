import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resampleGray } from './resample.ts';
import { noiseImage } from './testing.ts';

test('every pixel is what the definition gives, also of an image that is worked on in strips', () => {
  const side = fc.integer({ min: 1, max: 90 });
  const wanted = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, wanted, wanted, fc.nat(), (width, height, w, h, seed) => {
      const { data } = noiseImage(width, height, 1, seed);
      expect([...resampleGray({ width, height, channels: 1, data }, w, h).data]).toEqual(
        defined(data, width, height, w, h),
      );
    }),
  );
  const large = noiseImage(1100, 700, 1, 1);
  expect([...resampleGray(large, 9, 7).data]).toEqual(defined(large.data, 1100, 700, 9, 7));
});

test('colour is refused', () => {
  expect(() => resampleGray(noiseImage(4, 4, 3, 1), 2, 2)).toThrow(RangeError);
});

/** Across, then down, rounded to a byte each time: written without looking at speed. */
function defined(data: Uint8Array, width: number, height: number, w: number, h: number): number[] {
  const rows = Array.from({ length: height }, (_, y) => line(data.subarray(y * width, (y + 1) * width), w));
  const columns = Array.from({ length: w }, (_, x) =>
    line(
      rows.map((row) => row[x] as number),
      h,
    ),
  );
  return Array.from({ length: h * w }, (_, i) => columns[i % w]?.[Math.floor(i / w)] as number);
}

function line(pixels: ArrayLike<number>, wanted: number): number[] {
  const scale = pixels.length / wanted;
  const stretch = Math.max(1, scale);
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  return Array.from({ length: wanted }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 3 * stretch + 0.5));
    const last = Math.min(pixels.length, Math.trunc(centre + 3 * stretch + 0.5));
    const bell = Array.from({ length: last - first }, (_, i) => {
      const x = (first + i - centre + 0.5) / stretch;
      return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
    });
    const total = bell.reduce((sum, weight) => sum + weight, 0);
    const sum = bell.reduce((so, weight, i) => {
      const whole = Math.trunc((weight / total) * 2 ** 22 + (weight < 0 ? -0.5 : 0.5));
      return so + whole * (pixels[first + i] as number);
    }, 2 ** 21);
    return Math.max(0, Math.min(255, Math.floor(sum / 2 ** 22)));
  });
}
