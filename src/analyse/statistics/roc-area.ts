/**
 * Area under the ROC curve of one or two scores on the same samples, with intervals.
 *
 * Up to some thousand samples by the stratified bootstrap. Beyond, by the variance of E. DeLong, D. DeLong and D.
 * Clarke-Pearson (Biometrics 44, 1988), computed from ranks (X. Sun, W. Xu, IEEE Signal Processing Letters 21, 2014): the
 * area of so many samples is normal to all digits shown, and 2,000 resamples of 100,000 scores would take seconds.
 */
import { bootstrap, bootstrapP, percentileInterval } from './bootstrap.ts';
import { type Interval, type TestedDifference, Z_95 } from './interval.ts';
import { normalSurvival } from './special-functions.ts';

/** Most samples that are resampled one by one. */
const BOOTSTRAP_UP_TO = 5000;

/** Scores of samples: a higher one says positive more surely. */
export interface Scored {
  readonly scores: Float64Array;
  /** 1 where a sample is positive, else 0. */
  readonly positive: Uint8Array;
}

export interface AreaResult extends Interval {
  readonly value: number;
}

/** Null when one of the two kinds is missing. */
export function rocArea(scored: Scored): AreaResult | null {
  const parts = placements(scored);
  if (parts === null) return null;
  if (scored.scores.length <= BOOTSTRAP_UP_TO) {
    const weighted = weightedArea(scored);
    const [draws = new Float64Array(1)] = bootstrap(cellsOf(scored), (counts) => [weighted(counts)], 'roc');
    return { value: parts.area, ...percentileInterval(draws) };
  }
  const half = Z_95 * Math.sqrt(covariance(parts, parts));
  return { value: parts.area, low: Math.max(0, parts.area - half), high: Math.min(1, parts.area + half) };
}

/** @param first, second  scores of the same samples in the same order. */
export function rocAreaDifference(first: Scored, second: Scored): TestedDifference | null {
  const [a, b] = [placements(first), placements(second)];
  if (a === null || b === null) return null;
  const difference = b.area - a.area;
  if (first.scores.length <= BOOTSTRAP_UP_TO) {
    const [areaA, areaB] = [weightedArea(first), weightedArea(second)];
    const [draws = new Float64Array(1)] = bootstrap(cellsOf(first), (counts) => [areaB(counts) - areaA(counts)], 'roc');
    return { difference, ...percentileInterval(draws), p: bootstrapP(draws), test: 'bootstrap' };
  }
  return { ...delong(a, b), test: 'delong' };
}

/** DeLong's interval and p for two areas on the same samples. */
export function delongDifference(first: Scored, second: Scored): TestedDifference | null {
  const [a, b] = [placements(first), placements(second)];
  return a === null || b === null ? null : { ...delong(a, b), test: 'delong' };
}

function delong(a: Placements, b: Placements): Interval & { readonly difference: number; readonly p: number } {
  const difference = b.area - a.area;
  const error = Math.sqrt(Math.max(0, covariance(a, a) + covariance(b, b) - 2 * covariance(a, b)));
  const p = error === 0 ? (difference === 0 ? 1 : 0) : 2 * normalSurvival(Math.abs(difference) / error);
  return { difference, low: difference - Z_95 * error, high: difference + Z_95 * error, p };
}

function cellsOf({ positive }: Scored) {
  return { counts: new Float64Array(positive.length).fill(1), strata: Int32Array.from(positive) };
}

interface Placements {
  readonly area: number;
  /** Of each positive: the share of negatives below it; of each negative: of positives above it. Ties count half. */
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

/** An area, and its difference to another, need the same ranks: sorting is what they cost. */
const known = new WeakMap<Scored, Placements | null>();

function placements(scored: Scored): Placements | null {
  const found = known.get(scored);
  if (found !== undefined) return found;
  const made = computePlacements(scored);
  known.set(scored, made);
  return made;
}

function computePlacements({ scores, positive }: Scored): Placements | null {
  const kinds = [
    scores.filter((_, sample) => positive[sample] !== 1),
    scores.filter((_, sample) => positive[sample] === 1),
  ];
  const [negatives, positives] = kinds as [Float64Array, Float64Array];
  if (negatives.length === 0 || positives.length === 0) return null;
  const [below, above] = kinds.map((each) => each.slice().sort()) as [Float64Array, Float64Array];
  const ofPositives = positives.map((score) => countBelow(below, score) / below.length);
  const ofNegatives = negatives.map((score) => 1 - countBelow(above, score) / above.length);
  return { area: ofPositives.reduce((sum, each) => sum + each, 0) / ofPositives.length, ofPositives, ofNegatives };
}

/** How many of the sorted values are below the score; equal ones count half. */
function countBelow(sorted: Float64Array, score: number): number {
  const first = firstFrom(sorted, (value) => value >= score);
  return sorted[first] === score ? (first + firstFrom(sorted, (value) => value > score)) / 2 : first;
}

/** Place of the first sorted value that is large enough; their number when none is. */
function firstFrom(sorted: Float64Array, isEnough: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEnough(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function covariance(a: Placements, b: Placements): number {
  return share(a.ofPositives, b.ofPositives, a.area, b.area) + share(a.ofNegatives, b.ofNegatives, a.area, b.area);
}

function share(a: Float64Array, b: Float64Array, meanA: number, meanB: number): number {
  if (a.length < 2) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - meanA) * ((b[i] as number) - meanB);
  return sum / (a.length - 1) / a.length;
}

/** The area when each sample counts as often as `counts` says, NaN without one of the kinds: one pass over the samples sorted once. */
export function weightedArea({ scores, positive }: Scored): (counts: Float64Array) => number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  return (counts) => {
    let [pairs, below, positives, negatives] = [0, 0, 0, 0];
    for (let start = 0; start < order.length; ) {
      const score = scores[order[start] as number];
      let [tiedPositives, tiedNegatives] = [0, 0];
      let end = start;
      for (; end < order.length && scores[order[end] as number] === score; end++) {
        const sample = order[end] as number;
        if (positive[sample] === 1) tiedPositives += counts[sample] as number;
        else tiedNegatives += counts[sample] as number;
      }
      pairs += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
      negatives += tiedNegatives;
      start = end;
    }
    return pairs / (positives * negatives);
  };
}
