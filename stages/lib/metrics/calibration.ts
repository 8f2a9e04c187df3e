/**
 * Whether probabilities mean what they say: expected calibration error and the bins of a reliability diagram.
 *
 * Fifteen bins of equal width, as Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks" (2017). For one
 * label a sample what counts is the probability of the predicted class; for several labels, each label's own.
 */
import { wilsonInterval } from '../../../src/base/wilson.ts';

export const BINS = 15;

/** Claims of the form "this is so, with this probability", and whether each was so. */
export interface Claims {
  readonly probabilities: ArrayLike<number>;
  /** 1 where it was so. */
  readonly came: ArrayLike<number>;
  /** Claims of one sample follow one another; there are this many each. */
  readonly perSample: number;
}

export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean probability; NaN for an empty bin, as the share. */
  readonly claimed: number;
  /** Share that came, with its 95 % Wilson interval. */
  readonly share: number;
  readonly shareLow: number;
  readonly shareHigh: number;
}

/** Mean distance between claimed probability and share, weighted by bin. NaN without claims. */
export function calibrationError(claims: Claims, weights: ArrayLike<number> | null = null): number {
  const { counts, claimed, came } = fillBins(claims, weights);
  let distance = 0;
  let total = 0;
  counts.forEach((count, bin) => {
    distance += Math.abs((claimed[bin] as number) - (came[bin] as number));
    total += count;
  });
  return distance / total;
}

export function reliabilityBins(claims: Claims): Bin[] {
  const { counts, claimed, came } = fillBins(claims, null);
  return Array.from(counts, (count, bin) => {
    const [shareLow, shareHigh] = wilsonInterval(came[bin] as number, count);
    return {
      low: bin / BINS,
      high: (bin + 1) / BINS,
      count,
      claimed: (claimed[bin] as number) / count,
      share: (came[bin] as number) / count,
      shareLow,
      shareHigh,
    };
  });
}

/** A probability on a border belongs to the bin below it; 0 to the first. */
function fillBins({ probabilities, came, perSample }: Claims, weights: ArrayLike<number> | null) {
  const sums = { counts: new Float64Array(BINS), claimed: new Float64Array(BINS), came: new Float64Array(BINS) };
  for (let i = 0; i < probabilities.length; i++) {
    const weight = weights === null ? 1 : (weights[Math.floor(i / perSample)] as number);
    if (weight === 0) continue;
    const probability = probabilities[i] as number;
    const bin = Math.min(BINS - 1, Math.max(0, Math.ceil(probability * BINS) - 1));
    sums.counts[bin] = (sums.counts[bin] as number) + weight;
    sums.claimed[bin] = (sums.claimed[bin] as number) + weight * probability;
    sums.came[bin] = (sums.came[bin] as number) + weight * (came[i] as number);
  }
  return sums;
}
