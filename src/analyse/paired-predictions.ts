/** Two models' predictions brought together, sample by sample, and what tests say of the difference. */
import type { Flips, Measured, Tested } from '../generated/diff.ts';
import { dependentMetrics } from './dependent-tests.ts';
import type { PredictionTable } from './predictions.ts';
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
import { SMALLEST_PROBABILITY } from './weighted-scores.ts';

/** The same samples in the same order, classes by one list of names. */
export interface Pairing {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly isMultiLabel: boolean;
  /** What each sample belongs to; null where all stand alone. */
  readonly groups: readonly string[] | null;
  /** The fold each was predicted out of, where it is the same for both; else null. */
  readonly folds: readonly string[] | null;
  readonly labels: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstTruth: Float64Array | null;
  readonly secondTruth: Float64Array | null;
  readonly firstSecondClass: Float64Array | null;
  readonly secondSecondClass: Float64Array | null;
  /** Samples only one of them predicted, or whose true class they disagree about: no part of any test. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/** Null when they have no sample in common. */
export function pairPredictions(a: PredictionTable, b: PredictionTable): Pairing | null {
  const classes = [...a.classes];
  const places = new Map(classes.map((name, place) => [name, place]));
  const toCommon = b.classes.map((name) => {
    const place = places.get(name) ?? classes.push(name) - 1;
    places.set(name, place);
    return place;
  });
  const inB = samePlaces(a.ids, b.ids) ?? byId(a.ids, b.ids);
  const isKept = (j: number, i: number) => j >= 0 && toCommon[b.labels[j] as number] === a.labels[i];
  const [inFirst, inSecond] = [
    inB.map((j, i) => (isKept(j, i) ? i : -1)),
    inB.map((j, i) => (isKept(j, i) ? j : -1)),
  ].map((places) => places.filter((place) => place >= 0)) as [Int32Array, Int32Array];
  if (inFirst.length === 0) return null;
  const ofFirst = (from: Int32Array) => inFirst.map((place) => from[place] as number);
  const floats = (values: Float64Array | null, places: Int32Array) =>
    values === null ? null : new Float64Array(places.length).map((_, i) => values[places[i] as number] as number);
  return {
    ids: inFirst.length === a.ids.length ? a.ids : Array.from(inFirst, (place) => a.ids[place] as string),
    classes,
    isMultiLabel: a.isMultiLabel || b.isMultiLabel,
    groups: pick(a.groups, inFirst) ?? pick(b.groups, inSecond),
    folds: agreed(pick(a.folds, inFirst), pick(b.folds, inSecond)),
    labels: ofFirst(a.labels),
    first: ofFirst(a.predicted),
    second: inSecond.map((place) => toCommon[b.predicted[place] as number] as number),
    firstTruth: floats(a.ofTruth, inFirst),
    secondTruth: floats(b.ofTruth, inSecond),
    firstSecondClass: floats(a.ofSecond, inFirst),
    secondSecondClass: sameNames(a.classes, b.classes) ? floats(b.ofSecond, inSecond) : null,
    onlyFirst: a.ids.length - inFirst.length,
    onlySecond: b.ids.length - inFirst.length,
  };
}

function pick(values: readonly string[] | null, places: Int32Array): string[] | null {
  return values === null ? null : Array.from(places, (place) => values[place] as string);
}

function agreed(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a !== null && b !== null && sameNames(a, b) ? a : null;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place]);
}

/** Mostly both stand in the same order, which spares a table of 100,000 names. */
function samePlaces(a: readonly string[], b: readonly string[]): Int32Array | null {
  return sameNames(a, b) ? new Int32Array(a.length).map((_, place) => place) : null;
}

function byId(a: readonly string[], b: readonly string[]): Int32Array {
  const places = new Map(b.map((id, place) => [id, place]));
  return Int32Array.from(a, (id) => places.get(id) ?? -1);
}

export interface TestedMetric {
  readonly name: string;
  readonly first: Measured;
  readonly second: Measured;
  readonly difference: number;
  /** `corrected` is still the p itself: how many comparisons there are is known only to the whole. */
  readonly tested: Tested;
}

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

/** A confusion matrix of more classes nobody reads, and it grows with their square. */
const MOST_CLASSES = 300;

/** Which samples turned right and which wrong, and both confusion matrices. */
export function flipsOf(stage: string, pairing: Pairing): Flips {
  const { ids, classes, labels, first, second, onlyFirst, onlySecond } = pairing;
  const shown = pairing.isMultiLabel || classes.length > MOST_CLASSES ? [] : [...classes];
  const empty = () => shown.map(() => shown.map(() => 0));
  const [firstConfusion, secondConfusion] = [empty(), empty()];
  const gained: Flips['gained'] = [];
  const lost: Flips['lost'] = [];
  let [bothRight, bothWrong] = [0, 0];
  const name = (place: number) => classes[place] ?? '';
  for (let i = 0; i < ids.length; i++) {
    const [label, a, b] = [labels[i] as number, first[i] as number, second[i] as number];
    count(firstConfusion, label, a);
    count(secondConfusion, label, b);
    if (a === label && b === label) bothRight++;
    else if (a !== label && b !== label) bothWrong++;
    else {
      const flip = { id: ids[i] as string, label: name(label), first: name(a), second: name(b) };
      (b === label ? gained : lost).push(flip);
    }
  }
  return {
    stage,
    samples: ids.length,
    onlyFirst,
    onlySecond,
    bothRight,
    bothWrong,
    gained,
    lost,
    classes: shown,
    firstConfusion,
    secondConfusion,
  };
}

function count(matrix: number[][], row: number, column: number): void {
  const cells = matrix[row];
  if (cells !== undefined) cells[column] = (cells[column] ?? 0) + 1;
}
