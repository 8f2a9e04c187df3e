/**
 * Metrics of a classifier that gives each sample any number of labels: each label is a question of its own, answered by a
 * probability and a threshold.
 */
import { type Claims, calibrationError } from './calibration.ts';
import { averagesOf, type ClassCounts } from './class-metrics.ts';
import { type MetricName, mean, meanArea, SMALLEST_PROBABILITY } from './classification.ts';
import { areasOf, type Ranking, rankSamples } from './ranking.ts';

/** Predictions of n samples over k labels. */
export interface LabelPredictions {
  readonly classes: number;
  /** 1 where the sample has the label, shape [n, k]. */
  readonly truth: Uint8Array;
  /** Shape [n, k]; each on its own between 0 and 1. */
  readonly probabilities: Float32Array;
}

export interface PreparedLabels {
  readonly predictions: LabelPredictions;
  /** 1 where the label is predicted, shape [n, k]. */
  readonly predicted: Uint8Array;
  /** Of each sample: mean over its labels. */
  readonly losses: Float64Array;
  readonly briers: Float64Array;
  /** 1 for a sample whose labels are all right. */
  readonly exact: Float64Array;
  readonly claims: Claims;
  readonly rankings: readonly Ranking[];
}

/** A label is predicted from its threshold on. @param thresholds  one a label. */
export function prepareLabels(predictions: LabelPredictions, thresholds: readonly number[]): PreparedLabels {
  const { classes, truth, probabilities } = predictions;
  const samples = truth.length / classes;
  const predicted = Uint8Array.from(probabilities, (p, i) => (p >= (thresholds[i % classes] as number) ? 1 : 0));
  const perSample = (value: (place: number) => number) =>
    Float64Array.from({ length: samples }, (_, sample) => {
      let total = 0;
      for (let k = 0; k < classes; k++) total += value(sample * classes + k);
      return total / classes;
    });
  return {
    predictions,
    predicted,
    losses: perSample((i) => lossOf(probabilities[i] as number, truth[i] === 1)),
    briers: perSample((i) => ((probabilities[i] as number) - (truth[i] as number)) ** 2),
    exact: perSample((i) => (predicted[i] === truth[i] ? 1 : 0)).map((share) => (share === 1 ? 1 : 0)),
    claims: { probabilities, came: truth, perSample: classes },
    rankings: Array.from({ length: classes }, (_, k) =>
      rankSamples(
        samples,
        (sample) => probabilities[sample * classes + k] as number,
        (sample) => truth[sample * classes + k] === 1,
      ),
    ),
  };
}

/** Of each label. @param weights  how often each sample counts; null: once. */
export function labelCounts(
  { predictions: { classes, truth }, predicted }: Pick<PreparedLabels, 'predictions' | 'predicted'>,
  weights: Uint16Array | null,
): ClassCounts[] {
  return Array.from({ length: classes }, (_, k) => {
    let hits = 0;
    let support = 0;
    let found = 0;
    for (let i = k, sample = 0; i < truth.length; i += classes, sample++) {
      const weight = weights === null ? 1 : (weights[sample] as number);
      support += weight * (truth[i] as number);
      found += weight * (predicted[i] as number);
      if (truth[i] === 1 && predicted[i] === 1) hits += weight;
    }
    return { hits, support, predicted: found };
  });
}

/** `accuracy` is the share of samples whose labels are all right; areas are means over the labels that occur. */
export function measureLabels(
  prepared: PreparedLabels,
  weights: Uint16Array | null,
): Partial<Record<MetricName, number>> {
  const areas = prepared.rankings.map((each) => areasOf(each, weights));
  return {
    loss: mean(prepared.losses, weights),
    accuracy: mean(prepared.exact, weights),
    ...averagesOf(labelCounts(prepared, weights)),
    rocAuc: meanArea(areas.map(({ roc }) => roc)),
    averagePrecision: meanArea(areas.map(({ averagePrecision }) => averagePrecision)),
    brier: mean(prepared.briers, weights),
    calibrationError: calibrationError(prepared.claims, weights),
  };
}

/** Mean over samples and labels of -log(probability of what is so). */
export function labelLoss({ truth, probabilities }: LabelPredictions): number {
  let total = 0;
  probabilities.forEach((p, i) => {
    total += lossOf(p, truth[i] === 1);
  });
  return total / probabilities.length;
}

function lossOf(probability: number, isTrue: boolean): number {
  return -Math.log(Math.max(isTrue ? probability : 1 - probability, SMALLEST_PROBABILITY));
}
