import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { decodeImage } from '../../stages/lib/image/raster.ts';
import { drawPlate } from '../../stages/lib/synthesis/plate.ts';

const DATA = path.join(import.meta.dirname, 'data');

test('the pictures are those the program draws', async () => {
  for (const [index, file] of [
    [0, 'ok/plate-001.png'],
    [1, 'defective/plate-002.png'],
    [169, 'defective/plate-170.png'],
  ] as const) {
    const { width, height, data } = await decodeImage(path.join(DATA, file));
    const { pixels } = drawPlate(2342, index, index % 2 === 1, 0.3);
    expect([width, height]).toEqual([60, 30]);
    // Sines may differ in their last bit between engines, and then a value may round the other way.
    expect(Math.max(...pixels.map((value, i) => Math.abs(value - (data[i] as number))))).toBeLessThanOrEqual(1);
  }
});

test('a picture depends on seed and number alone, and only defective plates have defects', () => {
  const alone = drawPlate(5, 40, true, 0.5);
  drawPlate(5, 39, false, 0.5);
  expect(drawPlate(5, 40, true, 0.5)).toEqual(alone);
  expect(alone.defects.length).toBeGreaterThan(0);
  expect(drawPlate(5, 40, false, 0.5).defects).toEqual([]);
});

test('both classes have 85 pictures', () => {
  for (const label of ['ok', 'defective']) expect(fs.readdirSync(path.join(DATA, label)).length).toBe(85);
});
