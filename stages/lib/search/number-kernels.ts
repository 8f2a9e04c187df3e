/**
 * Kernels over a range of numbers: normal distributions cut to the range, on a logarithmic scale where it has one.
 *
 * Of a stepped range the density at a value is the mass of the half steps on its two sides.
 */
import type { Column } from './code-table.ts';
import { kernelWidths } from './kernel-widths.ts';
import type { Kernels } from './kernels.ts';
import { cellExcess, isNarrowCell, LOG_SQRT_2PI, logMass, truncatedQuantile } from './normal.ts';
import type { NumberDimension } from './space.ts';
import { modelledBounds, valueAt } from './values.ts';

/** Deviations from the mean beyond which the mass is less than the last digit of 1. */
const WHOLE = 8.3;

/** Kernels with what their densities are made of, one entry per kernel, the prior last. */
interface Shapes {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** One by the deviations: dividing is slow. */
  readonly scales: Float64Array;
  /** The logarithm of what cutting to the range leaves of each kernel. */
  readonly kept: Float64Array;
  /** Log density of the cut kernel at its mean. */
  readonly heights: Float64Array;
  /** Kernels of one class are equal. */
  readonly classOf: Uint32Array;
  readonly classes: number;
}

/** @param observed  m values of the dimension. The kernels are these m and then the prior. */
export function numberKernels(dimension: NumberDimension, observed: Column): Kernels {
  const [low, high] = modelledBounds(dimension);
  const centres = observed.codes.slice();
  if (dimension.log) for (let i = 0; i < centres.length; i++) centres[i] = Math.log(centres[i] as number);
  const shapes = shapesOf(centres, observed.order, low, high);
  const { means, deviations } = shapes;
  const densities =
    dimension.step === null
      ? continuousDensities(dimension, shapes)
      : steppedDensities(dimension, dimension.step, shapes);
  return {
    ...densities,
    draw(kernel, random) {
      const [mean, deviation] = [means[kernel] as number, deviations[kernel] as number];
      const place = truncatedQuantile(random.uniform(), (low - mean) / deviation, (high - mean) / deviation);
      return valueAt(dimension, mean + place * deviation);
    },
  };
}

function shapesOf(centres: Float64Array, order: Uint32Array, low: number, high: number): Shapes {
  const m = centres.length;
  const { widths, classOf, classes } = kernelWidths(centres, order, low, high);
  const [means, deviations] = [new Float64Array(m + 1), new Float64Array(m + 1)];
  means.set(centres);
  deviations.set(widths);
  means[m] = (low + high) / 2;
  deviations[m] = high - low;
  const [scales, kept, heights] = [new Float64Array(m + 1), new Float64Array(m + 1), new Float64Array(m + 1)];
  let known = Number.NaN;
  let logDeviation = Number.NaN;
  for (let k = 0; k <= m; k++) {
    const [mean, deviation] = [means[k] as number, deviations[k] as number];
    // Most kernels are of the least width allowed.
    if (deviation !== known) {
      known = deviation;
      logDeviation = Math.log(deviation);
    }
    const isWhole = mean - low > WHOLE * deviation && high - mean > WHOLE * deviation;
    if (!isWhole) kept[k] = logMass((low - mean) / deviation, (high - mean) / deviation);
    scales[k] = 1 / deviation;
    heights[k] = -LOG_SQRT_2PI - logDeviation - (kept[k] as number);
  }
  const ofAll = new Uint32Array(m + 1);
  ofAll.set(classOf);
  ofAll[m] = classes;
  return {
    means,
    deviations,
    scales,
    kept,
    heights,
    classOf: ofAll,
    classes: classes + 1,
  };
}

type Densities = Omit<Kernels, 'draw'>;

function continuousDensities({ log }: NumberDimension, { means, scales, heights }: Shapes): Densities {
  return {
    peaks: heights,
    logDensity(kernel, code) {
      const z = ((log ? Math.log(code) : code) - (means[kernel] as number)) * (scales[kernel] as number);
      return (heights[kernel] as number) - 0.5 * z * z;
    },
    addTo(sums, kept, count, code, floor) {
      const at = log ? Math.log(code) : code;
      let next = 0;
      for (let i = 0; i < count; i++) {
        const kernel = kept[i] as number;
        const z = (at - (means[kernel] as number)) * (scales[kernel] as number);
        const sum = (sums[i] as number) - 0.5 * z * z;
        if (sum < floor) continue;
        sums[next] = sum;
        kept[next++] = kernel;
      }
      return next;
    },
  };
}

/** What is known of one value: its cell on the modelled scale, and the densities of classes as far as they were needed. */
interface Cell {
  readonly middle: number;
  readonly width: number;
  readonly logWidth: number;
  /** NaN: not computed. null: all are narrow, so that keeping them is not worth it. */
  readonly densities: Float64Array | null;
}

function steppedDensities({ low, log }: NumberDimension, step: number, shapes: Shapes): Densities {
  const { means, scales, kept: shares, heights, classOf, classes } = shapes;
  let finest = 0;
  for (const scale of scales) finest = Math.max(finest, scale);
  const cells = new Map<number, Cell>();
  const cellOf = (code: number): Cell => {
    let cell = cells.get(code);
    if (cell === undefined) {
      const [from, to] = [code - step / 2, code + step / 2];
      const width = log ? Math.log(to / from) : step;
      const middle = log ? (Math.log(from) + Math.log(to)) / 2 : code;
      const densities = isNarrowCell(0, width * finest) ? null : new Float64Array(classes).fill(Number.NaN);
      cell = { middle, width, logWidth: Math.log(width), densities };
      cells.set(code, cell);
    }
    return cell;
  };
  // The lowest value has the widest cell, also on a logarithmic scale. At most the whole mass of a kernel falls into a cell,
  // and at most its height over the widest one.
  const { logWidth: widest } = cellOf(low);
  const peaks = new Float64Array(heights.length);
  for (let k = 0; k < peaks.length; k++) peaks[k] = Math.min((heights[k] as number) + widest, -(shares[k] as number));

  /** @param z  how many deviations the cell's middle is away from the kernel's mean. */
  function densityIn({ width: whole, logWidth, densities }: Cell, kernel: number, z: number): number {
    const width = whole * (scales[kernel] as number);
    if (isNarrowCell(z, width)) return (heights[kernel] as number) + logWidth - 0.5 * z * z + cellExcess(z, width);
    const place = classOf[kernel] as number;
    let density = densities === null ? Number.NaN : (densities[place] as number);
    if (Number.isNaN(density)) {
      density = logMass(z - width / 2, z + width / 2) - (shares[kernel] as number);
      if (densities !== null) densities[place] = density;
    }
    return density;
  }

  return {
    peaks,
    logDensity(kernel, code) {
      const cell = cellOf(code);
      return densityIn(cell, kernel, Math.abs(cell.middle - (means[kernel] as number)) * (scales[kernel] as number));
    },
    addTo(sums, kept, count, code, floor) {
      const cell = cellOf(code);
      const { middle, width } = cell;
      let next = 0;
      for (let i = 0; i < count; i++) {
        const kernel = kept[i] as number;
        const away = Math.abs(middle - (means[kernel] as number));
        const scale = scales[kernel] as number;
        // The density falls at least like this from its peak to the nearest edge of the cell.
        const edge = (away - width / 2) * scale;
        const most = sums[i] as number;
        if (edge > 0 && most - 0.5 * edge * edge < floor) continue;
        const sum = most - (peaks[kernel] as number) + densityIn(cell, kernel, away * scale);
        if (sum < floor) continue;
        sums[next] = sum;
        kept[next++] = kernel;
      }
      return next;
    },
  };
}
