/**
 * A moving average of all weights over the steps of a training (Polyak averaging, with exponential forgetting).
 *
 * In the first steps less is kept than asked for, else the average would long remember the initial weights.
 */

export interface WeightAverage {
  /** @param step  counted from 0. */
  add(weights: readonly Float32Array[], step: number): void;
  values(): readonly Float32Array[];
}

/** @param values  of an earlier average to go on from, or the first weights. Copied. */
export function createAverage(keep: number, values: readonly Float32Array[]): WeightAverage {
  const averages = values.map((each) => each.slice());
  return {
    add(weights, step) {
      const share = 1 - Math.min(keep, (1 + step) / (10 + step));
      for (const [place, average] of averages.entries()) {
        const weight = weights[place] as Float32Array;
        for (let i = 0; i < average.length; i++) {
          average[i] = (average[i] as number) + share * ((weight[i] as number) - (average[i] as number));
        }
      }
    },
    values: () => averages,
  };
}
