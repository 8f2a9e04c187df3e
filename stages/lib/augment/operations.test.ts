import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/sdk/index.ts';
import type { Raster } from '../image/raster.ts';
import { noiseImage } from '../image/testing.ts';
import { applyOperations } from './apply.ts';
import { adjustContrast, adjustSaturation, rotateHue } from './colour.ts';
import { drawOperations, type Strengths } from './draw.ts';
import { addNoise, blurImage, cutOut, quarterTurns } from './pixels.ts';
import { applyPolicyOperation, drawPolicy } from './policies.ts';

const NOTHING: Strengths = {
  flip: [],
  rotate: 0,
  scale: [1, 1],
  brightness: 0,
  shift: 0,
  quarterTurns: false,
  contrast: 0,
  saturation: 0,
  hue: 0,
  clahe: false,
  blur: 0,
  noise: 0,
  jpeg: 100,
  cutout: 0,
  policy: null,
};
const EVERYTHING: Strengths = {
  flip: ['horizontal', 'vertical'],
  rotate: 20,
  scale: [0.8, 1.2],
  brightness: 0.3,
  shift: 0.2,
  quarterTurns: true,
  contrast: 0.5,
  saturation: 0.5,
  hue: 30,
  clahe: true,
  blur: 1.5,
  noise: 12,
  jpeg: 40,
  cutout: 0.4,
  policy: { name: 'randaugment', operations: 2, magnitude: 9 },
};

function picture(width: number, height: number, channels: 1 | 3): Raster {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37 + (i >> 4) * 11) % 251);
  return { width, height, channels, data };
}
const flat = (value: number, channels: 1 | 3 = 3): Raster => ({
  width: 12,
  height: 9,
  channels,
  data: new Uint8Array(12 * 9 * channels).fill(value),
});
const alone = (operation: Partial<Strengths>) => drawOperations({ ...NOTHING, ...operation }, randomStream(3, 'x'));

test('nothing asked, nothing drawn and nothing changed', async () => {
  const drawn = drawOperations(NOTHING, randomStream(1, 'x'));
  expect(drawn).toEqual({});
  const image = picture(9, 7, 3);
  expect((await applyOperations(image, drawn)).data).toEqual(image.data);
});

test('size, channels and range hold for every draw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), fc.constantFrom(1 as const, 3 as const), fc.nat(20), async (seed, channels, more) => {
      const image = picture(8 + more, 11, channels);
      const made = await applyOperations(image, drawOperations(EVERYTHING, randomStream(seed, 'x')));
      expect([made.width, made.height, made.channels, made.data.length]).toEqual([
        image.width,
        image.height,
        channels,
        image.data.length,
      ]);
    }),
    { numRuns: 60 },
  );
});

test('each operation draws the same value alone as among all others', () => {
  const all = drawOperations(EVERYTHING, randomStream(3, 'x'));
  for (const name of ['rotate', 'shift', 'contrast', 'saturation', 'hue', 'blur', 'noise', 'jpeg', 'cutout'] as const) {
    for (const [key, value] of Object.entries(alone({ [name]: EVERYTHING[name] }))) expect(all[key], key).toBe(value);
  }
});

test('limits hold over many draws', () => {
  for (let seed = 0; seed < 300; seed++) {
    const drawn = drawOperations(EVERYTHING, randomStream(seed, 'limits'));
    expect(Math.abs(drawn.degrees ?? 0)).toBeLessThanOrEqual(20);
    expect(Math.abs(drawn.shiftX ?? 0)).toBeLessThanOrEqual(0.2);
    expect(drawn.jpeg ?? 100).toBeGreaterThanOrEqual(40);
    expect(drawn.noise ?? 0).toBeLessThanOrEqual(12);
    expect(drawn.quarterTurns ?? 0).toBeLessThanOrEqual(3);
  }
});

test('colour operations leave one even shade of grey alone, brightness and noise aside', async () => {
  for (const operation of [{ contrast: 0.9 }, { saturation: 0.9 }, { hue: 170 }, { blur: 3 }, { cutout: 0.7 }]) {
    expect((await applyOperations(flat(90), alone(operation))).data, JSON.stringify(operation)).toEqual(flat(90).data);
  }
});

test('noise has the deviation asked for and no bias', async () => {
  const image: Raster = { width: 200, height: 200, channels: 1, data: new Uint8Array(40_000).fill(128) };
  const { data } = await applyOperations(image, { noise: 10, noiseSeed: 5 });
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  // Four standard errors of the mean and of the deviation at n = 40,000.
  expect(Math.abs(mean - 128)).toBeLessThan(4 * (10 / 200));
  expect(Math.abs(Math.sqrt(variance) - 10)).toBeLessThan(4 * (10 / Math.sqrt(2 * 40_000)) + 0.05);
});

test('a turn of the hue by a third of the circle exchanges the channels', async () => {
  const image = { ...flat(0), data: Uint8Array.from({ length: 324 }, (_, i) => [200, 30, 90][i % 3] as number) };
  const { data } = await applyOperations(image, { hue: 120 });
  expect([...data.subarray(0, 3)]).toEqual([90, 200, 30]);
});

test('four quarter turns are none, and one moves the upper left to the upper right', async () => {
  const image = picture(6, 6, 3);
  const once = await applyOperations(image, { quarterTurns: 1 });
  expect([...once.data.subarray(15, 18)]).toEqual([...image.data.subarray(0, 3)]);
  let turned = once;
  for (let i = 0; i < 3; i++) turned = await applyOperations(turned, { quarterTurns: 1 });
  expect(turned.data).toEqual(image.data);
});

test('a square of the side asked for is covered', async () => {
  const image = { ...flat(0, 1), data: Uint8Array.from({ length: 108 }, (_, i) => (i % 2 === 0 ? 0 : 255)) };
  const { data } = await applyOperations(image, { cutout: 0.4, cutoutX: 0.5, cutoutY: 0.5 });
  const covered = [...data].filter((value) => value !== 0 && value !== 255).length;
  expect(covered).toBe(16);
});

test('a smaller shift of the image moves it, and what comes in is its mirror image', async () => {
  const ramp: Raster = {
    width: 10,
    height: 1,
    channels: 1,
    data: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70, 80, 90),
  };
  expect([...(await applyOperations(ramp, { shiftX: 0.2 })).data]).toEqual([20, 10, 0, 10, 20, 30, 40, 50, 60, 70]);
});

test('every policy operation keeps the size, and draws stay within the bins', () => {
  const random = randomStream(1, 'policy');
  const names = new Set<string>();
  for (let i = 0; i < 400; i++) {
    const drawn = drawPolicy(
      i % 2 ? { name: 'trivialaugment' } : { name: 'randaugment', operations: 2, magnitude: 9 },
      random,
    );
    expect(Object.keys(drawn).length).toBe(i % 2 ? 1 : 2);
    for (const [name, value] of Object.entries(drawn)) {
      names.add(name.replace(/^\d+\./, ''));
      expect(applyPolicyOperation(picture(8, 6, 3), name, value).data.length).toBe(144);
    }
  }
  expect(names.size).toBe(14);
});

test('solarize and posterize are those of Pillow 13.0 on a ramp, and autocontrast but for rounding', () => {
  const ramp: Raster = { width: 8, height: 1, channels: 1, data: Uint8Array.of(50, 60, 70, 80, 90, 100, 110, 120) };
  expect([...applyPolicyOperation(ramp, '1.autoContrast', 0).data]).toEqual([0, 36, 73, 109, 146, 182, 219, 255]);
  expect([...applyPolicyOperation(ramp, '1.solarize', 255 - 100).data]).toEqual([50, 60, 70, 80, 90, 155, 145, 135]);
  expect([...applyPolicyOperation(ramp, '1.posterize', 4).data]).toEqual([48, 48, 64, 80, 80, 96, 96, 112]);
});

/** What each value becomes, pixel by pixel, by the definition and written without looking at speed. */
function perPixel(image: Raster, change: (pixel: number[], at: number) => number[]): number[] {
  const { channels, data } = image;
  return Array.from({ length: data.length / channels }, (_, i) =>
    change([...data.subarray(i * channels, (i + 1) * channels)], i),
  )
    .flat()
    .map((value) => Math.max(0, Math.min(255, value)));
}
const lumaOf = (pixel: number[]) => {
  const [red = 0, green = red, blue = red] = pixel;
  return pixel.length === 1 ? red : Math.floor((4899 * red + 9617 * green + 1868 * blue + 8192) / 16384);
};
const scaled = (value: number, centre: number, factor: number) =>
  centre + Math.floor(((value - centre) * factor) / 1024 + 0.5);
const images = fc
  .tuple(
    fc.integer({ min: 1, max: 23 }),
    fc.integer({ min: 1, max: 17 }),
    fc.constantFrom(1 as const, 3 as const),
    fc.nat(),
  )
  .map(([width, height, channels, seed]) => noiseImage(width, height, channels, seed));

test('contrast, saturation and brightness scale distances as defined', async () => {
  await fc.assert(
    fc.asyncProperty(images, fc.integer({ min: 0, max: 4000 }), async (image, factor) => {
      const grays = Array.from({ length: image.data.length / image.channels }, (_, i) =>
        lumaOf([...image.data.subarray(i * image.channels, (i + 1) * image.channels)]),
      );
      const mean = Math.round(grays.reduce((sum, value) => sum + value, 0) / grays.length);
      const around = (centreOf: (pixel: number[]) => number) =>
        perPixel(image, (pixel) => pixel.map((value) => scaled(value, centreOf(pixel), factor)));
      expect([...adjustContrast(image, factor).data]).toEqual(around(() => mean));
      if (image.channels === 3) expect([...adjustSaturation(image, factor).data]).toEqual(around(lumaOf));
      expect([...(await applyOperations(image, { brightness1024: factor })).data]).toEqual(around(() => 0));
    }),
  );
});

test('hue turns by the matrix of Rodrigues in 4096ths', () => {
  fc.assert(
    fc.property(images, fc.integer({ min: -180, max: 180 }), (image, degrees) => {
      const radians = (degrees * Math.PI) / 180;
      const third = (1 - Math.cos(radians)) / 3;
      const [b, c] = [-1, 1].map((sign) => Math.round(4096 * (third + (sign * Math.sin(radians)) / Math.sqrt(3))));
      const rows = [0, 1, 2].map((row) =>
        [0, 1, 2].map((column) => [4096 - (b ?? 0) - (c ?? 0), b, c][(column - row + 3) % 3]),
      );
      const expected = perPixel(image, (pixel) =>
        image.channels === 1
          ? pixel
          : rows.map((row) =>
              Math.floor((row.reduce<number>((sum, w, k) => sum + (w ?? 0) * (pixel[k] ?? 0), 0) + 2048) / 4096),
            ),
      );
      expect([...rotateHue(image, degrees).data]).toEqual(expected);
    }),
  );
});

test('a blur is the weighted mean across, then down, the border repeated', () => {
  fc.assert(
    fc.property(images, fc.double({ min: 0.01, max: 6, noNaN: true }), (image, sigma) => {
      const { width, height, channels } = image;
      const reach = Math.ceil(3 * sigma);
      const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
      const sum = bell.reduce((total, value) => total + value, 0);
      const weights = bell.map((value) => Math.round((value / sum) * 65536));
      weights[reach] = (weights[reach] ?? 0) + 65536 - weights.reduce((total, value) => total + value, 0);
      const clamp = (place: number, size: number) => Math.max(0, Math.min(size - 1, place));
      const blurred = (data: ArrayLike<number>, offset: (x: number, y: number, i: number) => number) =>
        Array.from({ length: width * height * channels }, (_, at) => {
          const [x, y] = [Math.floor(at / channels) % width, Math.floor(at / channels / width)];
          const total = weights.reduce(
            (so, weight, i) => so + weight * (data[offset(x, y, i - reach) * channels + (at % channels)] ?? 0),
            32768,
          );
          return Math.floor(total / 65536);
        });
      const across = blurred(image.data, (x, y, i) => y * width + clamp(x + i, width));
      const down = blurred(across, (x, y, i) => clamp(y + i, height) * width + x);
      expect([...blurImage(image, sigma).data]).toEqual(down);
    }),
    { numRuns: 60 },
  );
});

test('noise of each value comes from its place and the seed alone', () => {
  const deviation = 13;
  const scale = Math.round((deviation / 147.8) * 65536);
  fc.assert(
    fc.property(images, fc.nat(2 ** 31 - 1), (image, seed) => {
      const noiseAt = (at: number) => {
        let word = seed ^ Math.imul(at + 1, 0x9e3779b9);
        word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
        word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
        word ^= word >>> 16;
        const sum = [0, 8, 16, 24].reduce((total, bits) => total + ((word >>> bits) & 255), -510);
        return Math.floor((sum * scale + 32768) / 65536);
      };
      const expected = perPixel(image, (pixel, i) => pixel.map((value, c) => value + noiseAt(i * pixel.length + c)));
      expect([...addNoise(image, deviation, seed).data]).toEqual(expected);
    }),
  );
});

test('a square is covered with the mean of each channel, and quarter turns move whole pixels', () => {
  fc.assert(
    fc.property(images, fc.integer({ min: 1, max: 3 }), (image, turns) => {
      const { width, channels, data } = image;
      const covered = cutOut({ ...image, height: 1, data: data.subarray(0, width * channels) }, 1, 0.5, 0.5).data;
      const middle = Math.round(width * 0.5 - 0.5);
      for (let c = 0; c < channels; c++) {
        const own = Array.from({ length: width }, (_, x) => data[x * channels + c] as number);
        expect(covered[middle * channels + c]).toBe(Math.round(own.reduce((sum, value) => sum + value, 0) / width));
      }
      const square = noiseImage(width, width, channels, turns);
      const back = quarterTurns(quarterTurns(square, turns), 4 - turns);
      expect(back.data).toEqual(square.data);
    }),
  );
});
