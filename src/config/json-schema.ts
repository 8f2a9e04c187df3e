/**
 * Reads a JSON Schema the way a person would: which keys it knows, what it expects in words, which defaults it gives.
 *
 * Validation itself is zod's; this file never decides whether a value is acceptable.
 */
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';

/** A schema with the file it stands in, which its `$ref`s refer to. */
export interface Schema {
  readonly root: JsonObject;
  readonly node: JsonObject;
}

export function rootSchema(root: JsonObject): Schema {
  return { root, node: root };
}

/**
 * The plain schemas that apply to a value: the schema itself past its references, the parts of `allOf`, and the first
 * alternative of `anyOf` and `oneOf` that could hold the value. Every alternative when the value is not known.
 */
export function applicable(schema: Schema, value?: Json, depth = 0): readonly Schema[] {
  const resolved = followReference(schema);
  if (resolved === null || depth > 20) return [];
  const parts: Schema[] = [resolved];
  for (const part of schemasIn(resolved, 'allOf')) parts.push(...applicable(part, value, depth + 1));
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const alternatives = schemasIn(resolved, keyword);
    const fitting =
      value === undefined ? alternatives : alternatives.filter((each) => couldHold(each, value)).slice(0, 1);
    for (const part of fitting) parts.push(...applicable(part, value, depth + 1));
  }
  return parts;
}

/** The names of an object's declared members. */
export function knownKeys(schema: Schema, value?: Json): readonly string[] {
  return applicable(schema, value).flatMap(({ node }) =>
    isJsonObject(node.properties) ? Object.keys(node.properties) : [],
  );
}

/** The schema of a member or an item; null when there is none. `declared` only: not by `additionalProperties`. */
export function childSchema(schema: Schema, step: string | number, value?: Json, declared = false): Schema | null {
  for (const { root, node } of applicable(schema, value)) {
    const properties = node.properties;
    if (isJsonObject(properties) && Object.hasOwn(properties, step)) return subschema(root, properties[step]);
    const isIndex = typeof step === 'number' || /^\d+$/.test(step);
    if (isIndex && Array.isArray(node.prefixItems) && Number(step) < node.prefixItems.length) {
      return subschema(root, node.prefixItems[Number(step)]);
    }
    if (isIndex && isJsonObject(node.items)) return subschema(root, node.items);
    if (!declared && isJsonObject(node.additionalProperties)) return subschema(root, node.additionalProperties);
  }
  return null;
}

/** True when an object may have members under any name: a free map, as opposed to a record with known members. */
export function isFreeMap(schema: Schema, value?: Json): boolean {
  return applicable(schema, value).some(({ node }) => {
    if (node.additionalProperties === true || isJsonObject(node.additionalProperties)) return true;
    const mayBeObject = node.type === undefined || node.type === 'object';
    const hasShape = ['properties', 'anyOf', 'oneOf', 'allOf', 'enum', 'const'].some(
      (keyword) => node[keyword] !== undefined,
    );
    return mayBeObject && !hasShape && node.additionalProperties !== false;
  });
}

/** Fills in what was left out. An absent object stays absent unless it has a default of its own. */
export function fillDefaults(schema: Schema, value: Json | undefined): Json | undefined {
  if (value === undefined) {
    const given = applicable(schema).find(({ node }) => node.default !== undefined)?.node.default;
    return given === undefined ? undefined : fillDefaults(schema, given);
  }
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => {
      const child = childSchema(schema, index, value);
      return child === null ? item : (fillDefaults(child, item) ?? item);
    });
  }
  if (!isJsonObject(value)) return value;
  const filled = new Map<string, Json>(Object.entries(value));
  for (const key of new Set([...knownKeys(schema, value), ...filled.keys()])) {
    const child = childSchema(schema, key, value);
    const member = child === null ? undefined : fillDefaults(child, filled.get(key));
    if (member !== undefined) filled.set(key, member);
  }
  return Object.fromEntries(filled);
}

/** What is expected, in words: `a whole number of at least 1`. */
export function describeSchema(schema: Schema, depth = 0): string {
  const resolved = followReference(schema);
  if (resolved === null || depth > 3) return 'any value';
  const { node } = resolved;
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (Array.isArray(node.enum)) return `one of ${node.enum.map((each) => `\`${String(each)}\``).join(', ')}`;
  const alternatives = [...schemasIn(resolved, 'anyOf'), ...schemasIn(resolved, 'oneOf')];
  if (alternatives.length > 0) {
    return [...new Set(alternatives.map((each) => describeSchema(each, depth + 1)))].join(', or ');
  }
  const types = Array.isArray(node.type) ? node.type : [node.type];
  return types.map((type: Json | undefined) => describeType(resolved, type, depth)).join(', or ');
}

function describeType(schema: Schema, type: Json | undefined, depth: number): string {
  const { root, node } = schema;
  switch (type) {
    case 'string':
      if (node.pattern === '\\$\\{') return 'text with `${name}`';
      return node.pattern === undefined ? 'text' : `text that matches \`${String(node.pattern)}\``;
    case 'integer':
      return `a whole number${describeRange(node)}`;
    case 'number':
      return `a number${describeRange(node)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'null':
      return '`null`';
    case 'array': {
      const item = isJsonObject(node.items) ? describeSchema({ root, node: node.items }, depth + 1) : '';
      return item === '' || item.includes(', or ') ? 'a list' : `a list of ${item}`;
    }
    case 'object':
      return Number(node.minProperties) > 0 ? 'a map that is not empty' : 'a map';
    default:
      return 'any value';
  }
}

function describeRange(node: JsonObject): string {
  const bounds: string[] = [];
  if (node.minimum !== undefined) bounds.push(`at least ${String(node.minimum)}`);
  if (node.exclusiveMinimum !== undefined) bounds.push(`more than ${String(node.exclusiveMinimum)}`);
  if (node.maximum !== undefined) bounds.push(`at most ${String(node.maximum)}`);
  if (node.exclusiveMaximum !== undefined) bounds.push(`less than ${String(node.exclusiveMaximum)}`);
  return bounds.length === 0 ? '' : ` of ${bounds.join(' and ')}`;
}

function followReference(schema: Schema): Schema | null {
  let { node } = schema;
  for (let hops = 0; typeof node.$ref === 'string'; hops++) {
    const name = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(node.$ref)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
    const group = schema.root.$defs ?? schema.root.definitions;
    const target: Json | undefined =
      node.$ref === '#' ? schema.root : name !== undefined && isJsonObject(group) ? group[name] : undefined;
    if (!isJsonObject(target) || hops > 20) return null;
    const { $ref: _, ...beside } = node;
    node = { ...target, ...beside };
  }
  return { root: schema.root, node };
}

function schemasIn(schema: Schema, keyword: 'allOf' | 'anyOf' | 'oneOf'): Schema[] {
  const list = schema.node[keyword];
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).map((node) => ({ root: schema.root, node }));
}

function subschema(root: JsonObject, node: Json | undefined): Schema | null {
  return isJsonObject(node) ? { root, node } : null;
}

/** By type, and by the members with one possible value that tell alternatives apart. */
function couldHold(schema: Schema, value: Json): boolean {
  const resolved = followReference(schema);
  if (resolved === null) return true;
  const { root, node } = resolved;
  if (node.const !== undefined) return node.const === value;
  if (Array.isArray(node.enum)) return node.enum.includes(value);
  const types = Array.isArray(node.type) ? node.type : node.type === undefined ? [] : [node.type];
  if (types.length > 0 && !types.some((type: Json) => isOfType(value, type))) return false;
  if (!isJsonObject(value) || !isJsonObject(node.properties)) return true;
  const required = Array.isArray(node.required) ? node.required : [];
  return Object.entries(node.properties).every(([key, property]) => {
    const child = subschema(root, property);
    const told = child === null ? null : followReference(child)?.node;
    if (told == null || (told.const === undefined && told.enum === undefined)) return true;
    const given = value[key];
    if (given === undefined) return told.const === undefined || !required.includes(key);
    return told.const === undefined ? Array.isArray(told.enum) && told.enum.includes(given) : told.const === given;
  });
}

function isOfType(value: Json, type: Json): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
