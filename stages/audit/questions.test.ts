import { expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import { type Measures, PROPERTIES } from '../lib/image/measure-image.ts';
import type { Raster } from '../lib/image/raster.ts';
import type { Measured } from './quality.ts';
import { measureTraits } from './traits.ts';
import { measureTurning } from './turning.ts';

/** Measured images whose properties are all the same but for the brightness. */
function images(brightness: Readonly<Record<string, readonly number[]>>): Measured[] {
  const same = Object.fromEntries(PROPERTIES.map((name) => [name, 0.5]));
  return Object.entries(brightness).flatMap(([label, values]) =>
    values.map((value, i): Measured => {
      const sample: Sample = { id: `${label}/${i}`, family: `${label}/${i}`, labels: [label], source: '' };
      const properties = { ...same, brightness: value } as Measures['properties'];
      return { sample, measures: { properties, hashes: new Uint8Array(), features: new Uint8Array() } };
    }),
  );
}

test('the property that tells a class apart comes first, with the class and the side it is on', () => {
  const traits = measureTraits(images({ day: [0.8, 0.9, 0.7], dusk: [0.4, 0.5], night: [0.1, 0.2] }), [
    'day',
    'dusk',
    'night',
  ]);
  expect(traits[0]).toEqual({ property: 'brightness', class: 'day', area: 1 });
  expect(traits[1]?.area).toBe(0.5);
  expect(measureTraits(images({ a: [0.1], b: [0.9, 0.2] }), ['b', 'a'])[0]?.area).toBe(1);
  expect(measureTraits(images({ only: [0.1, 0.2] }), ['only', 'none'])).toEqual([]);
});

/** A black bar of 72 x 6 pixels in the middle of a picture; the ground's shade by column. */
function bar(width: number, height: number, ground: (x: number) => number = () => 255): Pick<Dataset, 'raster'> {
  const data = new Uint8Array(width * height).map((_, i) => ground(i % width));
  for (let y = height / 2 - 3; y < height / 2 + 3; y++)
    data.fill(0, y * width + width / 2 - 36, y * width + width / 2 + 36);
  const raster: Raster = { width, height, channels: 1, data };
  return { raster: async () => raster };
}

test('how far objects may be turned follows from how much of the picture they fill', async () => {
  const twelve = Array.from({ length: 12 }, (_, i) => i);
  expect(await measureTurning(bar(80, 80), twelve)).toEqual({ images: 12, even: 12, degrees: 180 });
  // Its ends leave a picture 40 high when they are 20 above or below the middle: from asin(20 / 36), 34 degrees.
  expect(await measureTurning(bar(80, 40), twelve)).toEqual({ images: 12, even: 12, degrees: 30 });
  expect(
    await measureTurning(
      bar(80, 80, (x) => x * 3),
      twelve,
    ),
  ).toEqual({ images: 12, even: 0, degrees: null });
  expect(await measureTurning(bar(80, 80), twelve.slice(3))).toEqual({ images: 9, even: 9, degrees: null });
});
