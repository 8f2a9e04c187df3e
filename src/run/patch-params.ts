/**
 * A params file's text with some values replaced, for commands that read the file themselves.
 *
 * Everything else stays as it is written, because the reader may not be one of YAML 1.2: `"yes"` and `"1:30"` without their
 * quotes are other values to many of them, and to Python `1.0` without its point is another type.
 */
import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import { type Document, isAlias, isNode, isScalar, parseDocument, stringify as stringifyYaml } from 'yaml';
import { isJsonObject, type Json } from '../base/json.ts';
import type { ParamValue } from '../config/stage.ts';
import { parseReference } from '../config/template.ts';

type Steps = readonly (string | number)[];

export function patchParams(file: string, text: string, changed: readonly ParamValue[]): string {
  if (/\.json$/i.test(file)) return `${JSON.stringify(withAll(JSON.parse(text) as Json, changed), null, 2)}\n`;
  if (/\.toml$/i.test(file)) return patchToml(text, changed);
  const document = parseDocument(text, { merge: true });
  const before = document.toJS() as Json;
  const after = withAll(before, changed);
  // A value that comes through an alias or a merge key has no place of its own: then the whole file is written anew.
  return replaceInText(text, document, differences(before, after, [])) ?? stringifyYaml(after);
}

function replaceInText(text: string, document: Document, edits: readonly Edit[]): string | null {
  const places: { start: number; end: number; written: string }[] = [];
  for (const { steps, value } of edits) {
    const node = document.getIn(steps, true);
    if (!isNode(node) || isAlias(node) || node.range == null) return null;
    const [start, end] = node.range;
    const old = text.slice(start, end);
    const isQuoted = isScalar(node) && /^["']/.test(old);
    // Null may be written as nothing at all; a block takes the end of its last line with it.
    places.push({ start, end, written: `${old === '' ? ' ' : ''}${asYaml(value, isQuoted)}${/\n*$/.exec(old)?.[0]}` });
  }
  places.sort((a, b) => b.start - a.start);
  return places.reduce((now, { start, end, written }) => now.slice(0, start) + written + now.slice(end), text);
}

/** On one line, and a number in a form that readers of YAML 1.1 take for a number too. */
function asYaml(value: Json, isQuoted: boolean): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value).replace(/^(-?\d+)e/, '$1.0e');
  if (typeof value === 'number' || (typeof value === 'string' && !isQuoted && !value.includes('\n')))
    return stringifyYaml(value, { lineWidth: 0 }).trimEnd();
  return JSON.stringify(value);
}

/** Whole numbers are read as such, so that the others keep their point when they are written. */
function patchToml(text: string, changed: readonly ParamValue[]): string {
  const values = parseToml(text, { integersAsBigInt: true }) as Json;
  return stringifyToml(withAll(values, changed.map(withWholeNumbers)), { numbersAsFloat: true });
}

function withWholeNumbers(param: ParamValue): ParamValue {
  return { ...param, value: wholeNumbers(param.value) };
}

function wholeNumbers(value: Json): Json {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value) as unknown as Json;
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, wholeNumbers(each as Json)]));
}

function withAll(tree: Json, changed: readonly ParamValue[]): Json {
  return changed.reduce(
    (all, { key, value }) => (key === null ? value : withValue(all, stepsTo(all, key), value)),
    tree,
  );
}

/** As when the value was looked up: a key that itself holds the dots comes first. */
function stepsTo(tree: Json, key: string): readonly string[] {
  if (isJsonObject(tree) && Object.hasOwn(tree, key)) return [key];
  const steps = parseReference(key);
  return steps.ok ? steps.value : [key];
}

function withValue(tree: Json, steps: readonly string[], value: Json): Json {
  const [name, ...rest] = steps;
  if (name === undefined) return value;
  if (Array.isArray(tree))
    return tree.map((each: Json, index) => (String(index) === name ? withValue(each, rest, value) : each));
  const object = isJsonObject(tree) ? tree : {};
  return { ...object, [name]: withValue(object[name] ?? {}, rest, value) };
}

interface Edit {
  readonly steps: Steps;
  readonly value: Json;
}

/** The smallest values whose replacement makes one tree the other. */
function differences(before: Json | undefined, after: Json, steps: Steps): readonly Edit[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return after.flatMap((each: Json, index) => differences(before[index] as Json, each, [...steps, index]));
  if (isJsonObject(before) && isJsonObject(after) && Object.keys(before).every((name) => Object.hasOwn(after, name)))
    return Object.keys(after).flatMap((name) =>
      differences(before[name] as Json | undefined, after[name] as Json, [...steps, name]),
    );
  return before === after ? [] : [{ steps, value: after }];
}
