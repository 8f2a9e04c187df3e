/**
 * A value from a file together with where each part of it was written.
 *
 * YAML, JSON and TOML all become trees; interpolation and overrides turn trees into trees; only the last step drops the
 * places. Trees are never changed in place, so anchors and experiments may share parts.
 */
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { Location } from '../base/problem.ts';

/** Where a value was written; null for one given on the command line. */
export type Place = Location | null;

export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  readonly at: Place;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly at: Place;
}

export interface MapTree {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Place;
}

export interface Entry {
  readonly keyAt: Place;
  readonly value: Tree;
}

export function scalarTree(value: null | boolean | number | string, at: Place): ScalarTree {
  return { kind: 'scalar', value, at };
}

export function listTree(items: readonly Tree[], at: Place): ListTree {
  return { kind: 'list', items, at };
}

export function mapTree(entries: ReadonlyMap<string, Entry>, at: Place): MapTree {
  return { kind: 'map', entries, at };
}

/** A tree whose parts all carry one place. */
export function treeFromJson(value: Json, at: Place): Tree {
  if (Array.isArray(value))
    return listTree(
      value.map((item: Json) => treeFromJson(item, at)),
      at,
    );
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, member]): [string, Entry] => [
      key,
      { keyAt: at, value: treeFromJson(member, at) },
    ]);
    return mapTree(new Map(entries), at);
  }
  return scalarTree(value as null | boolean | number | string, at);
}

export function jsonFromTree(tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(jsonFromTree);
  return jsonFromMap(tree);
}

export function jsonFromMap(tree: MapTree): JsonObject {
  // fromEntries defines members, it never assigns them: a key such as `__proto__` stays an ordinary key.
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, jsonFromTree(entry.value)]));
}

/** The value under a key of a map; undefined when the tree is not a map or has no such key. */
export function member(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.entries.get(key)?.value : undefined;
}

/** The part of a tree a path leads to, by keys of maps and positions in lists. */
export function treeAt(tree: Tree, path: readonly (string | number)[]): Tree | undefined {
  let here: Tree | undefined = tree;
  for (const step of path) {
    if (here?.kind === 'list') here = here.items[positionIn(here, step)];
    else here = member(here, String(step));
  }
  return here;
}

/** Counted from the end when negative; -1 for what is no position at all. */
function positionIn(list: ListTree, step: string | number): number {
  if (!/^-?\d+$/.test(String(step))) return -1;
  return Number(step) < 0 ? list.items.length + Number(step) : Number(step);
}

/** The place of the key a path ends in (of the item, in a list); of the nearest part above it that has a place otherwise. */
export function placeOf(tree: Tree, path: readonly (string | number)[]): Place {
  let here: Tree | undefined = tree;
  let place = tree.at;
  for (const step of path) {
    if (here?.kind === 'map') {
      const entry = here.entries.get(String(step));
      place = entry?.keyAt ?? place;
      here = entry?.value;
    } else if (here?.kind === 'list') {
      here = here.items[Number(step)];
      place = here?.at ?? place;
    } else break;
  }
  return place;
}

/** Later maps win, member by member; anything else replaces what was there. */
export function mergeTrees(base: Tree, over: Tree): Tree {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const earlier = entries.get(key);
    entries.set(
      key,
      earlier === undefined ? entry : { keyAt: entry.keyAt, value: mergeTrees(earlier.value, entry.value) },
    );
  }
  return mapTree(entries, over.at);
}

/** A copy with one part replaced. Missing maps on the way are made; a list must already have the item. */
export function replaceAt(tree: Tree | undefined, path: readonly string[], value: Tree): Tree {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (tree?.kind === 'list') {
    const index = positionIn(tree, step);
    return listTree(
      tree.items.map((item, i) => (i === index ? replaceAt(item, rest, value) : item)),
      tree.at,
    );
  }
  const entries = new Map(tree?.kind === 'map' ? tree.entries : []);
  const earlier = entries.get(step);
  entries.set(step, { keyAt: value.at ?? earlier?.keyAt ?? null, value: replaceAt(earlier?.value, rest, value) });
  return mapTree(entries, tree?.at ?? value.at);
}

/** `text`, `a list`: what a value is, in the words of messages. */
export function kindOf(tree: Tree): string {
  if (tree.kind === 'list') return tree.items.length === 0 ? 'an empty list' : 'a list';
  if (tree.kind === 'map') return tree.entries.size === 0 ? 'an empty map' : 'a map';
  if (tree.value === null) return 'nothing';
  if (typeof tree.value === 'boolean') return `\`${tree.value}\``;
  if (typeof tree.value === 'number') return `the number \`${tree.value}\``;
  return `the text \`${shorten(tree.value)}\``;
}

/** Long texts are cut for messages. */
export function shorten(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
