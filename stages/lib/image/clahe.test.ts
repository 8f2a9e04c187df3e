import { expect, test } from 'vitest';
import { equalizeContrast } from './clahe.ts';
import type { Raster } from './raster.ts';
import { noiseImage } from './testing.ts';

function gray(width: number, height: number, value: (x: number, y: number) => number): Raster {
  const data = Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { width, height, channels: 1, data };
}

test('one tile and no effective limit is plain histogram equalisation', () => {
  const image = gray(4, 4, (x, y) => (y < 2 ? 10 : x < 2 ? 20 : 200));
  const { data } = equalizeContrast(image, 1e9, 1);
  // 8 of 16 pixels at 10, 4 at 20, 4 at 200: cumulative shares 0.5, 0.75, 1 of 255, rounded.
  expect([data[0], data[8], data[10]]).toEqual([128, 191, 255]);
});

test('a clipped histogram is spread over all levels, its remainder at equal steps', () => {
  // 16 pixels of level 0, limit 1: 15 clipped, none per level, the 15 one each at every 17th level (256 / 15, whole).
  const { data } = equalizeContrast(
    gray(4, 4, () => 0),
    0.001,
    1,
  );
  expect(data[0]).toBe(Math.round((2 * 255) / 16));
});

test('is what a direct reading of the definition gives, whether tiles divide the image or not', () => {
  for (const [width, height, tiles, limit] of [
    [13, 10, 4, 2],
    [16, 24, 4, 0.01],
    [40, 33, 8, 3.3],
    [9, 31, 3, 2],
    [25, 22, 1, 1e9],
  ] as const) {
    const image = noiseImage(width, height, 1, width);
    expect([...equalizeContrast(image, limit, tiles).data]).toEqual(reference(image, limit, tiles));
  }
});

test('the size stays and a constant image stays constant', () => {
  const { width, height, data } = equalizeContrast(
    gray(60, 30, () => 90),
    2,
    8,
  );
  expect([width, height, new Set(data).size]).toEqual([60, 30, 1]);
});

/** The definition, pixel by pixel, on an image that is really extended: slow, and written without looking at speed. */
function reference(image: Raster, clipLimit: number, tiles: number): number[] {
  const reflect = (p: number, size: number) => (p < size ? p : 2 * (size - 1) - p);
  const divides = image.width % tiles === 0 && image.height % tiles === 0;
  const wide = divides ? image.width : image.width + tiles - (image.width % tiles);
  const high = divides ? image.height : image.height + tiles - (image.height % tiles);
  const at = (x: number, y: number) =>
    image.data[reflect(y, image.height) * image.width + reflect(x, image.width)] as number;
  const [tw, th] = [wide / tiles, high / tiles];
  const table = (tx: number, ty: number, level: number): number => {
    const counts = new Array<number>(256).fill(0);
    for (let y = 0; y < th; y++) for (let x = 0; x < tw; x++) count(counts, at(tx * tw + x, ty * th + y));
    const limit = Math.max(1, Math.floor((clipLimit * tw * th) / 256));
    let excess = 0;
    counts.forEach((count, i) => {
      excess += Math.max(0, count - limit);
      counts[i] = Math.min(count, limit);
    });
    const batch = Math.floor(excess / 256);
    let residual = excess - batch * 256;
    counts.forEach((count, i) => {
      counts[i] = count + batch;
    });
    const step = Math.max(1, residual > 0 ? Math.floor(256 / residual) : 1);
    for (let i = 0; i < 256 && residual > 0; i += step, residual--) count(counts, i);
    return Math.round((counts.slice(0, level + 1).reduce((a, b) => a + b, 0) * 255) / (tw * th));
  };
  const result: number[] = [];
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const [fx, fy] = [x / tw - 0.5, y / th - 0.5];
      const [x1, y1] = [Math.floor(fx), Math.floor(fy)];
      const [a, b] = [fx - x1, fy - y1];
      const [l, r] = [Math.max(x1, 0), Math.min(x1 + 1, tiles - 1)];
      const [t, u] = [Math.max(y1, 0), Math.min(y1 + 1, tiles - 1)];
      const level = at(x, y);
      const between = (from: number, to: number, share: number) => from + (to - from) * share;
      const top = between(table(l, t, level), table(r, t, level), a);
      const bottom = between(table(l, u, level), table(r, u, level), a);
      result.push(Math.floor(between(top, bottom, b) + 0.5));
    }
  }
  return result;
}

function count(counts: number[], place: number): void {
  counts[place] = (counts[place] ?? 0) + 1;
}
