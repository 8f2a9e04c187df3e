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
  const places: [Uint32Array, Uint32Array] = [indicesOf(positive, 0), indicesOf(positive, 1)];
  const [negatives, positives] = places;
  if (negatives.length === 0 || positives.length === 0) return null;
  const all = midRanks(scores, Uint32Array.from(scores.keys()));
  const ofPositives = new Float64Array(positives.length);
  const ofNegatives = new Float64Array(negatives.length);
  const within = places.map((each) => midRanks(scores, each)) as [Float64Array, Float64Array];
  let sum = 0;
  positives.forEach((sample, i) => {
    ofPositives[i] = ((all[sample] as number) - (within[1][i] as number)) / negatives.length;
    sum += ofPositives[i] as number;
  });
  negatives.forEach((sample, i) => {
    ofNegatives[i] = 1 - ((all[sample] as number) - (within[0][i] as number)) / positives.length;
  });
  return { area: sum / positives.length, ofPositives, ofNegatives };
}

function indicesOf(positive: Uint8Array, value: number): Uint32Array {
  const found: number[] = [];
  positive.forEach((each, sample) => {
    if (each === value) found.push(sample);
  });
  return Uint32Array.from(found);
}

/** Ranks from 1 among the given samples, in their order; equal scores share the mean of their ranks. */
function midRanks(scores: Float64Array, samples: Uint32Array): Float64Array {
  const order = sortedBy(scores, samples);
  const ranks = new Float64Array(samples.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    const score = scores[samples[order[start] as number] as number];
    while (end < order.length && scores[samples[order[end] as number] as number] === score) end++;
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Places in `samples`, by rising score. */
function sortedBy(scores: Float64Array, samples: Uint32Array): Uint32Array {
  return Uint32Array.from(samples.keys()).sort(
    (a, b) => (scores[samples[a] as number] as number) - (scores[samples[b] as number] as number),
  );
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

/** The area when each sample counts as often as `counts` says: one pass over the samples sorted once. */
function weightedArea({ scores, positive }: Scored): (counts: Float64Array) => number {
  const order = sortedBy(scores, Uint32Array.from(scores.keys()));
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
