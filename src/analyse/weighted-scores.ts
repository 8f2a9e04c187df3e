/**
 * Every tested score of one model, each sample counting as often as it is told to: once, as often as a resample drew it, or only
 * in one fold.
 */
import type { Pairing } from './paired-predictions.ts';
import { CONFUSION_SCORES, scoresOf } from './statistics/confusion-scores.ts';
import { weightedArea } from './statistics/roc-area.ts';

/** A probability of 0 for the true class would make one sample's loss infinite; `evaluate` bounds it the same way. */
export const SMALLEST_PROBABILITY = 1e-7;

export type Scorer = (weights: Float64Array) => ReadonlyMap<string, number>;

/** Scores that cannot be measured under some weights are NaN then. @param which  of the two models. */
export function scorerOf(pairing: Pairing, which: 'first' | 'second'): Scorer {
  const { classes, labels, isMultiLabel } = pairing;
  const predicted = pairing[which];
  const right = Float64Array.from(labels, (label, i) => (label === predicted[i] ? 1 : 0));
  // With several labels a sample is right when all of them are; averages over combinations of labels would mean nothing.
  if (isMultiLabel) return (weights) => new Map([['accuracy', weightedMean(right, weights)]]);
  const ofTruth = which === 'first' ? pairing.firstTruth : pairing.secondTruth;
  const ofSecond = which === 'first' ? pairing.firstSecondClass : pairing.secondSecondClass;
  const losses = ofTruth?.map((p) => -Math.log(Math.max(p, SMALLEST_PROBABILITY)));
  const area = ofSecond === null ? null : weightedArea({ scores: ofSecond, positive: Uint8Array.from(labels) });
  const cells = { classes: classes.length, labels };
  return (weights) => {
    const confusion = scoresOf(cells, predicted, weights);
    return new Map([
      ['accuracy', weightedMean(right, weights)],
      ...CONFUSION_SCORES.map((name, place) => [name, confusion[place] as number] as const),
      ...(area === null ? [] : [['rocAuc', area(weights)] as const]),
      ...(losses === undefined ? [] : [['loss', weightedMean(losses, weights)] as const]),
    ]);
  };
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    sum += weight * (values[i] as number);
    total += weight;
  }
  return sum / total;
}
