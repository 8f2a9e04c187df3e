/**
 * Reads a list whose length is searched, too: one dimension for the length, and one for each attribute of each element it
 * can have, under the condition that the list is that long.
 */
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { parseDimension } from './parse-dimension.ts';
import type { Condition, Dimension, ListPlace } from './space.ts';
import { onlyFields, type Report, written } from './space-problem.ts';

/** A dimension before its `when` was read. */
export interface Draft {
  readonly dimension: Dimension;
  readonly when: Json | undefined;
  /** Keys down to the `when`. */
  readonly at: readonly string[];
  /** Where the names of a `when` are looked for first: the element the dimension belongs to, with a dot. */
  readonly scope: string | null;
  /** Conditions it has anyway. */
  readonly given: readonly Condition[];
}

export interface ParsedList {
  readonly drafts: readonly Draft[];
  readonly place: ListPlace;
}

const LONGEST = 100;

/** @returns null when something was reported that leaves no list to go on with. */
export function parseList(path: string, spec: JsonObject, at: readonly string[], report: Report): ParsedList | null {
  const list = spec.list as Json;
  const listAt = [...at, 'list'];
  const refuse = (field: string, message: string, hint: string) => {
    report({ code: 'E1010', at: [...listAt, ...(field === '' ? [] : [field])], message, hint });
    return null;
  };
  if (!onlyFields(spec, ['list', 'when'], at, report)) return null;
  if (!isJsonObject(list) || list.length === undefined || list.item === undefined) {
    const hint = 'list: { length: { range: [1, 3] }, item: { filters: { choice: [8, 16] } } }';
    return refuse('', `the list of \`${path}\` is ${written(list)}, expected \`length\` and \`item\``, hint);
  }
  if (!onlyFields(list, ['length', 'item'], listAt, report)) return null;

  const length = parseLength(path, list.length, [...listAt, 'length'], report);
  if (length === null) return null;
  const lengths = length.kind === 'choice' ? (length.choices as readonly Json[]) : [length.low, length.high];
  if (!lengths.every((each) => Number.isSafeInteger(each) && (each as number) >= 0 && (each as number) <= LONGEST)) {
    const found = length.kind === 'choice' ? written(length.choices) : `${length.low} to ${length.high}`;
    return refuse(
      'length',
      `the length of \`${path}\` is ${found}, expected whole numbers from 0 to ${LONGEST}`,
      'length: { range: [1, 5] }',
    );
  }
  const longest = Math.max(...(lengths as readonly number[]));
  const attributes = attributesOf(list.item);
  if (attributes !== null && attributes.length === 0)
    return refuse('item', `an element of \`${path}\` has no attribute`, 'item: { filters: { choice: [8, 16] } }');

  const drafts: Draft[] = [{ dimension: length, when: spec.when, at: [...at, 'when'], scope: null, given: [] }];
  for (const [name, attribute] of attributes ?? [[null, list.item] as const]) {
    const own = [...listAt, 'item', ...(name === null ? [] : [name])];
    let isSound = true;
    for (let place = 0; place < longest && isSound; place++) {
      const element = `${path}.${place}`;
      const dimension = parseDimension(name === null ? element : `${element}.${name}`, attribute, own, report);
      isSound = dimension !== null;
      if (dimension === null) continue;
      const given = [{ path: length.path, min: place + 1, max: Infinity }];
      drafts.push({
        dimension,
        when: (attribute as JsonObject).when,
        at: [...own, 'when'],
        scope: `${element}.`,
        given,
      });
    }
  }
  return { drafts, place: { path, attributes: attributes?.map(([name]) => name) ?? null } };
}

function parseLength(path: string, length: Json, at: readonly string[], report: Report): Dimension | null {
  const whole = isJsonObject(length) && 'range' in length ? { ...length, integer: true } : length;
  return parseDimension(`${path}.length`, whole, at, report);
}

/** Attributes of an element, or null when it is a plain value: then `choice` or `range` is a list, not a dimension. */
function attributesOf(item: Json): readonly (readonly [string, Json])[] | null {
  if (!isJsonObject(item) || Array.isArray(item.choice) || Array.isArray(item.range)) return null;
  return Object.entries(item);
}
