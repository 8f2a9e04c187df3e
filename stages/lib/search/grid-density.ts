/**
 * The density of one dimension over a coarse grid of its values, for importances.
 *
 * Kernels of one width for all, by Scott's rule: those of TPE are too wide to tell importances apart. As in Optuna 5.
 */
import { choiceKernels } from './choice-kernels.ts';
import { logMass } from './normal.ts';
import { type Dimension, type NumberDimension, valueCount } from './space.ts';
import type { Observation } from './types.ts';
import { valueCoder } from './values.ts';

const MOST_CELLS = 50;
/** So narrow that nine tenths of a kernel fall into its own cell. */
const NARROWEST = 0.5 / 1.64;
/** Keeps ratios of densities finite. */
const FLOOR = 1e-12;

/** @returns the probability of each cell: choices, or equal parts of the range on its scale. */
export function gridDensity(dimension: Dimension, trials: readonly Observation[]): Float64Array {
  const counts = dimension.kind === 'choice' ? countChoices(dimension, trials) : countCells(dimension, trials);
  const cells = [...counts.keys()].filter((cell) => (counts[cell] as number) > 0);
  const weights = cells.map((cell) => counts[cell] as number);
  const total = weights.reduce((sum, weight) => sum + weight, 0) + 1;
  const kernelAt =
    dimension.kind === 'choice' ? choiceKernel(cells, counts.length) : cellKernel(cells, weights, counts.length);
  return counts.map((_, cell) => {
    const densities = kernelAt(cell);
    const prior = densities[cells.length] as number;
    return FLOOR + weights.reduce((sum, weight, k) => sum + weight * (densities[k] as number), prior) / total;
  });
}

/** Densities at a cell of the kernels of all observed cells, and of the prior as the last. */
type KernelAt = (cell: number) => Float64Array;

function choiceKernel(cells: readonly number[], count: number): KernelAt {
  const kernels = choiceKernels(count, Float64Array.from(cells));
  return (cell) => kernels.peaks.map((_, k) => Math.exp(kernels.logDensity(k, cell)));
}

function cellKernel(cells: readonly number[], weights: readonly number[], count: number): KernelAt {
  const means = [...cells, (count - 1) / 2];
  const width = scottWidth(cells, weights);
  const deviations = [...cells.map(() => width), count];
  const mass = (from: number, to: number, k: number) => {
    const [mean, deviation] = [means[k] as number, deviations[k] as number];
    return logMass((from - mean) / deviation, (to - mean) / deviation);
  };
  const kept = means.map((_, k) => mass(-0.5, count - 0.5, k));
  return (cell) => Float64Array.from(means, (_, k) => Math.exp(mass(cell - 0.5, cell + 0.5, k) - (kept[k] as number)));
}

/** Scott, "Multivariate density estimation" (1992), by the smaller of spread and quartile distance, with Optuna's quartiles. */
function scottWidth(cells: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const weighted = (value: (cell: number) => number) =>
    cells.reduce((sum, cell, i) => sum + value(cell) * (weights[i] as number), 0);
  const mean = weighted((cell) => cell) / total;
  const spread = Math.sqrt(weighted((cell) => (cell - mean) ** 2) / Math.max(1, total - 1));
  const cumulative = weights.map((_, i) => weights.slice(0, i + 1).reduce((sum, weight) => sum + weight, 0));
  const lower = cumulative.findIndex((sum) => sum >= Math.floor(total / 4));
  const upper = cumulative.findIndex((sum) => sum > Math.floor((total * 3) / 4));
  const quartiles = (cells[upper < 0 ? cells.length - 1 : upper] as number) - (cells[lower] as number);
  return Math.max(NARROWEST, 1.059 * Math.min(quartiles / 1.34, spread) * total ** -0.2);
}

function countChoices(dimension: Dimension, trials: readonly Observation[]): Float64Array {
  const counts = new Float64Array(valueCount(dimension));
  const codeOf = valueCoder(dimension);
  for (const { settings } of trials) add(counts, codeOf(settings[dimension.path]));
  return counts;
}

function countCells(dimension: NumberDimension, trials: readonly Observation[]): Float64Array {
  const scale = (value: number) => (dimension.log ? Math.log(value) : value);
  const [low, high] = [scale(dimension.low), scale(dimension.high)];
  const counts = new Float64Array(cellCount(dimension));
  const width = (high - low) / (counts.length - 1);
  const codeOf = valueCoder(dimension);
  for (const { settings } of trials) {
    const cell = Math.ceil((scale(codeOf(settings[dimension.path])) - low) / width - 0.5);
    add(counts, Math.min(counts.length - 1, Math.max(0, cell)));
  }
  return counts;
}

/** One cell per value where there are few; of whole numbers on a logarithmic scale about one per doubling. */
function cellCount(dimension: NumberDimension): number {
  const values = valueCount(dimension);
  return Math.min(MOST_CELLS, dimension.log && dimension.step !== null ? Math.ceil(Math.log2(values)) + 1 : values);
}

function add(counts: Float64Array, cell: number): void {
  if (cell >= 0) counts[cell] = (counts[cell] as number) + 1;
}
