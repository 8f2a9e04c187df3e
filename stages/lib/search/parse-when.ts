/**
 * Reads the conditions of dimensions, and finds those that cannot hold.
 *
 * A condition names a dimension and what it must be: a value, a list of values, or `{ min, max }` with one or both.
 */
import { isJsonObject, type Json } from '../../../src/base/json.ts';
import { type Condition, type Dimension, holds, sameValue } from './space.ts';
import { hintOf, onlyFields, type Report, written } from './space-problem.ts';

/** What a path in a `when` stands for: null when there is no such dimension. */
export type Resolve = (path: string) => Dimension | null;

/** @returns the conditions; those that were reported are left out. */
export function parseWhen(
  when: Json | undefined,
  resolve: Resolve,
  known: readonly string[],
  at: readonly string[],
  report: Report,
): readonly Condition[] {
  if (when === undefined) return [];
  if (!isJsonObject(when)) {
    const hint = `when: { ${known[0] ?? 'optimizer.name'}: VALUE }`;
    report({ code: 'E1001', at, message: `\`when\` is ${written(when)}, expected conditions by path`, hint });
    return [];
  }
  return Object.entries(when).flatMap(([path, wanted]) => {
    const place = [...at, path];
    const target = resolve(path);
    if (target === null) {
      const isList = known.includes(`${path}.length`);
      const message = isList
        ? `\`${path}\` is a list, and a condition needs one value`
        : `there is no dimension \`${path}\``;
      report({ code: 'E1007', at: place, message, hint: isList ? `${path}.length: { min: 2 }` : hintOf(path, known) });
      return [];
    }
    const condition = parseCondition(target.path, wanted, place, report);
    return condition !== null && canHold(condition, target, place, report) ? [condition] : [];
  });
}

function parseCondition(path: string, wanted: Json, at: readonly string[], report: Report): Condition | null {
  if (!isJsonObject(wanted)) return { path, anyOf: Array.isArray(wanted) ? wanted : [wanted] };
  if (!onlyFields(wanted, ['min', 'max'], at, report)) return null;
  const { min = -Infinity, max = Infinity } = wanted;
  if (typeof min === 'number' && typeof max === 'number' && Object.keys(wanted).length > 0) return { path, min, max };
  const message = `the condition on \`${path}\` is ${written(wanted)}, expected numbers`;
  report({ code: 'E1001', at, message, hint: `${path}: { min: 2 }` });
  return null;
}

function canHold(condition: Condition, target: Dimension, at: readonly string[], report: Report): boolean {
  const impossible =
    'anyOf' in condition
      ? condition.anyOf.find((value) => !hasValue(target, value))
      : isPossible([condition], target)
        ? undefined
        : null;
  const isEmpty = 'anyOf' in condition && condition.anyOf.length === 0;
  if (impossible === undefined && !isEmpty) return true;
  const found =
    impossible === null && !('anyOf' in condition) ? `from ${condition.min} to ${condition.max}` : written(impossible);
  report({
    code: 'E1009',
    at,
    message: isEmpty ? `the condition on \`${target.path}\` allows no value` : `\`${target.path}\` is never ${found}`,
    hint: hintOfValues(target, impossible),
  });
  return false;
}

/** What the dimension can be, as a hint. */
function hintOfValues(target: Dimension, wrong: Json | undefined): string {
  if (target.kind === 'number') {
    return target.step === null && typeof wrong === 'number'
      ? `${target.path}: { min: ${target.low} }`
      : `it goes from ${target.low} to ${target.high}${target.step === null ? '' : ` in steps of ${target.step}`}`;
  }
  const names = target.choices.map((choice) => (typeof choice === 'string' ? choice : written(choice)));
  return hintOf(typeof wrong === 'string' ? wrong : written(wrong), names);
}

/** Whether the dimension can have this very value. A continuous one has none that could be named. */
export function hasValue(dimension: Dimension, value: Json): boolean {
  if (dimension.kind === 'choice') return dimension.choices.some((choice) => sameValue(choice, value));
  if (typeof value !== 'number' || value < dimension.low || value > dimension.high) return false;
  if (dimension.step === null) return dimension.low === dimension.high;
  const steps = (value - dimension.low) / dimension.step;
  return Math.abs(steps - Math.round(steps)) < 1e-9;
}

/** Whether the dimension has a value for which all the conditions hold. */
export function isPossible(conditions: readonly Condition[], dimension: Dimension): boolean {
  const allHold = (value: Json) => conditions.every((condition) => holds(condition, value));
  if (dimension.kind === 'choice') return dimension.choices.some(allHold);
  for (const condition of conditions) if ('anyOf' in condition) return condition.anyOf.some(allHold);
  let { low, high } = dimension;
  for (const condition of conditions) {
    if ('anyOf' in condition) continue;
    low = Math.max(low, condition.min);
    high = Math.min(high, condition.max);
  }
  if (dimension.step === null || low > high) return low <= high;
  const first = dimension.low + Math.ceil((low - dimension.low) / dimension.step - 1e-9) * dimension.step;
  return first <= high + 1e-9 * dimension.step;
}
