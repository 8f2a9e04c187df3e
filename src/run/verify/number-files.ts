/**
 * Files of numbers, value by value: what differs between two of them, and where.
 *
 * Reads JSON, JSON lines, YAML, CSV and TSV by the ending of the name. Whoever calls says when two numbers are the same.
 */
import { isJsonObject, type Json } from '../../base/json.ts';

/** Whether two numbers count as the same. */
export type Near = (recorded: number, now: number) => boolean;

/** Two numbers agree within t when |a - b| <= t * max(1, |a|, |b|). NaN agrees with NaN. */
export function within(tolerance: number): Near {
  return (a, b) => Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

export const exactly: Near = (a, b) => Object.is(a, b);

/** Disagreements shown; the rest is counted. */
const MOST = 5;

/** One line for each value that differs, the first few; empty: all values agree. Null: not a file that can be read so. */
export async function differingValues(
  name: string,
  recorded: string,
  now: string,
  near: Near,
): Promise<string[] | null> {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  try {
    if (ending === 'json') return shown(inJson('', JSON.parse(recorded) as Json, JSON.parse(now) as Json, near));
    if (ending === 'jsonl' || ending === 'ndjson') return shown(inJson('', jsonLines(recorded), jsonLines(now), near));
    if (ending === 'yaml' || ending === 'yml') {
      const { parse } = await import('yaml');
      return shown(inJson('', parse(recorded) as Json, parse(now) as Json, near));
    }
    if (ending === 'csv' || ending === 'tsv') return shown(inTable(table(recorded, ending), table(now, ending), near));
    return null;
  } catch {
    return null;
  }
}

function shown(all: readonly string[]): string[] {
  return all.length <= MOST ? [...all] : [...all.slice(0, MOST), `and ${all.length - MOST} more values`];
}

function jsonLines(text: string): Json {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Json);
}

function inJson(path: string, a: Json | undefined, b: Json | undefined, near: Near): string[] {
  if (typeof a === 'number' && typeof b === 'number') return near(a, b) ? [] : [change(path, a, b)];
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right]: readonly (readonly Json[])[] = [a, b];
    const length = Math.max(left?.length ?? 0, right?.length ?? 0);
    return Array.from({ length }, (_, at) => inJson(`${path}[${at}]`, left?.[at], right?.[at], near)).flat();
  }
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].flatMap((name) => inJson(path === '' ? name : `${path}.${name}`, a[name], b[name], near));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [change(path, a, b)];
}

function change(path: string, a: Json | undefined, b: Json | undefined): string {
  return `${path === '' ? 'value' : path}: ${brief(a)} -> ${brief(b)}`;
}

function brief(value: Json | undefined): string {
  return short(value === undefined ? 'absent' : JSON.stringify(value));
}

function short(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function table(text: string, ending: string): readonly (readonly string[])[] {
  const separator = ending === 'tsv' ? '\t' : ',';
  return text.split(/\r?\n/).map((line) => line.split(separator));
}

function inTable(a: readonly (readonly string[])[], b: readonly (readonly string[])[], near: Near): string[] {
  const header = a[0] ?? [];
  const found: string[] = [];
  for (let row = 0; row < Math.max(a.length, b.length); row++) {
    const [left = [], right = []] = [a[row], b[row]];
    for (let column = 0; column < Math.max(left.length, right.length); column++) {
      const [was, is] = [left[column], right[column]];
      if (was === is || (isNumber(was) && isNumber(is) && near(Number(was), Number(is)))) continue;
      const where = row > 0 && header[column] !== undefined ? `\`${header[column]}\`` : `column ${column + 1}`;
      found.push(`line ${row + 1}, ${where}: ${short(was ?? 'absent')} -> ${short(is ?? 'absent')}`);
    }
  }
  return found;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '' && !Number.isNaN(Number(text));
}
