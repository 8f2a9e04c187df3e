/** Every experiment with what it changes, what came of it, how old it is, what it cost and what it shares with others. */
import type { Measured } from '../generated/diff.ts';
import type { ExperimentEntry } from '../generated/experiments.ts';
import { measured } from './compare-metrics.ts';
import { metricValue, usualMetric } from './metric-choice.ts';
import type { Member } from './subject.ts';
import { changedValues, type Variant } from './variants.ts';

/** Metrics listed with the usual one. */
const FURTHER = ['loss', 'macroF1', 'parameters'];

/** @param kept  names that are kept with `--name`. */
export function listExperiments(variants: readonly Variant[], kept: ReadonlySet<string>): readonly ExperimentEntry[] {
  const names = metricsOfInterest(variants.flatMap((each) => each.members));
  const seen = new Set<string>();
  return variants.map((variant) => {
    const results = new Map(
      variant.members.flatMap(({ stages }) => [...stages.values()].map((each) => [each.key, each])),
    );
    const own = [...results.values()].filter(({ key }) => !seen.has(key));
    for (const key of results.keys()) seen.add(key);
    const seconds = sumOf([...results.values()].map(({ action }) => action?.seconds ?? null));
    return {
      name: variant.name,
      members: [...variant.names],
      values: changedValues(variant),
      kept: kept.has(variant.name),
      ran: variant.members.length,
      metrics: metricsOf(variant.members, names),
      finishedAt: lastFinished(variant.members),
      seconds: results.size === 0 ? null : seconds,
      ownSeconds: results.size === 0 ? null : sumOf(own.map(({ action }) => action?.seconds ?? null)),
      results: results.size,
      shared: results.size - own.length,
    };
  });
}

function metricsOfInterest(members: readonly Member[]): readonly string[] {
  const usual = usualMetric(members);
  return [...new Set([...(usual === null ? [] : [usual]), ...FURTHER])];
}

function metricsOf(members: readonly Member[], names: readonly string[]): Record<string, Measured> {
  const found: Record<string, Measured> = {};
  for (const name of names) {
    const values = members.flatMap((member) => metricValue(member, name)?.value ?? []);
    const made = measured(values);
    if (made !== null && values.length === members.length) found[name] = made;
  }
  return found;
}

function lastFinished(members: readonly Member[]): string | null {
  const times = members.flatMap(({ stages }) => [...stages.values()].flatMap(({ action }) => action?.finishedAt ?? []));
  return times.sort().at(-1) ?? null;
}

function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** Time that the experiments together did not have to spend because equal results are made once. */
export function sharedSeconds(entries: readonly ExperimentEntry[]): number {
  return entries.reduce((sum, { seconds, ownSeconds }) => sum + (seconds ?? 0) - (ownSeconds ?? 0), 0);
}
