/**
 * Kernels over a range of numbers: normal distributions cut to the range, on a logarithmic scale where it has one.
 *
 * Of a stepped range the density at a value is the mass of the half steps on its two sides.
 */
import type { Kernels } from './kernels.ts';
import { LOG_SQRT_2PI, logMass, truncatedQuantile } from './normal.ts';
import type { NumberDimension } from './space.ts';
import { modelledBounds, valueAt } from './values.ts';

/** @param observed  m values of the dimension. The kernels are these m and then the prior. */
export function numberKernels(dimension: NumberDimension, observed: readonly number[]): Kernels {
  const [low, high] = modelledBounds(dimension);
  const centres = Float64Array.from(observed, (value) => (dimension.log ? Math.log(value) : value));
  const widths = kernelWidths(centres, low, high);
  const means = Float64Array.of(...centres, (low + high) / 2);
  const deviations = Float64Array.of(...widths, high - low);
  // The logarithm of what cutting to the range leaves of each kernel.
  const kept = means.map((mean, k) => {
    const deviation = deviations[k] as number;
    return logMass((low - mean) / deviation, (high - mean) / deviation);
  });
  const addLogDensities =
    dimension.step === null
      ? continuousDensities(dimension, means, deviations, kept)
      : steppedDensities(dimension, dimension.step, means, deviations, kept);

  return {
    draw(kernel, random) {
      const [mean, deviation] = [means[kernel] as number, deviations[kernel] as number];
      const place = truncatedQuantile(random.uniform(), (low - mean) / deviation, (high - mean) / deviation);
      return valueAt(dimension, mean + place * deviation);
    },
    addLogDensities,
  };
}

/**
 * Standard deviations of kernels: of each the larger gap to its two neighbours, the ends of the range being neighbours, too.
 *
 * The outermost two look inwards only when there are two or more. Kept from (high - low) / min(100, 1 + K) to high - low,
 * where K counts the kernels with the prior ("magic clip").
 *
 * @param centres  m places from low to high, in any order.
 * @returns m widths, in the order of `centres`.
 */
export function kernelWidths(centres: Float64Array, low: number, high: number): Float64Array {
  const m = centres.length;
  const sorted = Uint32Array.from(centres.keys()).sort((a, b) => (centres[a] as number) - (centres[b] as number));
  const at = (rank: number): number => {
    if (rank < 0) return low;
    return rank >= m ? high : (centres[sorted[rank] as number] as number);
  };
  const narrowest = (high - low) / Math.min(100, 2 + m);
  const widths = new Float64Array(m);
  for (let rank = 0; rank < m; rank++) {
    const left = at(rank) - at(rank - 1);
    const right = at(rank + 1) - at(rank);
    let width = Math.max(left, right);
    if (m >= 2 && rank === 0) width = right;
    if (m >= 2 && rank === m - 1) width = left;
    widths[sorted[rank] as number] = Math.min(high - low, Math.max(narrowest, width));
  }
  return widths;
}

type AddLogDensities = Kernels['addLogDensities'];

function continuousDensities(
  { log }: NumberDimension,
  means: Float64Array,
  deviations: Float64Array,
  kept: Float64Array,
): AddLogDensities {
  const scales = deviations.map((deviation) => 1 / deviation);
  const heights = kept.map((mass, k) => -LOG_SQRT_2PI - Math.log(deviations[k] as number) - mass);
  return (code, sums) => {
    const place = log ? Math.log(code) : code;
    for (let k = 0; k < means.length; k++) {
      const z = (place - (means[k] as number)) * (scales[k] as number);
      sums[k] = (sums[k] as number) + (heights[k] as number) - 0.5 * z * z;
    }
  };
}

function steppedDensities(
  { log }: NumberDimension,
  step: number,
  means: Float64Array,
  deviations: Float64Array,
  kept: Float64Array,
): AddLogDensities {
  // Of few values many observations are equal, and so are their kernels: each distinct one is computed once.
  const distinct: number[] = [];
  const placeOf = new Map<string, number>();
  const kernelOf = Uint32Array.from(means, (mean, k) => {
    const key = `${mean} ${deviations[k]}`;
    const place = placeOf.get(key) ?? distinct.length;
    if (place === distinct.length) {
      placeOf.set(key, place);
      distinct.push(k);
    }
    return place;
  });
  const known = new Map<number, Float64Array>();

  function densitiesAt(code: number): Float64Array {
    const [from, to] = [code - step / 2, code + step / 2].map((end) => (log ? Math.log(end) : end)) as [number, number];
    return Float64Array.from(distinct, (k) => {
      const [mean, deviation] = [means[k] as number, deviations[k] as number];
      return logMass((from - mean) / deviation, (to - mean) / deviation) - (kept[k] as number);
    });
  }

  return (code, sums) => {
    let densities = known.get(code);
    if (densities === undefined) {
      densities = densitiesAt(code);
      known.set(code, densities);
    }
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + (densities[kernelOf[k] as number] as number);
  };
}
