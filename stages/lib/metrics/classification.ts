/**
 * Metrics of a classifier, from its predictions for a whole set: never averages over batches.
 *
 * A class that never occurs has no recall, one that is never predicted no precision; both count as 0 in F1 and are left out
 * of the averages only when the class neither occurs nor is predicted.
 */

/** Predictions of n samples over k classes. */
export interface Predictions {
  readonly classes: number;
  /** Place of each sample's true class. */
  readonly labels: Int32Array;
  /** Shape [n, k]; each row adds up to 1. */
  readonly probabilities: Float32Array;
}

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples of this class. */
  readonly support: number;
  readonly predicted: number;
}

export type MetricName = (typeof METRIC_NAMES)[number];
export const METRIC_NAMES = [
  'loss',
  'accuracy',
  'balancedAccuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'rocAuc',
] as const;

/** A probability of 0 for the true class would make one sample's loss infinite. */
const SMALLEST_PROBABILITY = 1e-7;

export function isMetricName(name: string): name is MetricName {
  return METRIC_NAMES.some((each) => each === name);
}

export function goalOf(metric: MetricName): 'minimize' | 'maximize' {
  return metric === 'loss' ? 'minimize' : 'maximize';
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
  const { classes, labels } = predictions;
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, sample) => {
    const row = counts[label] as number[];
    const column = predictedClass(predictions, sample);
    row[column] = (row[column] as number) + 1;
  });
  return counts;
}

export function classMetrics(confusion: readonly (readonly number[])[]): ClassMetrics[] {
  return confusion.map((row, k) => {
    const hit = row[k] ?? 0;
    const support = sum(row);
    const predicted = sum(confusion.map((each) => each[k] ?? 0));
    return {
      precision: predicted === 0 ? 0 : hit / predicted,
      recall: support === 0 ? 0 : hit / support,
      f1: support + predicted === 0 ? 0 : (2 * hit) / (support + predicted),
      support,
      predicted,
    };
  });
}

/** Mean of -log(probability of the true class), natural logarithm. NaN when a probability is. */
export function logLoss({ classes, labels, probabilities }: Predictions): number {
  let total = 0;
  labels.forEach((label, sample) => {
    total -= Math.log(Math.max(probabilities[sample * classes + label] as number, SMALLEST_PROBABILITY));
  });
  return total / labels.length;
}

/**
 * Area under the ROC curve: the chance that a positive sample gets a higher score than a negative one, ties counting half
 * (Mann-Whitney). NaN when one of the two is missing.
 */
export function rocAuc(predictions: Predictions, positive: number): number {
  const { classes, labels, probabilities } = predictions;
  const order = [...labels.keys()].sort((a, b) => score(a) - score(b));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && score(order[end] as number) === score(order[start] as number)) end++;
    const tied = order.slice(start, end).filter((sample) => labels[sample] === positive).length;
    positives += tied;
    rankSum += tied * ((start + 1 + end) / 2);
    start = end;
  }
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);

  function score(sample: number): number {
    return probabilities[sample * classes + positive] as number;
  }
}

/** All metrics by name; `rocAuc` only for two classes, with the second as the positive one. */
export function measure(predictions: Predictions): Partial<Record<MetricName, number>> {
  const confusion = confusionMatrix(predictions);
  const present = classMetrics(confusion).filter(({ support, predicted }) => support + predicted > 0);
  const occurring = present.filter(({ support }) => support > 0);
  const hits = sum(confusion.map((row, k) => row[k] ?? 0));
  return {
    loss: logLoss(predictions),
    accuracy: hits / predictions.labels.length,
    balancedAccuracy: mean(occurring.map(({ recall }) => recall)),
    macroPrecision: mean(present.map(({ precision }) => precision)),
    macroRecall: mean(present.map(({ recall }) => recall)),
    macroF1: mean(present.map(({ f1 }) => f1)),
    ...(predictions.classes === 2 ? { rocAuc: rocAuc(predictions, 1) } : {}),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
