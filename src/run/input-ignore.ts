/**
 * `.pipeignore` speaks of inputs only. An output is all that its stage made: the store keeps every file of it, and a rule
 * that hid one would make the same folder two different artifacts.
 */
import type { ProjectPath } from '../base/paths.ts';
import type { IgnoreRule } from '../config/ignore.ts';
import type { Plan } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';

export function sparingOutputs(rule: IgnoreRule, plan: Plan): IgnoreRule {
  let outputs: ReadonlySet<string> | null = null;
  return (target, isFolder) => {
    // Below `cache/` lie outputs of variants, of which the plan knows nothing.
    if (target.startsWith('cache/') || !rule(target, isFolder)) return false;
    outputs ??= outputPlaces(plan);
    return !isInOutput(target, outputs);
  };
}

function outputPlaces(plan: Plan): ReadonlySet<string> {
  return new Set(
    plan.nodes.flatMap(({ stage, experiments }) =>
      stage.outs.flatMap((output) => experiments.map((experiment) => outputLocation(experiment, stage, output))),
    ),
  );
}

function isInOutput(target: ProjectPath, outputs: ReadonlySet<string>): boolean {
  for (let end = target.length; end > 0; end = target.lastIndexOf('/', end - 1)) {
    if (outputs.has(target.slice(0, end))) return true;
  }
  return false;
}
