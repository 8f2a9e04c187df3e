/**
 * Parzen estimators: a density over one or several dimensions together, a kernel for each observed point and one for the
 * prior.
 *
 * As in Optuna 5 (its figures are in `data/optuna.json`): a mixture of products, one kernel index for all dimensions, widths
 * from the gaps between neighbouring observations. After Bergstra, Bardenet, Bengio and Kégl, "Algorithms for
 * hyper-parameter optimization" (2011), and for the joint form Falkner, Klein and Hutter, "BOHB" (2018).
 */
import type { Random } from '../../../src/sdk/index.ts';
import { choiceKernels } from './choice-kernels.ts';
import type { Kernels } from './kernels.ts';
import { numberKernels } from './number-kernels.ts';
import type { Dimension } from './space.ts';

export interface Mixture {
  /** A point: one code per dimension, as `codeOf` gives them. */
  draw(random: Random): number[];
  /** Logarithm of the density at a point; up to the factor of a logarithmic scale, which ratios do not have. */
  logDensity(point: readonly number[]): number;
}

/** Observations that count in full; those before them count the less the older they are. */
const RECENT = 25;

/**
 * Kernels whose share in a density is smaller than e to this are left out: so few do not change the sum of thousands in its
 * fifteenth digit.
 */
const NEGLIGIBLE = -40;

/**
 * @param columns  one list per dimension, of the codes of the m observed points in order of age, oldest first.
 * @param count    m, which may be 0: then only the prior is left.
 */
export function parzenMixture(
  dimensions: readonly Dimension[],
  columns: readonly Float64Array[],
  count: number,
): Mixture {
  const kernels: Kernels[] = dimensions.map((dimension, place) => {
    const observed = columns[place] ?? new Float64Array();
    return dimension.kind === 'choice'
      ? choiceKernels(dimension.choices.length, observed)
      : numberKernels(dimension, observed);
  });
  const weights = ageWeights(count);
  // What each kernel's weight and densities could amount to at most.
  const tops = weights.map((weight) => Math.log(weight));
  for (const { peaks } of kernels)
    for (let k = 0; k <= count; k++) tops[k] = (tops[k] as number) + (peaks[k] as number);
  const [first] = kernels;
  const base = tops.map((top, k) => top - (first?.peaks[k] ?? 0));
  const sums = new Float64Array(count + 1);

  return {
    draw(random) {
      const chosen = drawPlace(weights, random.uniform());
      return kernels.map((each) => each.draw(chosen, random));
    },
    logDensity(point) {
      // The prior, which is nowhere small, tells what is negligible.
      let prior = Math.log(weights[count] as number);
      for (const [place, each] of kernels.entries()) prior += each.logDensity(count, point[place] as number, -Infinity);
      let largest = prior;
      let kept = 0;
      first?.addLogDensities(point[0] as number, base, prior + NEGLIGIBLE, sums);
      // What is kept is moved to the front, over what was looked at before.
      for (let k = 0; k < count; k++) {
        const floor = largest + NEGLIGIBLE;
        let sum = sums[k] as number;
        for (let place = 1; place < kernels.length && sum >= floor; place++) {
          const { peaks, logDensity } = kernels[place] as Kernels;
          const peak = peaks[k] as number;
          sum += logDensity(k, point[place] as number, floor - sum + peak) - peak;
        }
        if (sum < floor) continue;
        sums[kept++] = sum;
        if (sum > largest) largest = sum;
      }
      let total = Math.exp(prior - largest);
      for (let i = 0; i < kept; i++) total += Math.exp((sums[i] as number) - largest);
      return largest + Math.log(total);
    },
  };
}

/**
 * Weights of m observations, oldest first, and of the prior, which comes last; their sum is 1.
 *
 * The 25 newest and the prior weigh the same; the others rise evenly from 1/m of that.
 */
export function ageWeights(m: number): Float64Array {
  const weights = new Float64Array(m + 1).fill(1);
  const old = m - RECENT;
  for (let i = 0; i < old; i++) weights[i] = old === 1 ? 1 / m : 1 / m + ((1 - 1 / m) * i) / (old - 1);
  const sum = weights.reduce((total, each) => total + each, 0);
  return weights.map((each) => each / sum);
}

function drawPlace(weights: Float64Array, share: number): number {
  let rest = share;
  for (let place = 0; place < weights.length - 1; place++) {
    rest -= weights[place] as number;
    if (rest < 0) return place;
  }
  return weights.length - 1;
}
