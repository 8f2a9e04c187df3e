/** Numbers in a metrics file: what lock, summary and tables show. */
import fs from 'node:fs';
import { isJsonObject, type Json } from '../base/json.ts';

/** Larger ones are data, not metrics. */
const LIMIT_BYTES = 1 << 20;

/**
 * Reads a metrics output (JSON, YAML or TOML by its ending; JSON when it has none).
 *
 * @returns the value, or null when it is too large or not readable as such: a metric that cannot be read is no failure of
 * the stage that wrote it.
 */
export async function readMetrics(path: string): Promise<Json> {
  try {
    if (fs.statSync(path).size > LIMIT_BYTES) return null;
    const text = fs.readFileSync(path, 'utf8');
    if (/\.ya?ml$/i.test(path)) return (await import('yaml')).parse(text) as Json;
    if (/\.toml$/i.test(path)) return (await import('smol-toml')).parse(text) as Json;
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/**
 * The numbers in a metrics value by dotted path, lists left out: a confusion matrix is no metric. A number with its interval,
 * `{ value, low, high }`, is one number: its interval is read where it is shown.
 */
export function numbersIn(value: Json, path = ''): Record<string, number> {
  if (typeof value === 'number') return { [path]: value };
  if (isInterval(value)) return { [path]: value.value };
  const numbers: Record<string, number> = {};
  if (isJsonObject(value)) {
    for (const name of Object.keys(value))
      Object.assign(numbers, numbersIn(value[name] as Json, path === '' ? name : `${path}.${name}`));
  }
  return numbers;
}

/** A number with the bounds of its interval. */
export function isInterval(
  value: Json,
): value is { readonly value: number; readonly low: number; readonly high: number } {
  return isJsonObject(value) && ['value', 'low', 'high'].every((name) => typeof value[name] === 'number');
}
