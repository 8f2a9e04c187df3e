/**
 * A search space after it was read: a flat list of dimensions, each a choice or a range of numbers.
 *
 * Lists of layers are dimensions like all others: `model.layers.length` and `model.layers.0.filters`, the latter under the
 * condition that there are that many layers. Samplers know nothing of lists.
 */
import { canonicalJson, type Json } from '../../../src/base/json.ts';
import type { Settings } from './types.ts';

/** Holds when the dimension at `path` is active and its value is one of `anyOf`, or a number from `min` to `max`. */
export type Condition =
  | { readonly path: string; readonly anyOf: readonly Json[] }
  | { readonly path: string; readonly min: number; readonly max: number };

export interface ChoiceDimension {
  readonly kind: 'choice';
  readonly path: string;
  /** All must hold. */
  readonly when: readonly Condition[];
  readonly choices: readonly Json[];
}

export interface NumberDimension {
  readonly kind: 'number';
  readonly path: string;
  readonly when: readonly Condition[];
  readonly low: number;
  /** With a step: the highest value that can be drawn, `low` plus a multiple of the step. */
  readonly high: number;
  readonly log: boolean;
  /** null: continuous. 1 for whole numbers, also on a log scale. */
  readonly step: number | null;
}

export type Dimension = ChoiceDimension | NumberDimension;

/** Where a list stands, and what its elements are: one value each, or an object of attributes. */
export interface ListPlace {
  readonly path: string;
  /** null when the elements are plain values. */
  readonly attributes: readonly string[] | null;
}

export interface Space {
  /** By path, but every dimension after those its conditions name. The order in the file does not matter. */
  readonly dimensions: readonly Dimension[];
  readonly lists: readonly ListPlace[];
}

/** Whether the dimension takes part, given the values of those before it. */
export function isActive(dimension: Dimension, settings: Settings): boolean {
  return dimension.when.every((condition) => holds(condition, settings[condition.path]));
}

/** @param value  undefined when the dimension the condition names is inactive: then it does not hold. */
export function holds(condition: Condition, value: Json | undefined): boolean {
  if (value === undefined) return false;
  if ('anyOf' in condition) return condition.anyOf.some((each) => sameValue(each, value));
  return typeof value === 'number' && value >= condition.min && value <= condition.max;
}

export function sameValue(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

/** How many values a dimension has; Infinity for a continuous one. */
export function valueCount(dimension: Dimension): number {
  if (dimension.kind === 'choice') return dimension.choices.length;
  if (dimension.low === dimension.high) return 1;
  return dimension.step === null ? Infinity : Math.round((dimension.high - dimension.low) / dimension.step) + 1;
}

/**
 * The values to write into params, by path: as in `settings`, but each list as one value at the path of the list.
 *
 * `{ 'model.layers.length': 2, 'model.layers.0.filters': 8, 'model.layers.1.filters': 16 }` becomes
 * `{ 'model.layers': [{ filters: 8 }, { filters: 16 }] }`.
 */
export function paramsOf(space: Space, settings: Settings): Settings {
  const params: Record<string, Json> = { ...settings };
  for (const list of space.lists) {
    const length = settings[`${list.path}.length`];
    if (typeof length !== 'number') continue;
    delete params[`${list.path}.length`];
    params[list.path] = Array.from({ length }, (_, place) => {
      const at = `${list.path}.${place}`;
      if (list.attributes === null) return take(params, at) ?? null;
      const element: Record<string, Json> = {};
      for (const name of list.attributes) {
        const value = take(params, `${at}.${name}`);
        if (value !== undefined) element[name] = value;
      }
      return element;
    });
  }
  return params;
}

function take(params: Record<string, Json>, path: string): Json | undefined {
  const value = params[path];
  delete params[path];
  return value;
}
