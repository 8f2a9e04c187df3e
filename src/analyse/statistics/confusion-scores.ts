/**
 * Scores of one classifier, or of two on the same samples, from how often each combination of true and predicted class
 * occurs. Same definitions as the `evaluate` stage: a class that neither occurs nor is predicted counts in no average.
 */
import { bcaInterval, bootstrap, bootstrapP, percentileInterval } from './bootstrap.ts';
import type { Interval, TestedDifference } from './interval.ts';

export const CONFUSION_SCORES = ['balancedAccuracy', 'macroPrecision', 'macroRecall', 'macroF1'] as const;
export type ConfusionScore = (typeof CONFUSION_SCORES)[number];

/** Combinations that occur, each with how many samples it has. */
export interface PairedCells {
  readonly classes: number;
  readonly counts: Float64Array;
  readonly labels: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/** @param second  predictions of another classifier for the same samples; for one alone, its own. */
export function cellsOf(classes: number, labels: Int32Array, first: Int32Array, second: Int32Array): PairedCells {
  const places = new Map<number, number>();
  const counts: number[] = [];
  const samples: number[] = [];
  for (let sample = 0; sample < labels.length; sample++) {
    const code =
      ((labels[sample] as number) * classes + (first[sample] as number)) * classes + (second[sample] as number);
    const place = places.get(code);
    if (place === undefined) {
      places.set(code, counts.length);
      counts.push(1);
      samples.push(sample);
    } else counts[place] = (counts[place] as number) + 1;
  }
  const pick = (from: Int32Array) => Int32Array.from(samples, (sample) => from[sample] as number);
  return { classes, counts: Float64Array.from(counts), labels: pick(labels), first: pick(first), second: pick(second) };
}

/** Values by the order of CONFUSION_SCORES. */
export function scoresOf(
  cells: Pick<PairedCells, 'classes' | 'labels'>,
  predicted: Int32Array,
  counts: Float64Array,
): number[] {
  const { classes, labels } = cells;
  const hits = new Float64Array(classes);
  const support = new Float64Array(classes);
  const taken = new Float64Array(classes);
  for (let cell = 0; cell < labels.length; cell++) {
    const count = counts[cell] as number;
    const label = labels[cell] as number;
    const guess = predicted[cell] as number;
    support[label] = (support[label] as number) + count;
    taken[guess] = (taken[guess] as number) + count;
    if (label === guess) hits[label] = (hits[label] as number) + count;
  }
  let [occurring, present, recall, precision, recallAll, f1] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < classes; k++) {
    const [hit, all, said] = [hits[k] as number, support[k] as number, taken[k] as number];
    if (all + said === 0) continue;
    present++;
    precision += said === 0 ? 0 : hit / said;
    recallAll += all === 0 ? 0 : hit / all;
    f1 += (2 * hit) / (all + said);
    if (all === 0) continue;
    occurring++;
    recall += hit / all;
  }
  return [recall / occurring, precision / present, recallAll / present, f1 / present];
}

export interface ScoreWithInterval extends Interval {
  readonly value: number;
}

/** Scores of the first classifier with BCa intervals; classes keep their sizes in every resample. */
export function scoresWithIntervals(cells: PairedCells): Record<ConfusionScore, ScoreWithInterval> {
  const estimate = scoresOf(cells, cells.first, cells.counts);
  const draws = bootstrap(
    { counts: cells.counts, strata: cells.labels },
    (counts) => scoresOf(cells, cells.first, counts),
    'scores',
  );
  const left = leftOut(cells);
  return byName((place) => ({
    value: estimate[place] as number,
    ...bcaInterval(draws[place] as Float64Array, estimate[place] as number, left[place] as Float64Array, cells.counts),
  }));
}

/** The scores with one sample of each cell left out: by score, then by cell. */
function leftOut(cells: PairedCells): Float64Array[] {
  const left = CONFUSION_SCORES.map(() => new Float64Array(cells.counts.length));
  const counts = Float64Array.from(cells.counts);
  for (let cell = 0; cell < counts.length; cell++) {
    const all = counts[cell] as number;
    counts[cell] = all - 1;
    scoresOf(cells, cells.first, counts).forEach((value, place) => {
      (left[place] as Float64Array)[cell] = value;
    });
    counts[cell] = all;
  }
  return left;
}

/**
 * Differences second minus first, resampled together, with percentile intervals.
 *
 * @param resamples  instead of as many as the number of cells allows.
 */
export function scoreDifferences(cells: PairedCells, resamples?: number): Record<ConfusionScore, TestedDifference> {
  const differences = (counts: Float64Array) => {
    const [a, b] = [scoresOf(cells, cells.first, counts), scoresOf(cells, cells.second, counts)];
    return b.map((value, place) => value - (a[place] as number));
  };
  const estimate = differences(cells.counts);
  const draws = bootstrap({ counts: cells.counts, strata: cells.labels }, differences, 'score differences', resamples);
  return byName((place) => ({
    difference: estimate[place] as number,
    ...percentileInterval(draws[place] as Float64Array),
    p: bootstrapP(draws[place] as Float64Array),
    test: 'bootstrap',
  }));
}

function byName<T>(make: (place: number) => T): Record<ConfusionScore, T> {
  return Object.fromEntries(CONFUSION_SCORES.map((name, place) => [name, make(place)])) as Record<ConfusionScore, T>;
}
