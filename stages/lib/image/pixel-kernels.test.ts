import { expect, test } from 'vitest';
import { openScratch, remake } from './pixel-kernels.ts';
import { noiseImage } from './testing.ts';

const MEBIBYTE = 1 << 20;

test('blocks do not overlap, are aligned, and there is room behind each', () => {
  const { at, bytes } = openScratch(1, 100, 0, 64);
  for (let i = 0; i < at.length; i++) {
    expect((at[i] as number) % 64).toBe(0);
    const end = (at[i] as number) + ([1, 100, 0, 64][i] as number) + 64;
    expect(end).toBeLessThanOrEqual(at[i + 1] ?? bytes.length);
  }
});

test('memory is used again, and a large image leaves nothing behind', () => {
  const first = openScratch(8 * MEBIBYTE);
  expect(openScratch(MEBIBYTE).bytes.buffer).toBe(first.bytes.buffer);
  const large = openScratch(64 * MEBIBYTE);
  expect(large.bytes.length).toBeGreaterThan(64 * MEBIBYTE);
  const after = openScratch(MEBIBYTE);
  expect(after.bytes.buffer).toBe(first.bytes.buffer);
  expect(after.bytes.length).toBeLessThan(32 * MEBIBYTE);
});

test('a remade image has memory of its own, and the given one stays as it was', () => {
  const raster = noiseImage(7, 5, 3, 1);
  const before = raster.data.slice();
  const halved = () =>
    remake(raster, (kernels, from, to) => kernels.scaleDistances(from, raster.data.length, 0, 512, to));
  const made = halved();
  expect(made).toMatchObject({ width: 7, height: 5, channels: 3 });
  expect([...made.data]).toEqual([...before].map((value) => Math.round(value / 2)));
  expect(made.data.buffer.byteLength).toBe(made.data.length);
  expect(raster.data).toEqual(before);
});
