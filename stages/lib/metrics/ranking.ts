/**
 * How well scores put positive samples before negative ones: ROC and precision-recall, their curves and areas.
 *
 * Samples with equal scores cannot be put in order; they count as one step. Weights say how often each sample counts, which
 * is how a bootstrap measures again without sorting again.
 */

/** Samples from the highest score to the lowest. */
export interface Ranking {
  /** Place of each sample in the caller's list. */
  readonly order: Uint32Array;
  /** 1 for a positive sample, in the order of `order`. */
  readonly positive: Uint8Array;
  /** After which places a lower score begins; the last is the number of samples. */
  readonly ends: readonly number[];
  /** The score of each step. */
  readonly scores: readonly number[];
}

/** A step of a curve: all samples with at least this score are taken for positive. */
export interface Step {
  readonly score: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** @param scoreOf  finite. */
export function rankSamples(
  count: number,
  scoreOf: (sample: number) => number,
  isPositive: (sample: number) => boolean,
): Ranking {
  const all = Float64Array.from({ length: count }, (_, sample) => scoreOf(sample));
  const order = Uint32Array.from({ length: count }, (_, sample) => sample);
  order.sort((a, b) => (all[b] as number) - (all[a] as number));
  const ends: number[] = [];
  const scores: number[] = [];
  order.forEach((sample, place) => {
    const next = order[place + 1];
    if (next !== undefined && all[next] === all[sample]) return;
    ends.push(place + 1);
    scores.push(all[sample] as number);
  });
  return { order, positive: Uint8Array.from(order, (sample) => (isPositive(sample) ? 1 : 0)), ends, scores };
}

/** One step for each score that occurs, from the highest. */
export function stepsOf(ranking: Ranking, weights: ArrayLike<number> | null = null): Step[] {
  const { order, positive, ends, scores } = ranking;
  let truePositives = 0;
  let falsePositives = 0;
  let place = 0;
  return ends.map((end, step) => {
    for (; place < end; place++) {
      const weight = weights === null ? 1 : (weights[order[place] as number] as number);
      if (positive[place] === 1) truePositives += weight;
      else falsePositives += weight;
    }
    return { score: scores[step] as number, truePositives, falsePositives };
  });
}

export interface Areas {
  /**
   * Area under the ROC curve: the chance that a positive sample gets a higher score than a negative one, ties counting half.
   * NaN when one of the two is missing.
   */
  readonly roc: number;
  /**
   * Average precision: precision at each step, weighted by the recall gained there. It does not interpolate, so it equals
   * scikit-learn's `average_precision_score`. NaN without positive samples.
   */
  readonly averagePrecision: number;
}

/** Both areas in one walk: a bootstrap takes thousands of them. */
export function areasOf({ order, positive, ends }: Ranking, weights: ArrayLike<number> | null = null): Areas {
  let [truePositives, falsePositives] = [0, 0];
  let [area, precision] = [0, 0];
  let place = 0;
  for (const end of ends) {
    const [trueBefore, falseBefore] = [truePositives, falsePositives];
    for (; place < end; place++) {
      const weight = weights === null ? 1 : (weights[order[place] as number] as number);
      if (positive[place] === 1) truePositives += weight;
      else falsePositives += weight;
    }
    area += ((falsePositives - falseBefore) * (truePositives + trueBefore)) / 2;
    const gained = truePositives - trueBefore;
    if (gained > 0) precision += (gained * truePositives) / (truePositives + falsePositives);
  }
  return { roc: area / (truePositives * falsePositives), averagePrecision: precision / truePositives };
}

/** See `Areas`. */
export function areaUnderRoc(ranking: Ranking, weights: ArrayLike<number> | null = null): number {
  return areasOf(ranking, weights).roc;
}

/** See `Areas`. */
export function averagePrecision(ranking: Ranking): number {
  return areasOf(ranking).averagePrecision;
}
