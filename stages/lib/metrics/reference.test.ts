import { expect, test } from 'vitest';
import { randomStream } from '../../../src/sdk/index.ts';
import { bootstrapIntervals, quantile } from './bootstrap.ts';
import { calibrationError, reliabilityBins } from './calibration.ts';
import { measure, measurePrepared, type Predictions, prepare } from './classification.ts';
import { type LabelPredictions, measureLabels, prepareLabels } from './multi-label.ts';
import { areaUnderRoc, rankSamples } from './ranking.ts';

/** 24 samples of three classes, 12, 8 and 4, with scores made by a rule; the expected numbers are scikit-learn 1.9.1's. */
const LABELS = [...Array(12).fill(0), ...Array(8).fill(1), ...Array(4).fill(2)] as number[];
const SCORES = [
  0.0526, 0.6316, 0.3158, 0.3052, 0.4218, 0.273, 0.4517, 0.1305, 0.4178, 0.6143, 0.2755, 0.1102, 0.1429, 0.5357, 0.3214,
  0.4737, 0.0929, 0.4334, 0.67, 0.264, 0.066, 0.2933, 0.4594, 0.2473, 0.35, 0.05, 0.6, 0.4431, 0.1453, 0.4116, 0.5929,
  0.2799, 0.1272, 0.3029, 0.429, 0.2681, 0.3448, 0.1379, 0.5173, 0.4505, 0.4595, 0.09, 0.0958, 0.6486, 0.2556, 0.273,
  0.2833, 0.4437, 0.619, 0.3333, 0.0477, 0.0395, 0.7233, 0.2372, 0.1489, 0.5782, 0.2729, 0.2872, 0.295, 0.4178, 0.5333,
  0.3333, 0.1334, 0.1166, 0.4373, 0.4461, 0.2786, 0.0929, 0.6285, 0.462, 0.264, 0.274,
];
const PREDICTIONS: Predictions = {
  classes: 3,
  labels: Int32Array.from(LABELS),
  probabilities: Float32Array.from(SCORES),
};

test('one label: scikit-learn measures the same', () => {
  const metrics = measure(PREDICTIONS);
  expect(metrics.accuracy).toBe(0.5);
  const expected = {
    balancedAccuracy: 0.5,
    macroPrecision: 0.48148148148148145,
    macroRecall: 0.5,
    macroF1: 0.4806722689075629,
    weightedPrecision: 0.5370370370370371,
    weightedRecall: 0.5,
    weightedF1: 0.5092436974789916,
    microF1: 0.5,
    rocAuc: 0.6834780092592592,
    averagePrecision: 0.6004230879087858,
    brier: 0.6251098451759729,
    calibrationError: 0.10834583515922229,
  };
  for (const [name, value] of Object.entries(expected))
    expect(metrics[name as keyof typeof expected], name).toBeCloseTo(value, 7);
  expect(metrics.loss).toBeCloseTo(1.0641449911675407, 4);
});

test('two classes: scikit-learn measures the same', () => {
  const second = LABELS.map((_, i) => SCORES[i * 3 + 1] as number);
  const predictions = {
    classes: 2,
    labels: Int32Array.from(LABELS, (label) => (label === 1 ? 1 : 0)),
    probabilities: Float32Array.from(second.flatMap((p) => [1 - p, p])),
  };
  const metrics = measure(predictions);
  expect(metrics.rocAuc).toBeCloseTo(0.72265625, 9);
  expect(metrics.averagePrecision).toBeCloseTo(0.6493589743589743, 9);
  expect(metrics.brier).toBeCloseTo(0.19921861886453027, 6);
});

const LABELLED: LabelPredictions = {
  classes: 3,
  truth: Uint8Array.from(LABELS.flatMap((_, i) => [i % 2, i % 3 === 0 ? 1 : 0, i % 5 < 2 ? 1 : 0])),
  probabilities: Float32Array.from(SCORES),
};

test('several labels: scikit-learn measures the same', () => {
  const metrics = measureLabels(prepareLabels(LABELLED, [0.33, 0.33, 0.33]), null);
  const expected = {
    accuracy: 0.125,
    microPrecision: 0.3333333333333333,
    microRecall: 0.36666666666666664,
    microF1: 0.3492063492063492,
    macroPrecision: 0.3333333333333333,
    macroRecall: 0.36388888888888893,
    macroF1: 0.3441520467836257,
    weightedPrecision: 0.3444444444444444,
    weightedRecall: 0.36666666666666664,
    weightedF1: 0.3519298245614035,
    rocAuc: 0.44649057539682535,
    averagePrecision: 0.4080123611080419,
    loss: 0.8441350557376089,
  };
  for (const [name, value] of Object.entries(expected))
    expect(metrics[name as keyof typeof expected], name).toBeCloseTo(value, 6);
});

test('weights count samples: twice the weight is the sample twice', () => {
  const twice = [3, 3, 7, 20];
  const places = LABELS.flatMap((_, i) => Array<number>(1 + twice.filter((each) => each === i).length).fill(i));
  const repeated: Predictions = {
    classes: 3,
    labels: Int32Array.from(places, (i) => LABELS[i] as number),
    probabilities: Float32Array.from(places.flatMap((i) => SCORES.slice(i * 3, i * 3 + 3))),
  };
  const weights = Uint16Array.from(LABELS, (_, i) => places.filter((each) => each === i).length);
  const weighted = measurePrepared(prepare(PREDICTIONS), weights);
  for (const [name, value] of Object.entries(measure(repeated)))
    expect(weighted[name as keyof typeof weighted], name).toBeCloseTo(value, 12);
});

test('bins of the reliability diagram hold every claim once, and add up to the calibration error', () => {
  const { claims } = prepare(PREDICTIONS);
  const bins = reliabilityBins(claims).filter(({ count }) => count > 0);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(24);
  const error = bins.reduce((sum, { count, claimed, share }) => sum + (count / 24) * Math.abs(claimed - share), 0);
  expect(calibrationError(claims)).toBeCloseTo(error, 12);
  for (const { share, shareLow, shareHigh } of bins) {
    expect(shareLow).toBeLessThanOrEqual(share);
    expect(shareHigh).toBeGreaterThanOrEqual(share);
  }
});

test("quantiles are NumPy's", () => {
  expect(quantile([1, 2, 4, 8], 0.025)).toBeCloseTo(1.075, 12);
  expect(quantile([1, 2, 4, 8], 0.975)).toBeCloseTo(7.7, 12);
});

test('equal seeds give equal intervals, and an interval holds what was measured', () => {
  const families = LABELS.map((_, i) => String(i));
  const prepared = prepare(PREDICTIONS);
  const draw = (seed: number) =>
    bootstrapIntervals({ families, strata: LABELS }, 500, randomStream(seed, 'bootstrap'), (weights) =>
      measurePrepared(prepared, weights),
    );
  const intervals = draw(1);
  expect([...draw(1)]).toEqual([...intervals]);
  expect([...draw(2)]).not.toEqual([...intervals]);
  const metrics = measure(PREDICTIONS);
  for (const name of ['macroF1', 'rocAuc', 'loss', 'averagePrecision'] as const) {
    const [low, high] = intervals.get(name) ?? [Number.NaN, Number.NaN];
    expect(low, name).toBeLessThan(metrics[name] as number);
    expect(high, name).toBeGreaterThan(metrics[name] as number);
  }
});

test('families are drawn together, and each class keeps its number of families', () => {
  const families = ['a', 'a', 'b', 'c', 'd'];
  const strata = [0, 0, 0, 1, 1];
  bootstrapIntervals({ families, strata }, 100, randomStream(0, 'bootstrap'), (weights) => {
    const [first = 0, copy, second = 0, third = 0, fourth = 0] = weights;
    expect(copy).toBe(first);
    expect([first + second, third + fourth]).toEqual([2, 2]);
    return {};
  });
});

test('the 95 % interval of an area covers the true one in about 95 of 100 sets', () => {
  // Scores of positives are normal around 1, of negatives around 0: the area is the chance that the difference, of deviation
  // sqrt 2, is positive.
  const truth = 0.7602499389065233;
  const random = randomStream(7, 'coverage');
  let covered = 0;
  for (let set = 0; set < 300; set++) {
    const labels = Int32Array.from({ length: 80 }, (_, i) => i % 2);
    const second = Array.from(labels, (label) => random.normal() + label);
    const ranking = rankSamples(
      80,
      (i) => second[i] as number,
      (i) => labels[i] === 1,
    );
    const sampled = { families: second.map((_, i) => String(i)), strata: labels };
    const intervals = bootstrapIntervals(sampled, 200, randomStream(set, 'bootstrap'), (weights) => ({
      rocAuc: areaUnderRoc(ranking, weights),
    }));
    const [low, high] = intervals.get('rocAuc') ?? [0, 0];
    if (low <= truth && truth <= high) covered++;
  }
  expect(covered / 300).toBeGreaterThan(0.91);
  expect(covered / 300).toBeLessThan(0.98);
});
