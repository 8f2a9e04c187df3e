/** Which number of a result a name means, and whether more of it is better. */

import { shortName } from './compare-metrics.ts';
import { lastSegment } from './cost.ts';
import type { Member } from './subject.ts';

/** Metrics looked for when none is asked for, the first one first. */
const USUAL = ['accuracy', 'macroF1', 'f1', 'microF1', 'rocAuc', 'loss'];

/** The value of a metric in a result; of several stages that have it the last one's: evaluation comes after training. */
export function metricValue(
  { stages }: Member,
  name: string,
): { readonly stage: string; readonly value: number } | null {
  let found: { stage: string; value: number } | null = null;
  let isExact = false;
  for (const [stage, { metrics }] of stages) {
    for (const [path, value] of Object.entries(metrics)) {
      const exact = shortName(path) === name;
      // `accuracy` is the number of that name before it is the accuracy of one class.
      if (exact || (!isExact && lastSegment(path) === name)) {
        found = { stage, value };
        isExact = exact;
      }
    }
  }
  return found;
}

/** The first of the usual metrics that any of the results has; else the first number there is. */
export function usualMetric(members: readonly Member[]): string | null {
  const usual = USUAL.find((name) => members.some((member) => metricValue(member, name) !== null));
  if (usual !== undefined) return usual;
  const paths = members.flatMap(({ stages }) => [...stages.values()].flatMap(({ metrics }) => Object.keys(metrics)));
  return paths.length === 0 ? null : shortName(paths.at(-1) ?? '');
}

export function isLess(name: string): boolean {
  return /loss|error|brier|ece|seconds|entropy/i.test(lastSegment(name));
}

/** Names of all numbers the results have, for a hint. */
export function metricNames(members: readonly Member[]): readonly string[] {
  return [
    ...new Set(
      members.flatMap(({ stages }) =>
        [...stages.values()].flatMap(({ metrics }) => Object.keys(metrics).map(shortName)),
      ),
    ),
  ];
}
