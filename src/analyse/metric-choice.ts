/** Which number of a result a name means, and whether more of it is better. */

import { shortName } from './compare-metrics.ts';
import { lastSegment } from './cost.ts';
import { isChosenBy, type Member, type StageResult } from './subject.ts';

/** Metrics looked for when none is asked for, the first one first. */
const USUAL = ['accuracy', 'macroF1', 'f1', 'microF1', 'rocAuc', 'loss'];

export interface MetricValue {
  readonly stage: string;
  /** Without the stage. */
  readonly name: string;
  readonly value: number;
}

/**
 * The value of a metric in a result, asked for as `accuracy` or, of one stage, as `evaluate:accuracy`. Of several stages that have
 * it, one that measured on train or validation images comes last; of the others the last one's: evaluation comes after training.
 */
export function metricValue(member: Member, asked: string): MetricValue | null {
  const [stage, name] = parse(member, asked);
  let found: MetricValue | null = null;
  let best = 0;
  for (const [each, result] of member.stages) {
    if (stage !== null && each !== stage) continue;
    const own = isChosenBy(result) ? 0 : 1;
    for (const [path, value] of Object.entries(result.metrics)) {
      const isExact = shortName(path) === name;
      if (!isExact && lastSegment(path) !== name) continue;
      // `accuracy` is the number of that name before it is the accuracy of one class.
      const rank = (isExact ? 3 : 1) + own;
      if (rank < best) continue;
      found = { stage: each, name, value };
      best = rank;
    }
  }
  return found;
}

/** The stages that have a number of this very name, as it is asked for. */
export function stagesWith({ stages }: Member, name: string): readonly string[] {
  const has = ({ metrics }: StageResult) => Object.keys(metrics).some((path) => shortName(path) === name);
  return [...stages].flatMap(([stage, result]) => (has(result) ? [`${stage}:${name}`] : []));
}

function parse({ stages }: Member, asked: string): readonly [stage: string | null, name: string] {
  const end = asked.indexOf(':');
  const stage = asked.slice(0, Math.max(0, end));
  return stages.has(stage) ? [stage, asked.slice(end + 1)] : [null, asked];
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
