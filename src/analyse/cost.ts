/** What results cost: time to make them, and the size of the model where a stage records it. */
import type { DiffCost } from '../generated/diff.ts';
import type { Member } from './subject.ts';

/** Of several repetitions, the mean. A result without a record makes the time unknown: half a sum would mislead. */
export function costOf(members: readonly Member[]): DiffCost {
  return {
    seconds: meanOf(members.map(secondsOf)),
    parameters: meanOf(members.map((member) => recorded(member, 'parameters'))),
    flops: meanOf(members.map((member) => recorded(member, 'flops'))),
  };
}

/** What one trial took is not recorded: trials run side by side. */
function secondsOf({ stages, folds }: Member): number | null {
  if (folds !== undefined) return null;
  let sum = 0;
  for (const { action } of stages.values()) {
    if (action === null) return null;
    sum += action.seconds;
  }
  return sum;
}

/** A number that a stage recorded under this name; of several the last stage's, which is nearest to the end. */
function recorded({ stages }: Member, name: string): number | null {
  const found = [...stages.values()].flatMap(({ metrics }) =>
    Object.entries(metrics).flatMap(([path, value]) => (lastSegment(path) === name ? [value] : [])),
  );
  return found.at(-1) ?? null;
}

/** `metrics.json:model.parameters` -> `parameters` */
export function lastSegment(path: string): string {
  return path.slice(Math.max(path.lastIndexOf(':'), path.lastIndexOf('.', path.length)) + 1);
}

function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
