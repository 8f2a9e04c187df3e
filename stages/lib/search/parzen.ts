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
import type { CodeTable, Column } from './code-table.ts';
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
 * Kernels whose share in a density is smaller than e to this are left out: thousands of them do not change its tenth digit.
 */
const NEGLIGIBLE = -30;

/** Without observations only the prior is left. */
export function parzenMixture(dimensions: readonly Dimension[], { columns, count }: CodeTable): Mixture {
  const kernels: Kernels[] = dimensions.map((dimension, place) => {
    const column = columns[place] as Column;
    return dimension.kind === 'choice'
      ? choiceKernels(dimension.choices.length, column.codes)
      : numberKernels(dimension, column);
  });
  const weights = ageWeights(count);
  const logPrior = Math.log(weights[count] as number);
  // What each kernel's weight and densities could amount to at most.
  const tops = new Float64Array(count);
  // From low to high in the first dimension, so that near kernels follow each other and far ones are passed over quickly.
  const all = columns[0]?.order ?? new Uint32Array();
  for (let i = 0; i < count; i++) tops[i] = Math.log(weights[all[i] as number] as number);
  for (const { peaks } of kernels)
    for (let i = 0; i < count; i++) tops[i] = (tops[i] as number) + (peaks[all[i] as number] as number);
  const [sums, kept] = [new Float64Array(count), new Uint32Array(count)];

  return {
    draw(random) {
      const chosen = drawPlace(weights, random.uniform());
      return kernels.map((each) => each.draw(chosen, random));
    },
    logDensity(point) {
      // The prior, which is nowhere small, tells what is negligible.
      let prior = logPrior;
      for (const [place, each] of kernels.entries()) prior += each.logDensity(count, point[place] as number);
      sums.set(tops);
      kept.set(all);
      let left = count;
      for (const [place, each] of kernels.entries())
        left = each.addTo(sums, kept, left, point[place] as number, prior + NEGLIGIBLE);
      let largest = prior;
      for (let i = 0; i < left; i++) largest = Math.max(largest, sums[i] as number);
      const floor = largest + NEGLIGIBLE;
      let total = Math.exp(prior - largest);
      for (let i = 0; i < left; i++) if ((sums[i] as number) > floor) total += Math.exp((sums[i] as number) - largest);
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
  let sum = Math.min(m, RECENT) + 1;
  for (let i = 0; i < old; i++) {
    const weight = old === 1 ? 1 / m : 1 / m + ((1 - 1 / m) * i) / (old - 1);
    weights[i] = weight;
    sum += weight;
  }
  for (let i = 0; i <= m; i++) weights[i] = (weights[i] as number) / sum;
  return weights;
}

function drawPlace(weights: Float64Array, share: number): number {
  let rest = share;
  for (let place = 0; place < weights.length - 1; place++) {
    rest -= weights[place] as number;
    if (rest < 0) return place;
  }
  return weights.length - 1;
}
