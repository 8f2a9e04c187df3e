import { expect, test } from 'vitest';
import { wilsonInterval } from '../../../src/base/wilson.ts';
import { classMetrics, confusionMatrix, logLoss, measure, type Predictions, rocAuc } from './classification.ts';

/** Predictions of two classes from true labels and the probability of the second. */
function binary(labels: readonly number[], second: readonly number[]): Predictions {
  return {
    classes: 2,
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(second.flatMap((p) => [1 - p, p])),
  };
}

/** Predictions that give a confusion matrix. */
function fromConfusion(confusion: readonly (readonly number[])[]): Predictions {
  const pairs = confusion.flatMap((row, truth) =>
    row.flatMap((count, k) => new Array<[number, number]>(count).fill([truth, k])),
  );
  const classes = confusion.length;
  const probabilities = pairs.flatMap(([, k]) => Array.from({ length: classes }, (_, i) => (i === k ? 1 : 0)));
  return {
    classes,
    labels: Int32Array.from(pairs, ([truth]) => truth),
    probabilities: Float32Array.from(probabilities),
  };
}

test('Wilson intervals of published screw and plate results', () => {
  const rounded = (hits: number, total: number) => wilsonInterval(hits, total).map((bound) => Number(bound.toFixed(4)));
  expect(rounded(48, 50)).toEqual([0.8654, 0.989]);
  expect(rounded(30, 34)).toEqual([0.7338, 0.9533]);
  expect(rounded(718, 807)).toEqual([0.8662, 0.9095]);
  expect(rounded(23, 25)).toEqual([0.7503, 0.9778]);
});

test('a Wilson interval never leaves 0 to 1, and nothing seen means nothing known', () => {
  for (let hits = 0; hits <= 10; hits++) {
    const [low, high] = wilsonInterval(hits, 10);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
    expect(high - low).toBeGreaterThan(0.2);
  }
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
});

test('the screw inspection of 50 parts: accuracy 0.96, precision 1, recall 0.92, F1 0.9583', () => {
  const predictions = fromConfusion([
    [25, 0],
    [2, 23],
  ]);
  const confusion = confusionMatrix(predictions);
  expect(confusion).toEqual([
    [25, 0],
    [2, 23],
  ]);
  const [, defective] = classMetrics(confusion);
  expect(defective).toEqual({ precision: 1, recall: 0.92, f1: 46 / 48, support: 25, predicted: 23 });
  expect(measure(predictions).accuracy).toBe(0.96);
});

test('balanced accuracy is the mean recall of the classes that occur', () => {
  const metrics = measure(
    fromConfusion([
      [9, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]),
  );
  expect(metrics.accuracy).toBeCloseTo(10 / 12, 12);
  expect(metrics.balancedAccuracy).toBeCloseTo((0.9 + 0.5) / 2, 12);
});

test('log loss is the mean of -log p, and one impossible sample does not make it infinite', () => {
  expect(logLoss(binary([1, 0], [0.8, 0.4]))).toBeCloseTo((-Math.log(0.8) - Math.log(0.6)) / 2, 6);
  expect(logLoss(binary([1], [0]))).toBeCloseTo(-Math.log(1e-7), 6);
});

test('the area under the ROC curve counts pairs, ties half', () => {
  // Positives 0.8, 0.4; negatives 0.4, 0.1: of four pairs three are right and one is a tie.
  expect(rocAuc(binary([1, 1, 0, 0], [0.8, 0.4, 0.4, 0.1]), 1)).toBe(0.875);
  expect(rocAuc(binary([0, 0, 1], [0.1, 0.2, 0.9]), 1)).toBe(1);
  expect(rocAuc(binary([1, 1], [0.1, 0.2]), 1)).toBeNaN();
});
