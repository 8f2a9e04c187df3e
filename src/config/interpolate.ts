/**
 * Puts values in the place of `${}`.
 *
 * A text that is one reference takes the value with its type; inside a longer text the value is printed: numbers in their
 * one canonical form, true and false, `None` for null. One pass: what was put in is not looked at again. In commands a map
 * becomes flags, and `${from.role}` is left for the moment the command runs.
 */
import { didYouMean } from '../base/did-you-mean.ts';
import { flagsOfMap } from './command-flags.ts';
import type { ProblemList } from './problem-list.ts';
import { isPlainText, parseReference, printed, splitTemplate, type TemplatePart } from './template.ts';
import {
  type Entry,
  kindOf,
  listTree,
  type MapTree,
  mapTree,
  member,
  type Place,
  type ScalarTree,
  scalarTree,
  type Tree,
  treeAt,
} from './tree.ts';

/** Where names are looked up: the first layer that has the name counts. */
export type Scope = readonly MapTree[];

export interface Interpolation {
  readonly scope: Scope;
  readonly problems: ProblemList;
  readonly stage?: string;
  /** Set for commands: maps become flags, and references to `from` are kept and told. */
  readonly command?: { readonly keepFrom: ((role: string, at: Place) => void) | null };
}

/** A tree with every `${}` replaced. Parts without any are shared with the original. */
export function interpolate(tree: Tree, how: Interpolation): Tree {
  if (tree.kind === 'scalar') return typeof tree.value === 'string' ? interpolateText(tree, tree.value, how) : tree;
  if (tree.kind === 'list') {
    const items = tree.items.map((item) => interpolate(item, how));
    return items.every((item, index) => item === tree.items[index]) ? tree : listTree(items, tree.at);
  }
  let changed = false;
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) {
    const value = interpolate(entry.value, how);
    const name = isPlainText(key) ? key : textOf(interpolate(scalarTree(key, entry.keyAt), how));
    changed ||= value !== entry.value || name !== key;
    entries.set(name, value === entry.value ? entry : { keyAt: entry.keyAt, value });
  }
  return changed ? mapTree(entries, tree.at) : tree;
}

function textOf(tree: Tree): string {
  return tree.kind === 'scalar' ? printed(tree.value) : '';
}

function interpolateText(tree: ScalarTree, text: string, how: Interpolation): Tree {
  if (isPlainText(text)) return tree;
  const parts = splitTemplate(text);
  const [only] = parts;
  if (only?.kind === 'reference' && parts.length === 1 && !isKept(only, how)) {
    const value = lookUp(only, tree, how);
    if (value === null) return tree;
    if (how.command !== undefined) return scalarTree(printedInto(value, only, tree, how), tree.at);
    return placedAt(value, tree.at);
  }
  const printedParts = parts.map((part) => {
    if (part.kind === 'text') return part.text;
    if (isKept(part, how)) return keep(part, tree, how);
    const value = lookUp(part, tree, how);
    return value === null ? '' : printedInto(value, part, tree, how);
  });
  return scalarTree(printedParts.join(''), tree.at);
}

type Reference = Extract<TemplatePart, { kind: 'reference' }>;

function isKept(part: Reference, how: Interpolation): boolean {
  return how.command?.keepFrom != null && /^\s*from\./.test(part.source);
}

function keep(part: Reference, tree: ScalarTree, how: Interpolation): string {
  const role = part.source.trim().slice('from.'.length);
  how.command?.keepFrom?.(role, placeOfReference(part, tree));
  return `\${from.${role}}`;
}

function lookUp(part: Reference, tree: ScalarTree, how: Interpolation): Tree | null {
  const at = placeOfReference(part, tree);
  const details = how.stage === undefined ? {} : { stage: how.stage };
  const path = parseReference(part.source);
  if (!path.ok) {
    const expected = '`${name}`, `${name.member}` or `${name[0]}`';
    how.problems.error('E0305', at, `\`\${${part.source}}\` is not a reference: ${path.failure}`, {
      ...details,
      expected,
    });
    return null;
  }
  const [name = '', ...rest] = path.value;
  const layer = how.scope.find((each) => each.entries.has(name));
  const root = member(layer, name);
  const value = root === undefined ? undefined : treeAt(root, rest);
  if (value !== undefined) return value;
  const near = nearestName(path.value, how.scope);
  const forShell = how.command === undefined ? undefined : `write \`\\\${${part.source}}\` to leave it to the shell`;
  const hint = near === undefined ? forShell : near;
  how.problems.error(
    'E0304',
    at,
    `\`\${${part.source}}\` stands for no value`,
    hint === undefined ? details : { ...details, hint },
  );
  return null;
}

/** Follows the path as far as it goes, then looks for a name near the step that fails. */
function nearestName(path: readonly string[], scope: Scope): string | undefined {
  const [first = '', ...rest] = path;
  const root = member(
    scope.find((layer) => layer.entries.has(first)),
    first,
  );
  if (root === undefined)
    return didYouMean(
      first,
      scope.flatMap((layer) => [...layer.entries.keys()]),
    );
  let here: Tree = root;
  for (const step of rest) {
    const next = treeAt(here, [step]);
    if (next === undefined) return here.kind === 'map' ? didYouMean(step, here.entries.keys()) : undefined;
    here = next;
  }
  return undefined;
}

function printedInto(value: Tree, part: Reference, tree: ScalarTree, how: Interpolation): string {
  if (value.kind === 'scalar') return printed(value.value);
  if (value.kind === 'map' && how.command !== undefined) {
    const flags = flagsOfMap(value);
    if (flags.ok) return flags.value;
  }
  const expected =
    how.command === undefined
      ? 'a text, a number, true or false'
      : 'a plain value, or a map of plain values and lists of them';
  how.problems.error(
    'E0306',
    placeOfReference(part, tree),
    `\`\${${part.source}}\` is ${kindOf(value)}, it cannot stand inside a text`,
    {
      ...(how.stage === undefined ? {} : { stage: how.stage }),
      expected,
    },
  );
  return '';
}

/** The value as if it had been written where it is used: messages about it point there. */
function placedAt(value: Tree, at: Place): Tree {
  if (value.kind === 'scalar') return scalarTree(value.value, at);
  return value.kind === 'list' ? listTree(value.items, at) : mapTree(value.entries, at);
}

/** The place of a reference inside a text on one line: plain, or in quotes without escapes. */
function placeOfReference(part: Reference, tree: ScalarTree): Place {
  const { at, value } = tree;
  if (at === null || typeof value !== 'string') return at;
  const quotes = (at.length ?? 0) - value.length;
  if (quotes !== 0 && quotes !== 2) return at;
  return { ...at, column: at.column + quotes / 2 + part.start, length: part.length };
}
