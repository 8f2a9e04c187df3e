/** The values JSON can hold, and the one text form in which this project compares and digests them. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** True for a plain JSON object: not null, not a list. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * One text for each value: members sorted by name (UTF-16 order), no white space, numbers as JavaScript prints them.
 *
 * 1 and 1.0 are one text, 1 and "1" and true are three. Unlike JSON, NaN and the infinities have a text too, so that a
 * parameter that is NaN equals itself. -0 prints as 0.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(value === 0 ? 0 : value) : `{"$number":"${value}"}`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as JsonObject;
  const members = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name] as Json)}`);
  return `{${members.join(',')}}`;
}
