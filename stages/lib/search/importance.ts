/**
 * How much each hyper-parameter matters for reaching the best tenth of the results (PED-ANOVA).
 *
 * Compares, dimension by dimension, the density of the best trials with that of all: a dimension the best trials share
 * tells them apart, one they are spread over does not. After Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently quantifying
 * hyperparameter importance in arbitrary subspaces" (2023), and for conditional dimensions "Conditional PED-ANOVA"
 * (arXiv 2601.20800), as Optuna 5 computes it by default.
 */
import { gridDensity } from './grid-density.ts';
import { lossOf } from './pareto.ts';
import { type Dimension, type Space, valueCount } from './space.ts';
import type { Goal, Observation } from './types.ts';

export interface Importance {
  readonly path: string;
  /** From 0 to 1; those of all paths add up to 1. */
  readonly importance: number;
}

/** The share of trials that counts as best. */
const TARGET = 0.1;
/** Fewer trials with, or without, the dimension are left out of account. */
const FEWEST = 2;

/**
 * @returns by falling importance, then by path; all equal when nothing tells the best trials apart. Empty with fewer than
 *          two complete trials.
 */
export function importances(space: Space, history: readonly Observation[], goal: Goal): readonly Importance[] {
  const region = history.filter(({ state, values }) => state === 'complete' && Number.isFinite(values[0]));
  if (region.length < 2) return [];
  const target = new Set(bestShare(region, goal));
  const seen = space.dimensions.filter(({ path }) => region.some(({ settings }) => Object.hasOwn(settings, path)));
  const raw = seen.map((dimension) => ({ path: dimension.path, value: divergence(dimension, region, target) }));
  const sum = raw.reduce((total, { value }) => total + value, 0);
  return raw
    .map(({ path, value }) => ({ path, importance: sum > 0 ? value / sum : 1 / raw.length }))
    .sort((a, b) => b.importance - a.importance || (a.path < b.path ? -1 : 1));
}

/** Trials whose value is within the best tenth; equal values are all in. */
function bestShare(region: readonly Observation[], goal: Goal): readonly Observation[] {
  const losses = region.map(({ values }) => lossOf(values[0], goal));
  const cut = losses.toSorted((a, b) => a - b)[Math.ceil(TARGET * region.length) - 1] ?? Infinity;
  return region.filter((_, i) => (losses[i] as number) <= cut);
}

/**
 * The Pearson divergence of the best trials' density from that of all, where the dimension is active, weighted by how much
 * likelier than others the best trials are to have it.
 */
function divergence(dimension: Dimension, region: readonly Observation[], target: ReadonlySet<Observation>): number {
  const active = region.filter(({ settings }) => Object.hasOwn(settings, dimension.path));
  const best = active.filter((trial) => target.has(trial));
  if (active.length < FEWEST || best.length === 0 || valueCount(dimension) === 1) return 0;
  const inTarget = best.length / target.size;
  const inRegion = active.length / region.length;
  const top = gridDensity(dimension, best);
  const all = gridDensity(dimension, active);
  const pearson = all.reduce((sum, density, i) => sum + density * ((top[i] as number) / density - 1) ** 2, 0);
  return (inTarget ** 2 / inRegion) * pearson;
}
