import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomStream } from '../../base/random.ts';
import { drawBinomial } from './binomial-draw.ts';
import { bcaInterval, bootstrap, bootstrapP, percentileInterval } from './bootstrap.ts';
import { CONFUSION_SCORES, cellsOf, scoreDifferences, scoresWithIntervals } from './confusion-scores.ts';
import {
  chiSquareOneSurvival,
  fairBinomialAtMost,
  fSurvival,
  studentQuantile,
  studentTwoSided,
} from './distributions.ts';
import { holm } from './holm.ts';
import { mcnemar } from './mcnemar.ts';
import { pairedDifference, wilson } from './proportion.ts';
import { correctedResampledT, fiveByTwoF, pairedT, spreadOf, welch } from './repeats.ts';
import { delongDifference, rocArea, rocAreaDifference, type Scored } from './roc-area.ts';
import { normalQuantile, normalSurvival } from './special-functions.ts';

/** Values of scipy, statsmodels and scikit-learn: `test/fixtures/statistics.py` says of which versions. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/statistics.json', import.meta.url), 'utf8'),
) as {
  readonly [name: string]: number[][];
} & {
  readonly holm: { p: number[]; corrected: number[] };
  readonly welch: { first: number[]; second: number[]; p: number; low: number; high: number };
  readonly pairedT: { differences: number[]; p: number; low: number; high: number };
  readonly scores: { labels: number[]; first: number[]; second: number[]; ofFirst: number[]; ofSecond: number[] };
  readonly bootstrapMean: { values: number[]; bca: [number, number]; percentile: [number, number] };
  readonly delong: { positive: number[]; first: number[]; second: number[]; areas: number[]; error: number; p: number };
  readonly resampledT: { differences: number[]; testShare: number; t: number; p: number };
  readonly fiveByTwo: { differences: [number, number][]; f: number; p: number };
};

const DIGITS = 10;

test.each([
  ['studentTwoSided', studentTwoSided],
  ['studentQuantile', studentQuantile],
  ['fSurvival', fSurvival],
  ['normalSurvival', normalSurvival],
  ['normalQuantile', normalQuantile],
  ['binomialAtMost', fairBinomialAtMost],
] as const)('%s agrees with scipy, near and far from the middle', (name, compute) => {
  for (const row of reference[name] ?? []) {
    const expected = row.at(-1) ?? Number.NaN;
    const value = (compute as (...args: number[]) => number)(...row.slice(0, -1));
    expect([row, Math.abs(value - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected))]).toEqual([row, true]);
  }
});

test('Wilson intervals agree with statsmodels, and with those published for screws, plates and scenes', () => {
  for (const [hits = 0, total = 0, low = 0, high = 0] of reference.wilson ?? []) {
    expect(wilson(hits, total).low).toBeCloseTo(low, DIGITS);
    expect(wilson(hits, total).high).toBeCloseTo(high, DIGITS);
  }
  const rounded = (hits: number, total: number) =>
    Object.values(wilson(hits, total)).map((each) => Number(each.toFixed(4)));
  expect([rounded(48, 50), rounded(30, 34), rounded(718, 807), rounded(23, 25)]).toEqual([
    [0.8654, 0.989],
    [0.7338, 0.9533],
    [0.8662, 0.9095],
    [0.7503, 0.9778],
  ]);
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
});

test('McNemar agrees with statsmodels: exact, with correction, and mid-p', () => {
  for (const [gained = 0, lost = 0, exact = 0, corrected = 0, midP = 0] of reference.mcnemar ?? []) {
    const p = mcnemar(gained, lost);
    // statsmodels squares (|b - c| - 1) also for b = c, where Edwards' correction has nothing to correct.
    expect(p.exact).toBeCloseTo(exact, DIGITS);
    if (gained !== lost) expect(p.corrected).toBeCloseTo(corrected, DIGITS);
    expect(p.midP).toBeCloseTo(midP, DIGITS);
  }
  expect(mcnemar(0, 0)).toEqual({ exact: 1, midP: 1, corrected: 1 });
});

/** Complete response before and after consolidation therapy (Cavo et al., 2012): [[59, 6], [16, 80]]. */
test('McNemar and the paired difference agree with the published paired table of 161 patients', () => {
  // Values of the R package contingencytables 3 to Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables.
  const p = mcnemar(6, 16);
  expect([p.exact.toFixed(6), p.midP.toFixed(6), p.corrected.toFixed(6)]).toEqual(['0.052479', '0.034690', '0.055009']);
  const { low, high } = pairedDifference(6, 16, 161);
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['-0.1240', '-0.0054']);
});

test('the paired interval is mirrored when the two change places, and excludes 0 as the uncorrected test rejects', () => {
  for (const [gained, lost, total] of [
    [6, 16, 161],
    [0, 5, 20],
    [0, 0, 50],
    [30, 18, 807],
    [31, 17, 807],
    [10, 0, 10],
  ] as const) {
    const [one, other] = [pairedDifference(gained, lost, total), pairedDifference(lost, gained, total)];
    expect(one.low).toBeCloseTo(-other.high, 9);
    expect(one.low).toBeLessThanOrEqual((gained - lost) / total);
    const p = gained === lost ? 1 : chiSquareOneSurvival((gained - lost) ** 2 / (gained + lost));
    expect(one.low > 0 || one.high < 0).toBe(p < 0.05);
  }
});

test('Holm agrees with statsmodels, keeps the order, and leaves out what has no test', () => {
  const { p, corrected } = reference.holm;
  holm(p).forEach((each, place) => {
    expect(each).toBeCloseTo(corrected[place] ?? Number.NaN, DIGITS);
  });
  expect(holm([0.04, null, 0.01])).toEqual([0.04, null, 0.02]);
  expect(holm([])).toEqual([]);
});

test('Welch and the paired t test agree with scipy', () => {
  const { first, second, ...expected } = reference.welch;
  const made = welch(first, second);
  for (const name of ['p', 'low', 'high'] as const) expect(made?.[name]).toBeCloseTo(expected[name], DIGITS);
  const paired = pairedT(reference.pairedT.differences);
  for (const name of ['p', 'low', 'high'] as const) expect(paired?.[name]).toBeCloseTo(reference.pairedT[name], DIGITS);
  expect([welch([0.9], [0.8, 0.9]), pairedT([0.1])]).toEqual([null, null]);
});

test("the corrected resampled t test gives what scikit-learn's guide prints for 10 x 10 folds: t 0.750, one-sided p 0.227", () => {
  const { differences, testShare, p } = reference.resampledT;
  const made = correctedResampledT(differences, testShare);
  expect(made?.p).toBeCloseTo(p, DIGITS);
  expect(((made?.p ?? 0) / 2).toFixed(3)).toBe('0.227');
  expect(made?.p).toBeGreaterThan((pairedT(differences)?.p ?? 1) * 10);
});

test("the 5 x 2 F test gives what mlxtend's guide prints: F 1.053, p 0.509", () => {
  const { f, p } = fiveByTwoF(reference.fiveByTwo.differences);
  expect([f.toFixed(3), p.toFixed(3)]).toEqual(['1.053', '0.509']);
  expect(p).toBeCloseTo(reference.fiveByTwo.p, DIGITS);
  expect(
    fiveByTwoF([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]).p,
  ).toBe(1);
  expect(() => fiveByTwoF([[0, 0]])).toThrow(RangeError);
});

test('mean and spread of three seeds: the interval of the mean is that of Student with two degrees', () => {
  const { mean, sd, interval } = spreadOf([0.9, 0.91, 0.92]);
  expect([mean, sd]).toEqual([expect.closeTo(0.91, 12), expect.closeTo(0.01, 12)]);
  // 4.302653 is the 0.975 quantile of t with 2 degrees in any table.
  expect(interval?.high).toBeCloseTo(0.91 + (4.302653 * 0.01) / Math.sqrt(3), 6);
  expect(spreadOf([0.9])).toEqual({ count: 1, mean: 0.9, sd: null, interval: null });
});

const { labels, first, second, ofFirst, ofSecond } = reference.scores;
const paired = cellsOf(3, Int32Array.from(labels), Int32Array.from(first), Int32Array.from(second));

test('scores from cells agree with scikit-learn, and so do their differences', () => {
  const scores = scoresWithIntervals(paired);
  const differences = scoreDifferences(paired);
  CONFUSION_SCORES.forEach((name, place) => {
    const [a, b] = [ofFirst[place] ?? 0, ofSecond[place] ?? 0];
    expect(scores[name].value).toBeCloseTo(a, DIGITS);
    expect(differences[name].difference).toBeCloseTo(b - a, DIGITS);
    expect(scores[name].low).toBeLessThan(a);
    expect(scores[name].high).toBeGreaterThan(a);
  });
  expect(scoresWithIntervals(paired)).toEqual(scores);
});

test('percentile and BCa intervals of a skewed mean agree with scipy', () => {
  const { values, bca, percentile } = reference.bootstrapMean;
  const mean = (counts: Float64Array) => [
    values.reduce((sum, each, i) => sum + each * (counts[i] ?? 0), 0) / values.length,
  ];
  const counts = new Float64Array(values.length).fill(1);
  const [draws = new Float64Array()] = bootstrap({ counts }, mean, 'test', 40_000);
  const total = values.reduce((sum, each) => sum + each, 0);
  const left = Float64Array.from(values, (each) => (total - each) / (values.length - 1));
  const near = (made: { low: number; high: number }, [low, high]: [number, number]) => {
    // Both sides draw: bounds of 40,000 and of 200,000 draws differ by about a hundredth of the width.
    const tolerance = 0.03 * (high - low);
    expect(Math.abs(made.low - low)).toBeLessThan(tolerance);
    expect(Math.abs(made.high - high)).toBeLessThan(tolerance);
  };
  near(percentileInterval(draws), percentile);
  near(bcaInterval(draws, total / values.length, left, counts), bca);
});

test('a stratum keeps its size in every resample, and cells with many samples vary as the binomial does', () => {
  const counts = Float64Array.of(30, 70, 5, 15);
  const sums: number[] = [];
  const [draws = new Float64Array()] = bootstrap(
    { counts, strata: [0, 0, 1, 1] },
    (drawn) => {
      sums.push((drawn[0] ?? 0) + (drawn[1] ?? 0));
      return [drawn[0] ?? 0];
    },
    'strata',
    4000,
  );
  expect(new Set(sums)).toEqual(new Set([100]));
  const { mean, sd } = spreadOf([...draws]);
  expect(Math.abs(mean - 30)).toBeLessThan(0.3);
  expect(Math.abs((sd ?? 0) - Math.sqrt(100 * 0.3 * 0.7))).toBeLessThan(0.2);
});

test.each([
  [5, 0.3],
  [40, 0.1],
  [1000, 0.4],
  [100_000, 0.9],
])('binomial draws of %d throws with chance %d have the mean and the variance they should', (n, p) => {
  const random = randomStream(3, `binomial ${n}`);
  const { mean, sd } = spreadOf(Array.from({ length: 20_000 }, () => drawBinomial(random, n, p)));
  const expectedSd = Math.sqrt(n * p * (1 - p));
  expect(Math.abs(mean - n * p)).toBeLessThan((4 * expectedSd) / Math.sqrt(20_000));
  expect(Math.abs((sd ?? 0) / expectedSd - 1)).toBeLessThan(0.03);
});

const scored = (scores: readonly number[]): Scored => ({
  scores: Float64Array.from(scores),
  positive: Uint8Array.from(reference.delong.positive),
});

test("areas agree with scikit-learn, and DeLong's test with its definition over all pairs", () => {
  const { areas, error, p } = reference.delong;
  const [a, b] = [scored(reference.delong.first), scored(reference.delong.second)];
  expect([rocArea(a)?.value, rocArea(b)?.value]).toEqual(areas.map((each) => expect.closeTo(each, DIGITS)));
  const made = delongDifference(a, b);
  expect(made?.p).toBeCloseTo(p, DIGITS);
  expect(((made?.high ?? 0) - (made?.low ?? 0)) / 2).toBeCloseTo(1.959963984540054 * error, DIGITS);
  expect(rocArea({ scores: Float64Array.of(1), positive: Uint8Array.of(1) })).toBeNull();
});

test('the bootstrap of an area agrees with DeLong', () => {
  const [a, b] = [scored(reference.delong.first), scored(reference.delong.second)];
  const [drawn, closed] = [rocAreaDifference(a, b), delongDifference(a, b)];
  expect(drawn?.test).toBe('bootstrap');
  const width = (closed?.high ?? 0) - (closed?.low ?? 0);
  expect(Math.abs((drawn?.low ?? 9) - (closed?.low ?? 0))).toBeLessThan(0.15 * width);
  expect(Math.abs((drawn?.high ?? 9) - (closed?.high ?? 0))).toBeLessThan(0.15 * width);
});

test('no finite number of draws shows that a chance is 0', () => {
  expect(bootstrapP(new Float64Array(999).fill(1))).toBe(0.002);
  expect(bootstrapP(new Float64Array(999))).toBe(1);
});
