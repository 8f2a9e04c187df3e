/**
 * Changes to the `experiments:` of a pipeline file as changes of its text: only the lines concerned are touched, so comments,
 * order and layout of everything else stay as they were written.
 */
import { isMap, isPair, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Override } from './override.ts';
import { maskTemplates } from './template-mask.ts';

/** The text with one more experiment at the end. */
export function addExperiment(text: string, name: string, overrides: readonly Override[]): string {
  const entry = `${key(name)}: ${valuesText(overrides)}`;
  const section = sectionOf(text);
  if (section === null) return `${text}${text.endsWith('\n') || text === '' ? '' : '\n'}\nexperiments:\n  ${entry}\n`;
  const last = section.items.at(-1);
  if (section.flow === true || last === undefined) {
    const [start, end] = rangeOf(section);
    const isEmpty = last === undefined;
    if (isEmpty) return `${text.slice(0, start)}{ ${entry} }${text.slice(end)}`;
    const close = text.lastIndexOf('}', end);
    return `${text.slice(0, close).trimEnd()}, ${entry} ${text.slice(close)}`;
  }
  const indent = indentAt(text, keyStart(last));
  const end = endOfPair(text, last);
  const before = text.slice(0, end);
  return `${before}${before.endsWith('\n') ? '' : '\n'}${indent}${entry}\n${text.slice(end)}`;
}

/** The text without the experiment; null when it has no line of its own there. */
export function removeExperiment(text: string, name: string): string | null {
  const section = sectionOf(text);
  const pair = section?.items.find((each) => nameOf(each) === name);
  if (section == null || pair === undefined || section.flow === true) return null;
  const start = text.lastIndexOf('\n', keyStart(pair) - 1) + 1;
  const rest = text.slice(0, start) + text.slice(endOfPair(text, pair));
  // A section without entries would read as null, which is no map.
  return section.items.length === 1 ? rest.replace(/^experiments:[ \t]*(#.*)?\n/m, 'experiments: {}\n') : rest;
}

/** The text with another name of an experiment; null when the name is not written there. */
export function renameExperiment(text: string, old: string, name: string): string | null {
  const pair = sectionOf(text)?.items.find((each) => nameOf(each) === old);
  if (pair === undefined || !isScalar(pair.key)) return null;
  const [start, end] = rangeOf(pair.key);
  return text.slice(0, start) + key(name) + text.slice(end);
}

function sectionOf(text: string): YAMLMap | null {
  const document = parseDocument(maskTemplates(text));
  const section = document.get('experiments');
  return isMap(section) ? section : null;
}

function nameOf(pair: Pair): string | null {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : null;
}

interface Ranged {
  readonly range?: readonly [number, number, number] | null;
}

function rangeOf(node: Ranged): readonly [start: number, end: number] {
  if (node.range == null) throw new Error('a parsed node has a range');
  return [node.range[0], node.range[1]];
}

function keyStart({ key: node }: Pair): number {
  return rangeOf(node as Ranged)[0];
}

/** After the line on which the value ends, with its comment. */
function endOfPair(text: string, { key: node, value }: Pair): number {
  const [, end] = rangeOf((value ?? node) as Ranged);
  const atLineStart = text[end - 1] === '\n';
  const lineEnd = atLineStart ? end - 1 : text.indexOf('\n', end);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

function indentAt(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}

function key(name: string): string {
  return stringify(name, { lineWidth: 0 }).trimEnd();
}

/** `{ augment.copies: 0, params.seed: 2 }` */
function valuesText(overrides: readonly Override[]): string {
  const values = Object.fromEntries(overrides.map(({ path, value }) => [path, value]));
  return stringify(values, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
