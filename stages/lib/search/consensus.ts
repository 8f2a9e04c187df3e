/** What the best trials agree on: hyper-parameters that might as well be fixed. */
import { canonicalJson, type Json } from '../../../src/base/json.ts';
import { medianOf } from './median-pruner.ts';
import { ranked } from './pareto.ts';
import type { Space } from './space.ts';
import type { Goal, Observation } from './types.ts';

export interface Agreement {
  readonly path: string;
  /** In how many of the best trials the dimension is active. */
  readonly active: number;
  /** Its values there and how many trials have each, the most frequent first. */
  readonly values: readonly { readonly value: Json; readonly count: number }[];
  /** Of a range: lowest, median and highest value. null for a choice. */
  readonly span: { readonly low: number; readonly median: number; readonly high: number } | null;
  /** True when it is active in all of the best trials with one and the same value. */
  readonly shared: boolean;
}

/**
 * @param best  how many of the best complete trials to look at; all when there are fewer.
 * @returns one entry per dimension that is active in any of them, in the order of the space.
 */
export function agreements(
  space: Space,
  history: readonly Observation[],
  goal: Goal,
  best: number,
): readonly Agreement[] {
  const complete = history.filter(({ state }) => state === 'complete');
  const top = ranked(complete, [goal]).slice(0, best);
  return space.dimensions.flatMap(({ path, kind }): Agreement[] => {
    const found = top.flatMap(({ settings }) => {
      const value = settings[path];
      return value === undefined ? [] : [value];
    });
    if (found.length === 0) return [];
    const values = counted(found);
    const numbers = kind === 'number' ? (found as number[]) : [];
    const span =
      kind === 'choice' ? null : { low: Math.min(...numbers), median: medianOf(numbers), high: Math.max(...numbers) };
    return [{ path, active: found.length, values, span, shared: values.length === 1 && found.length === top.length }];
  });
}

function counted(found: readonly Json[]): readonly { readonly value: Json; readonly count: number }[] {
  const counts = new Map<string, { value: Json; count: number }>();
  for (const value of found) {
    const text = canonicalJson(value);
    const known = counts.get(text);
    if (known === undefined) counts.set(text, { value, count: 1 });
    else known.count++;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
