import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Raster } from './raster.ts';
import { cropImage, padImage, resizeImage, scaledSize } from './resize.ts';
import { noiseImage } from './testing.ts';

function formula(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = (x * 37 + y * 91 + c * 53 + ((x * y * 7) % 41)) % 256;
    }
  }
  return { width, height, channels: 3, data };
}

test('shrinking gives the means OpenCV gives (cv2 5.0.0, INTER_AREA), within one grey level', () => {
  const expected = [
    106, 126, 131, 123, 134, 136, 114, 133, 135, 122, 136, 123, 119, 117, 114, 107, 150, 127, 133, 129, 124, 112, 138,
    138, 111, 135, 136, 114, 121, 142, 113, 119, 142, 112, 136, 125, 127, 134, 136, 115, 125, 120, 130, 105, 117, 134,
    117, 159, 116, 122, 134, 144, 123, 118, 125, 135, 118, 148, 123, 123,
  ];
  const { data } = resizeImage(formula(17, 13), 5, 4);
  expect(data.length).toBe(expected.length);
  data.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] ?? -9))).toBeLessThanOrEqual(1);
  });
});

test('growing interpolates as OpenCV does (cv2 5.0.0, INTER_LINEAR), within one grey level', () => {
  const expected = [
    0, 53, 106, 22, 75, 128, 50, 103, 156, 77, 130, 183, 105, 158, 211, 132, 185, 238, 159, 212, 187, 186, 228, 36, 214,
    66, 64, 108, 38, 91, 12, 65, 118, 40, 93, 146, 67, 120, 173, 95, 148, 201, 122, 175, 172, 149, 202, 10, 177, 230,
    27, 204, 146, 54, 187, 28, 81, 25, 56, 109,
  ];
  const { data } = resizeImage(formula(17, 13), 23, 20);
  expected.forEach((value, at) => {
    expect(Math.abs((data[at] ?? -9) - value)).toBeLessThanOrEqual(1);
  });
  // The sum of all pixels in OpenCV is 174260.
  expect(Math.abs(data.reduce((sum, value) => sum + value, 0) - 174260)).toBeLessThan(data.length);
});

test('an image of one shade keeps it at every size', () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, side, side, fc.nat(255), (width, height, w, h, shade) => {
      const raster: Raster = { width, height, channels: 1, data: new Uint8Array(width * height).fill(shade) };
      const resized = resizeImage(raster, w, h);
      expect([resized.width, resized.height, resized.data.length]).toEqual([w, h, w * h]);
      expect(resized.data.every((value) => value === shade)).toBe(true);
    }),
  );
});

test('every pixel is the mean the definition gives, halves rounded up', () => {
  const side = fc.integer({ min: 1, max: 60 });
  const channels = fc.constantFrom(1 as const, 3 as const);
  fc.assert(
    fc.property(side, side, side, side, channels, fc.nat(), (width, height, w, h, depth, seed) => {
      const raster = noiseImage(width, height, depth, seed);
      expect(resizeImage(raster, w, h).data).toEqual(defined(raster, w, h));
    }),
  );
});

test('an image that is worked on in strips, and one of the largest step, come out the same', () => {
  const wide = noiseImage(1200, 150, 3, 1);
  expect(resizeImage(wide, 70, 40).data).toEqual(defined(wide, 70, 40));
  const high = noiseImage(7, 128 * 9, 3, 2);
  expect(resizeImage(high, 5, 9).data).toEqual(defined(high, 5, 9));
});

test('more than 128 to one goes in two steps, within one grey level of the mean', () => {
  const raster = noiseImage(1000, 700, 1, 3);
  const expected = defined(raster, 2, 3);
  resizeImage(raster, 2, 3).data.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] as number))).toBeLessThanOrEqual(1);
  });
});

/** Weights of the old pixels of each new one, by the definition and written without looking at speed: `[pixel, weight]`. */
function weightsOf(length: number, wanted: number): [number, number][][] {
  const scale = length / wanted;
  return Array.from({ length: wanted }, (_, place) => {
    const all = Array.from({ length }, (_, pixel): [number, number] => {
      if (scale > 1) {
        const from = Math.round(place * scale * 256);
        const to = Math.round((place + 1) * scale * 256);
        return [pixel, Math.max(0, Math.min(to, (pixel + 1) * 256) - Math.max(from, pixel * 256))];
      }
      const centre = Math.round(Math.max(0, (place + 0.5) * scale - 0.5) * 2048);
      return [pixel, Math.max(0, 2048 - Math.abs(Math.min(centre, (length - 1) * 2048) - pixel * 2048))];
    });
    return all.filter(([, weight]) => weight > 0);
  });
}

function defined({ width, height, channels, data }: Raster, w: number, h: number): Uint8Array {
  const [columns, rows] = [weightsOf(width, w), weightsOf(height, h)];
  const result = new Uint8Array(w * h * channels);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let c = 0; c < channels; c++) {
        let [sum, total] = [0, 0];
        for (const [y, down] of row) {
          for (const [x, across] of column) {
            sum += down * across * (data[(y * width + x) * channels + c] as number);
            total += down * across;
          }
        }
        result[at++] = Math.floor((2 * sum + total) / (2 * total));
      }
    }
  }
  return result;
}

test('shrinking by whole factors is the rounded mean of blocks', () => {
  const { data } = resizeImage(
    { width: 4, height: 2, channels: 1, data: Uint8Array.of(0, 1, 10, 20, 2, 3, 30, 41) },
    2,
    1,
  );
  expect([...data]).toEqual([2, 25]);
});

test('one pixel of a side of tens of thousands is their mean', () => {
  const white = new Uint8Array(60_000).fill(255);
  for (const [width, height] of [
    [60_000, 1],
    [1, 60_000],
  ] as const) {
    expect([...resizeImage({ width, height, channels: 1, data: white }, 1, 1).data]).toEqual([255]);
  }
});

test('a scaled size keeps the aspect, inside or covering', () => {
  expect(scaledSize({ width: 300, height: 200 }, { width: 60, height: 60 }, 'inside')).toEqual({
    width: 60,
    height: 40,
  });
  expect(scaledSize({ width: 300, height: 200 }, { width: 60, height: 60 }, 'cover')).toEqual({
    width: 90,
    height: 60,
  });
  expect(scaledSize({ width: 1000, height: 1 }, { width: 10, height: 10 }, 'inside')).toEqual({ width: 10, height: 1 });
});

test('what is padded and cropped again is what it was, and a crop stays within', () => {
  const raster = formula(7, 5);
  const padded = padImage(raster, 11, 9, 128);
  expect(padded.data[0]).toBe(128);
  expect(cropImage(padded, 2, 2, 7, 5)).toEqual(raster);
  expect(() => cropImage(raster, 3, 0, 5, 5)).toThrow(RangeError);
});
