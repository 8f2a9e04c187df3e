/** Held against figures of Optuna, made by bench/search/make-fixtures.py. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import { createPruner, type PrunerSettings } from './create-pruner.ts';
import { importances } from './importance.ts';
import { parzenMixture } from './parzen.ts';
import type { Dimension } from './space.ts';
import { spaceOf, tableOf } from './testing.ts';
import { splitTrials } from './tpe-split.ts';
import type { Goal, Observation, Settings, TrialState } from './types.ts';
import { valueCoder } from './values.ts';
import { signedRankP } from './wilcoxon-pruner.ts';

interface Figures {
  readonly space: Readonly<Record<string, Json>>;
  readonly densities: readonly {
    readonly names: readonly string[];
    readonly observed: Readonly<Record<string, readonly Json[]>>;
    readonly points: readonly (readonly Json[])[];
    readonly logDensity: readonly number[];
  }[];
  readonly splits: readonly {
    readonly goal: Goal;
    readonly history: readonly (Pick<Observation, 'reports' | 'violation'> & { state: TrialState; value: number })[];
    readonly good: readonly number[];
    readonly bad: readonly number[];
  }[];
  readonly importances: readonly {
    readonly goal: Goal;
    readonly conditional: boolean;
    readonly history: readonly { readonly settings: Settings; readonly value: number }[];
    readonly importances: Readonly<Record<string, number>>;
  }[];
  readonly pruners: readonly {
    readonly pruner: string;
    readonly goal: Goal;
    readonly curves: readonly (readonly number[])[];
    readonly prunedAt: readonly number[];
  }[];
  readonly signedRanks: readonly (readonly [differences: readonly number[], p: number])[];
}

const figures = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'data', 'optuna.json'), 'utf8')) as Figures;

test.each(
  figures.densities.map((each) => [each.names.join(' '), Object.values(each.observed)[0]?.length ?? 0, each] as const),
)(
  'the density over %s after %i observations is that of Optuna',
  (_names, count, { names, observed, points, logDensity }) => {
    const all = spaceOf(figures.space).dimensions;
    const dimensions = names.map((name) => all.find(({ path: each }) => each === name) as Dimension);
    const coders = dimensions.map(valueCoder);
    const columns = names.map((name, i) =>
      Float64Array.from(observed[name] ?? [], (value) => coders[i]?.(value) ?? Number.NaN),
    );
    const mixture = parzenMixture(dimensions, tableOf(columns, count));
    for (const [i, point] of points.entries()) {
      const codes = point.map((value, k) => coders[k]?.(value) ?? Number.NaN);
      expect(Math.abs(mixture.logDensity(codes) - (logDensity[i] as number))).toBeLessThan(1e-7);
    }
  },
);

test.each(figures.splits)('good and bad trials are those of Optuna (%#)', ({ goal, history, good, bad }) => {
  const observations = history.map(({ state, value, reports, violation }, trial): Observation => {
    const values = state === 'complete' ? [value] : [];
    return { trial, settings: {}, state, values, reports, violation };
  });
  const split = splitTrials(observations.toReversed(), [goal]);
  expect(split.good.map(({ trial }) => trial)).toEqual(good);
  expect(split.bad.map(({ trial }) => trial)).toEqual(bad);
});

test.each(figures.importances)('importances are those of Optuna (%#)', ({ goal, conditional, history, ...theirs }) => {
  const { drop, ...rest } = figures.space;
  const space = conditional
    ? spaceOf({ ...rest, drop: { ...(drop as object), when: { kind: 'a' } } })
    : spaceOf(figures.space);
  const observations = history.map(({ settings, value }, trial): Observation => {
    return { trial, settings, state: 'complete', values: [value], reports: [], violation: 0 };
  });
  const found = importances(space, observations, goal);
  expect(found).toHaveLength(Object.keys(theirs.importances).length);
  for (const { path: name, importance } of found) {
    expect(Math.abs(importance - (theirs.importances[name] as number))).toBeLessThan(1e-9);
  }
});

test.each(figures.signedRanks)('the signed-rank test of %j is that of scipy', (differences, p) => {
  expect(signedRankP(differences)).toBeCloseTo(p, 12);
});

const PRUNERS: Readonly<Record<string, PrunerSettings>> = {
  median: { pruner: 'median' },
  'median, warmed up': { pruner: 'median', startupTrials: 3, warmupSteps: 4, interval: 3 },
  asha: { pruner: 'asha', minSteps: 1, reduction: 3 },
  'asha from 2': { pruner: 'asha', minSteps: 2 },
  wilcoxon: { pruner: 'wilcoxon' },
};

test.each(figures.pruners)('$pruner stops what Optuna stops, to $goal', ({ pruner: name, goal, curves, prunedAt }) => {
  const pruner = createPruner(PRUNERS[name] as PrunerSettings, goal);
  const history: Observation[] = [];
  for (const [trial, curve] of curves.entries()) {
    const all = curve.map((value, i) => [i + 1, value] as const);
    const stop = all.findIndex((_, i) => pruner.stops(trial, all.slice(0, i + 1), history));
    expect([trial, stop + 1]).toEqual([trial, prunedAt[trial]]);
    const last = curve.at(-1) ?? Number.NaN;
    const mean = curve.reduce((sum, value) => sum + value, 0) / curve.length;
    history.push({
      trial,
      settings: {},
      state: stop < 0 ? 'complete' : 'pruned',
      values: stop < 0 ? [name === 'wilcoxon' ? mean : last] : [],
      reports: stop < 0 ? all : all.slice(0, stop + 1),
      violation: 0,
    });
  }
});
