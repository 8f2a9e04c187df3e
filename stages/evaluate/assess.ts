/** What predictions are worth, for one label an image as for several: numbers, intervals, and which answers were right. */

import { groupedWilson } from '../../src/base/grouped-wilson.ts';
import type { Sample } from '../../src/generated/sample.ts';
import type { Random } from '../../src/sdk/index.ts';
import type { Decision } from '../lib/evaluation/decision.ts';
import { applyTemperature } from '../lib/evaluation/decision.ts';
import { bootstrapIntervals, type Interval, resamplesFor } from '../lib/metrics/bootstrap.ts';
import type { Claims } from '../lib/metrics/calibration.ts';
import { type ClassCounts, countsOf, metricsOf } from '../lib/metrics/class-metrics.ts';
import { confusionOf, type MetricName, measurePrepared, prepare } from '../lib/metrics/classification.ts';
import { labelCounts, measureLabels, prepareLabels } from '../lib/metrics/multi-label.ts';
import type { Ranking } from '../lib/metrics/ranking.ts';

export interface Assessment {
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  /** 95 %: Wilson's for accuracy, bootstrap for the rest; both by unit. */
  readonly intervals: ReadonlyMap<string, Interval>;
  readonly resamples: number;
  readonly counts: readonly ClassCounts[];
  /** Of F1 of each class. */
  readonly f1Intervals: readonly (Interval | null)[];
  /** Places of the classes each image has, and is said to have. */
  readonly truths: readonly (readonly number[])[];
  readonly guesses: readonly (readonly number[])[];
  /** Of each image: -log of the probability of the truth. */
  readonly losses: Float64Array;
  readonly claims: Claims;
  /** Of each class, or of the second of two. */
  readonly rankings: readonly Ranking[];
  /** By true and predicted class; null where images have several labels. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** Tempered; shape [n, classes]. */
  readonly probabilities: Float32Array;
}

export interface Answers {
  readonly classes: readonly string[];
  readonly samples: readonly Sample[];
  /** What each belongs to: images of one name are no independent evidence. */
  readonly units: readonly string[];
  readonly labels: Int32Array;
  /** Shape [n, classes], where images have several labels. */
  readonly truth: Uint8Array | undefined;
  readonly probabilities: Float32Array;
}

/** Where nothing was chosen: with several labels an image, a label is predicted from this probability on. */
const EVEN = 0.5;

export function assess(answers: Answers, decision: Decision | null, random: Random): Assessment {
  const { classes, truth, probabilities } = answers;
  const tempered = applyTemperature(probabilities, classes.length, truth !== undefined, decision?.temperature ?? 1);
  const known = { ...answers, probabilities: tempered };
  return truth === undefined ? assessOne(known, decision, random) : assessSeveral(known, truth, decision, random);
}

function assessOne(answers: Answers, decision: Decision | null, random: Random): Assessment {
  const { classes, samples, labels, probabilities } = answers;
  const threshold = decision?.thresholds?.[classes[1] ?? ''] ?? null;
  const prepared = prepare({ classes: classes.length, labels, probabilities }, threshold);
  const confusion = confusionOf({ classes: classes.length, labels }, prepared.predicted, null);
  return {
    ...withIntervals(answers, labels, random, rightOf(labels, prepared.predicted), (weights) => ({
      metrics: measurePrepared(prepared, weights),
      counts: countsOf(confusionOf({ classes: classes.length, labels }, prepared.predicted, weights)),
    })),
    truths: samples.map((_, i) => [labels[i] as number]),
    guesses: samples.map((_, i) => [prepared.predicted[i] as number]),
    losses: prepared.losses,
    claims: prepared.claims,
    rankings: prepared.rankings,
    confusion,
    probabilities,
  };
}

function rightOf(labels: Int32Array, predicted: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(labels, (label, i) => (label === predicted[i] ? 1 : 0));
}

function assessSeveral(answers: Answers, truth: Uint8Array, decision: Decision | null, random: Random): Assessment {
  const { classes, samples, probabilities } = answers;
  const thresholds = classes.map((name) => decision?.thresholds?.[name] ?? EVEN);
  const prepared = prepareLabels({ classes: classes.length, truth, probabilities }, thresholds);
  const placesIn = (flags: Uint8Array, i: number) =>
    classes.flatMap((_, k) => (flags[i * classes.length + k] === 1 ? [k] : []));
  return {
    ...withIntervals(answers, new Uint8Array(samples.length), random, prepared.exact, (weights) => ({
      metrics: measureLabels(prepared, weights),
      counts: labelCounts(prepared, weights),
    })),
    truths: samples.map((_, i) => placesIn(truth, i)),
    guesses: samples.map((_, i) => placesIn(prepared.predicted, i)),
    losses: prepared.losses,
    claims: prepared.claims,
    rankings: prepared.rankings,
    confusion: null,
    probabilities,
  };
}

interface Measured {
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  readonly counts: readonly ClassCounts[];
}

/** @param strata  resamples keep the number of units of each. @param right  1 for each image whose answer is all right. */
function withIntervals(
  { classes, samples, units }: Answers,
  strata: ArrayLike<number>,
  random: Random,
  right: ArrayLike<number>,
  measureUnder: (weights: Uint16Array | null) => Measured,
): Pick<Assessment, 'metrics' | 'intervals' | 'resamples' | 'counts' | 'f1Intervals'> {
  const { metrics, counts } = measureUnder(null);
  const resamples = resamplesFor(samples.length * (2 * classes.length + 4));
  const f1Name = (k: number) => `F1 of class ${k}`;
  const drawn = bootstrapIntervals<string>({ families: units, strata }, resamples, random, (weights) => {
    const measured = measureUnder(weights);
    const f1s = measured.counts.map((each, k) => [f1Name(k), metricsOf(each).f1] as const);
    return { ...measured.metrics, ...Object.fromEntries(f1s) };
  });
  const intervals = new Map<string, Interval>(drawn).set('accuracy', groupedWilson(right, units));
  const error = drawn.get('calibrationError');
  if (error !== undefined) intervals.set('calibrationError', mirrored(error, metrics.calibrationError ?? 0));
  return {
    metrics,
    intervals,
    resamples,
    counts,
    f1Intervals: classes.map((_, k) => drawn.get(f1Name(k)) ?? null),
  };
}

/**
 * The basic bootstrap interval: a resample repeats samples, which looks miscalibrated, so its calibration errors are too large
 * by about as much as the set's own is larger than the true one.
 */
function mirrored([low, high]: Interval, value: number): Interval {
  return [Math.max(0, 2 * value - high), Math.max(0, 2 * value - low)];
}
