import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random.ts';
import { kernelWidths } from './kernel-widths.ts';
import {
  cellExcess,
  erf,
  inverseLogCdf,
  isNarrowCell,
  LOG_SQRT_2PI,
  logCdf,
  logMass,
  truncatedQuantile,
} from './normal.ts';
import { ageWeights, parzenMixture } from './parzen.ts';
import { SOBOL_DIMENSIONS, sobolBits } from './sobol-sampler.ts';
import { spaceOf, tableOf } from './testing.ts';

// By 60-digit arithmetic (mpmath 1.3).
test.each([
  [-1000, -500007.8266948122],
  [-40, -804.6084420137538],
  [-8, -35.01343715991456],
  [-1, -1.8410216450092636],
  [0, -Math.LN2],
  [0.6, -0.3205539719875189],
  [3, -0.0013508099647481938],
])('the log distribution function at %d is exact to 13 digits', (z, expected) => {
  expect(Math.abs(logCdf(z) / expected - 1)).toBeLessThan(1e-13);
});

test('the inverse undoes the log distribution function, also far out', () => {
  fc.assert(
    fc.property(fc.double({ min: -300, max: 5, noNaN: true }), (z) => {
      expect(Math.abs(inverseLogCdf(logCdf(z)) - z)).toBeLessThan(1e-9 * Math.max(1, Math.abs(z)));
    }),
  );
});

test('masses of neighbouring intervals add up, wherever they lie', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -60, max: 60, noNaN: true }),
      fc.double({ min: 0.01, max: 5, noNaN: true }),
      fc.double({ min: 0.01, max: 5, noNaN: true }),
      (from, first, second) => {
        const whole = logMass(from, from + first + second);
        const parts = [logMass(from, from + first), logMass(from + first, from + first + second)];
        const sum = parts.reduce((total, part) => total + Math.exp(part - whole), 0);
        expect(sum).toBeCloseTo(1, 9);
      },
    ),
  );
});

test('the mass of a narrow cell by its series is that by the distribution function, to 1e-7', () => {
  for (let width = 0.001; width <= 0.3; width += 0.013) {
    for (let z = 0; z < 12; z += 0.17) {
      if (!isNarrowCell(z, width)) continue;
      const mass = Math.log(width) - LOG_SQRT_2PI - 0.5 * z * z + cellExcess(z, width);
      expect(Math.abs(mass - logMass(z - width / 2, z + width / 2))).toBeLessThan(1e-7);
    }
  }
});

test('the error function is odd and reaches its limits', () => {
  expect([erf(-0.3) + erf(0.3), erf(0), erf(30), erf(-30)]).toEqual([0, 0, 1, -1]);
  expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 14);
});

test('quantiles of a cut normal rise within its ends', () => {
  for (const [a, b] of [
    [-1, 1],
    [-100, -99],
    [30, 40],
    [-0.001, 0.001],
  ] as const) {
    const places = [0, 0.1, 0.5, 0.9, 0.999].map((share) => truncatedQuantile(share, a, b));
    expect(places).toEqual(places.toSorted((x, y) => x - y));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(a);
    expect(Math.max(...places)).toBeLessThanOrEqual(b);
  }
});

test('the newest 25 observations and the prior weigh the same, older ones less', () => {
  expect(Array.from(ageWeights(2))).toEqual([1 / 3, 1 / 3, 1 / 3]);
  const weights = ageWeights(30);
  const last = weights.at(-1) as number;
  expect(weights.slice(5).every((weight) => weight === last)).toBe(true);
  expect((weights[0] as number) / last).toBeCloseTo(1 / 30, 12);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test('a kernel is as wide as its larger gap, the outermost looking inwards', () => {
  const widthsOf = (...centres: number[]) => {
    const [column] = tableOf([Float64Array.from(centres)], centres.length).columns;
    return kernelWidths(column?.codes ?? new Float64Array(), column?.order ?? new Uint32Array(), 0, 10);
  };
  expect(Array.from(widthsOf(7, 1, 4).widths)).toEqual([3, 3, 3]);
  expect(Array.from(widthsOf(2).widths)).toEqual([8]);
  const { widths, classOf, classes } = widthsOf(5, 5, 5, 5, 9);
  expect(Array.from(widths)).toEqual([10 / 7, 10 / 7, 10 / 7, 4, 4]);
  expect([classOf[1] === classOf[2], classOf[2] === classOf[3], classes]).toEqual([true, false, 3]);
});

test('the density of a mixture over all values of a stepped or chosen dimension adds up to 1', () => {
  const space = spaceOf({
    a: { range: [2, 11], integer: true },
    b: { range: [1, 40], log: true, integer: true },
    c: { choice: [1, 2, 3] },
  });
  const values = [10, 40, 3];
  for (const [place, dimension] of space.dimensions.entries()) {
    const observed = dimension.kind === 'choice' ? [0, 2, 2] : [2, 7, 7];
    const mixture = parzenMixture([dimension], tableOf([Float64Array.from(observed)], 3));
    const first = dimension.kind === 'choice' ? 0 : dimension.low;
    const all = Array.from({ length: values[place] ?? 0 }, (_, i) => Math.exp(mixture.logDensity([first + i])));
    expect(all.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 7);
    const random = randomStream(1, 'draws');
    const drawn = Array.from({ length: 4000 }, () => mixture.draw(random)[0]);
    for (const [i, chance] of all.entries()) {
      const found = drawn.filter((code) => code === first + i).length / drawn.length;
      expect(Math.abs(found - chance)).toBeLessThan(0.035);
    }
  }
});

test('Sobol points fill every dyadic interval of each dimension equally', () => {
  for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
    const cells = Array.from({ length: 64 }, (_, i) => Math.floor(sobolBits(i, dimension) / 2 ** 26));
    expect(new Set(cells).size).toBe(64);
  }
});

test('the first Sobol points are those of Joe and Kuo', () => {
  // scipy 1.17: qmc.Sobol(5, scramble=False).random(8), as a set, since scipy numbers points by Gray code.
  const points = Array.from({ length: 8 }, (_, i) => [0, 1, 2, 3, 4].map((d) => sobolBits(i, d) / 2 ** 32).join(' '));
  expect(points.toSorted()).toEqual(SOBOL_POINTS);
});

const SOBOL_POINTS: readonly string[] = [
  '0 0 0 0 0',
  '0.125 0.625 0.375 0.125 0.125',
  '0.25 0.75 0.75 0.75 0.25',
  '0.375 0.375 0.625 0.875 0.375',
  '0.5 0.5 0.5 0.5 0.5',
  '0.625 0.125 0.875 0.625 0.625',
  '0.75 0.25 0.25 0.25 0.75',
  '0.875 0.875 0.125 0.375 0.875',
];
