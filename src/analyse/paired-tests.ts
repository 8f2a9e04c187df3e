/** What tests say of the difference between two models that predicted the same samples. */
import type { Measured } from '../generated/diff.ts';
import { dependentMetrics } from './dependent-tests.ts';
import type { Pairing } from './paired-predictions.ts';
import {
  CONFUSION_SCORES,
  type ConfusionScore,
  cellsOf,
  type PairedCells,
  scoreDifferences,
  scoresWithIntervals,
} from './statistics/confusion-scores.ts';
import type { TestedDifference } from './statistics/interval.ts';
import { mcnemar } from './statistics/mcnemar.ts';
import { pairedDifference, wilson } from './statistics/proportion.ts';
import { pairedT, spreadOf } from './statistics/repeats.ts';
import { rocArea, rocAreaDifference, type Scored } from './statistics/roc-area.ts';
import type { TestedMetric } from './tested-metric.ts';
import { SMALLEST_PROBABILITY } from './weighted-scores.ts';

/**
 * Accuracy first; the others by bootstrap on the same samples, loss by the paired t test of the samples' losses. Where samples are
 * no independent draws: `dependentMetrics`.
 */
export function testedMetrics(pairing: Pairing): readonly TestedMetric[] {
  const dependent = dependentMetrics(pairing);
  if (dependent !== null) return dependent;
  const { classes, labels, first, second } = pairing;
  const cells = cellsOf(classes.length, labels, first, second);
  // With several labels a sample is right when all of them are; averages over combinations of labels would mean nothing.
  if (pairing.isMultiLabel) return [accuracyOf(cells)];
  const alone = (predicted: Int32Array) => scoresWithIntervals(cellsOf(classes.length, labels, predicted, predicted));
  const scores = confusionMetrics(alone(first), alone(second), scoreDifferences(cells));
  return [accuracyOf(cells), ...scores, ...areas(pairing), ...losses(pairing)];
}

/** The share of samples that are right, by Wilson; the difference by Tango and McNemar. */
export function accuracyOf(cells: PairedCells): TestedMetric {
  let [hitsFirst, hitsSecond, gained, lost, total] = [0, 0, 0, 0, 0];
  cells.counts.forEach((count, cell) => {
    const [a, b] = [cells.first[cell] === cells.labels[cell], cells.second[cell] === cells.labels[cell]];
    total += count;
    if (a) hitsFirst += count;
    if (b) hitsSecond += count;
    if (b && !a) gained += count;
    if (a && !b) lost += count;
  });
  const p = mcnemar(gained, lost);
  return {
    name: 'accuracy',
    first: { value: hitsFirst / total, ...wilson(hitsFirst, total) },
    second: { value: hitsSecond / total, ...wilson(hitsSecond, total) },
    difference: (gained - lost) / total,
    tested: {
      ...pairedDifference(gained, lost, total),
      p: p.midP,
      corrected: p.midP,
      test: 'mcnemar-mid-p',
      exactP: p.exact,
    },
  };
}

function confusionMetrics(
  first: Record<ConfusionScore, Measured>,
  second: Record<ConfusionScore, Measured>,
  differences: Record<ConfusionScore, TestedDifference>,
): readonly TestedMetric[] {
  return CONFUSION_SCORES.map((name) => metric(name, first[name], second[name], differences[name]));
}

function areas({ labels, firstSecondClass, secondSecondClass }: Pairing): readonly TestedMetric[] {
  if (firstSecondClass === null || secondSecondClass === null) return [];
  const positive = Uint8Array.from(labels);
  const [a, b]: [Scored, Scored] = [
    { scores: firstSecondClass, positive },
    { scores: secondSecondClass, positive },
  ];
  const [first, second, difference] = [rocArea(a), rocArea(b), rocAreaDifference(a, b)];
  if (first === null || second === null || difference === null) return [];
  return [metric('rocAuc', first, second, difference)];
}

function losses({ firstTruth, secondTruth }: Pairing): readonly TestedMetric[] {
  if (firstTruth === null || secondTruth === null) return [];
  const lossOf = (p: number) => -Math.log(Math.max(p, SMALLEST_PROBABILITY));
  const [first, second] = [firstTruth.map(lossOf), secondTruth.map(lossOf)];
  const difference = pairedT(first.map((each, sample) => (second[sample] as number) - each));
  if (difference === null || Number.isNaN(difference.difference)) return [];
  return [metric('loss', meanOf(first), meanOf(second), difference)];
}

function meanOf(values: Float64Array): Measured {
  const { mean, interval } = spreadOf([...values]);
  return { value: mean, ...interval };
}

function metric(name: string, first: Measured, second: Measured, made: TestedDifference): TestedMetric {
  const { difference, low, high, p, test } = made;
  return { name, first, second, difference, tested: { low, high, p, corrected: p, test } };
}
