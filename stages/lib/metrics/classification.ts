/**
 * Metrics of a classifier that gives each sample one of several classes, from its predictions for a whole set: never averages
 * over batches.
 */
import { type Claims, calibrationError } from './calibration.ts';
import { averagesOf, countsOf, metricsOf, sum } from './class-metrics.ts';
import { areasOf, areaUnderRoc, type Ranking, rankSamples } from './ranking.ts';

export { classMetrics } from './class-metrics.ts';

/** Predictions of n samples over k classes. */
export interface Predictions {
  readonly classes: number;
  /** Place of each sample's true class. */
  readonly labels: Int32Array;
  /** Shape [n, k]; each row adds up to 1. */
  readonly probabilities: Float32Array;
}

export type MetricName = (typeof METRIC_NAMES)[number];
export const METRIC_NAMES = [
  'loss',
  'accuracy',
  'balancedAccuracy',
  'microPrecision',
  'microRecall',
  'microF1',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'weightedPrecision',
  'weightedRecall',
  'weightedF1',
  'rocAuc',
  'averagePrecision',
  'brier',
  'calibrationError',
] as const;

/** Metrics that are better when they are smaller. */
const ERRORS: ReadonlySet<MetricName> = new Set(['loss', 'brier', 'calibrationError']);

/** A probability of 0 for the true class would make one sample's loss infinite. */
export const SMALLEST_PROBABILITY = 1e-7;

/** What is computed once for a set of predictions and measured many times, under weights. */
export interface Prepared {
  readonly predictions: Predictions;
  /** Place of each sample's predicted class. */
  readonly predicted: Int32Array;
  readonly losses: Float64Array;
  readonly briers: Float64Array;
  /** The predicted class's probability, and whether it was right. */
  readonly claims: Claims;
  /** Of each class against all others; of two classes only the second. */
  readonly rankings: readonly Ranking[];
}

export function isMetricName(name: string): name is MetricName {
  return METRIC_NAMES.some((each) => each === name);
}

export function goalOf(metric: MetricName): 'minimize' | 'maximize' {
  return ERRORS.has(metric) ? 'minimize' : 'maximize';
}

/** The class with the largest probability; of equals the first. */
export function predictedClass({ classes, probabilities }: Predictions, sample: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if ((probabilities[sample * classes + k] as number) > (probabilities[sample * classes + best] as number)) best = k;
  }
  return best;
}

/** Counts by true class (row) and predicted class (column). */
export function confusionMatrix(predictions: Predictions): number[][] {
  return confusionOf(
    predictions,
    Int32Array.from(predictions.labels, (_, sample) => predictedClass(predictions, sample)),
    null,
  );
}

/** Mean of -log(probability of the true class), natural logarithm. NaN when a probability is. */
export function logLoss(predictions: Predictions): number {
  return mean(lossesOf(predictions), null);
}

/** Area under the ROC curve of one class against all others; see `areaUnderRoc`. */
export function rocAuc(predictions: Predictions, positive: number): number {
  return areaUnderRoc(rankClass(predictions, positive));
}

/**
 * @param threshold  of two classes: the second is predicted from this probability on; null: the more probable class is.
 */
export function prepare(predictions: Predictions, threshold: number | null = null): Prepared {
  const { classes, labels, probabilities } = predictions;
  const predicted = Int32Array.from(labels, (_, sample) =>
    threshold === null
      ? predictedClass(predictions, sample)
      : (probabilities[sample * classes + 1] as number) >= threshold
        ? 1
        : 0,
  );
  return {
    predictions,
    predicted,
    losses: lossesOf(predictions),
    briers: Float64Array.from(labels, (label, sample) => brierOf(predictions, sample, label)),
    claims: {
      probabilities: Float64Array.from(predicted, (k, sample) => probabilities[sample * classes + k] as number),
      came: Uint8Array.from(predicted, (k, sample) => (k === labels[sample] ? 1 : 0)),
      perSample: 1,
    },
    rankings: (classes === 2 ? [1] : [...Array(classes).keys()]).map((k) => rankClass(predictions, k)),
  };
}

/** All metrics by name; areas of more than two classes are means over the classes that occur, each against all others. */
export function measure(predictions: Predictions): Partial<Record<MetricName, number>> {
  return measurePrepared(prepare(predictions), null);
}

/** @param weights  how often each sample counts; null: once. */
export function measurePrepared(prepared: Prepared, weights: Uint16Array | null): Partial<Record<MetricName, number>> {
  const counts = countsOf(confusionOf(prepared.predictions, prepared.predicted, weights));
  const areas = prepared.rankings.map((each) => areasOf(each, weights));
  const occurring = counts.filter(({ support }) => support > 0);
  return {
    loss: mean(prepared.losses, weights),
    accuracy: sum(counts.map(({ hits }) => hits)) / sum(counts.map(({ support }) => support)),
    balancedAccuracy: sum(occurring.map((each) => metricsOf(each).recall)) / occurring.length,
    ...averagesOf(counts),
    rocAuc: meanArea(areas.map(({ roc }) => roc)),
    averagePrecision: meanArea(areas.map(({ averagePrecision }) => averagePrecision)),
    brier: mean(prepared.briers, weights),
    calibrationError: calibrationError(prepared.claims, weights),
  };
}

export function confusionOf(
  { classes, labels }: Pick<Predictions, 'classes' | 'labels'>,
  predicted: Int32Array,
  weights: Uint16Array | null,
): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, sample) => {
    const row = counts[label] as number[];
    const column = predicted[sample] as number;
    row[column] = (row[column] as number) + (weights === null ? 1 : (weights[sample] as number));
  });
  return counts;
}

/** Mean under weights. */
export function mean(values: Float64Array, weights: Uint16Array | null): number {
  let total = 0;
  let count = 0;
  values.forEach((value, sample) => {
    const weight = weights === null ? 1 : (weights[sample] as number);
    if (weight === 0) return;
    total += weight * value;
    count += weight;
  });
  return total / count;
}

/** Classes without an area, because one side is missing, are left out. */
export function meanArea(areas: readonly number[]): number {
  const known = areas.filter((area) => !Number.isNaN(area));
  return known.length === 0 ? Number.NaN : sum(known) / known.length;
}

function rankClass({ classes, labels, probabilities }: Predictions, positive: number): Ranking {
  return rankSamples(
    labels.length,
    (sample) => probabilities[sample * classes + positive] as number,
    (sample) => labels[sample] === positive,
  );
}

function lossesOf({ classes, labels, probabilities }: Predictions): Float64Array {
  return Float64Array.from(
    labels,
    (label, sample) => -Math.log(Math.max(probabilities[sample * classes + label] as number, SMALLEST_PROBABILITY)),
  );
}

/**
 * Squared distance between probabilities and truth, summed over classes (Brier, 1950); of two classes that of the second
 * alone, as is usual, which is half of it.
 */
function brierOf({ classes, probabilities }: Predictions, sample: number, label: number): number {
  let total = 0;
  for (let k = 0; k < classes; k++) {
    total += ((probabilities[sample * classes + k] as number) - (k === label ? 1 : 0)) ** 2;
  }
  return classes === 2 ? total / 2 : total;
}
