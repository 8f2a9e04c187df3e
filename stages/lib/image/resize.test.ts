import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Raster } from './raster.ts';
import { cropImage, padImage, resizeImage, scaledSize } from './resize.ts';

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

test('shrinking by whole factors is the rounded mean of blocks', () => {
  const { data } = resizeImage(
    { width: 4, height: 2, channels: 1, data: Uint8Array.of(0, 1, 10, 20, 2, 3, 30, 41) },
    2,
    1,
  );
  expect([...data]).toEqual([2, 25]);
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
