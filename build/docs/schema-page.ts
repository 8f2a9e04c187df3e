/** Tables of fields from JSON Schemas: docs/reference/pipeline.md, stages.md and files.md. */
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';

/** One line for each field of an object schema, fields of fields below them by dotted name. */
export function fieldTable(schema: JsonObject, root: JsonObject = schema): readonly string[] {
  return ['| Field | Kind | Default | Meaning |', '|---|---|---|---|', ...rowsOf(schema, root, '', 0)];
}

function rowsOf(schema: JsonObject, root: JsonObject, prefix: string, depth: number): readonly string[] {
  const resolved = resolve(schema, root);
  const { properties } = resolved;
  if (!isJsonObject(properties) || depth > 3) return [];
  const required = Array.isArray(resolved.required) ? resolved.required : [];
  return Object.entries(properties).flatMap(([name, given]) => {
    if (!isJsonObject(given)) return [];
    const field = resolve(given, root);
    const inner = innerObject(field, root);
    const fallback = required.includes(name)
      ? 'required'
      : field.default === undefined || inner !== null
        ? ''
        : code(JSON.stringify(field.default));
    const meaning = typeof field.description === 'string' ? field.description : '';
    const row = `| \`${prefix}${name}\` | ${cell(kindOf(field, root))} | ${fallback} | ${cell(meaning)} |`;
    return [row, ...(inner === null ? [] : rowsOf(inner, root, `${prefix}${name}.`, depth + 1))];
  });
}

/** The object a field may hold, when its members are declared. */
function innerObject(field: JsonObject, root: JsonObject): JsonObject | null {
  return alternatives(field, root).find((each) => isJsonObject(each.properties)) ?? null;
}

function kindOf(field: JsonObject, root: JsonObject): string {
  const kinds = alternatives(field, root).map((each) => {
    if (Array.isArray(each.enum)) return each.enum.map((value) => code(String(value))).join(', ');
    if (each.const !== undefined) return code(String(each.const));
    if (each.pattern === '\\$\\{') return null;
    return each.type === undefined ? 'anything' : kindWord(each);
  });
  return [...new Set(kinds.filter((each) => each !== null))].join(' or ');
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'map',
  array: 'list',
  boolean: 'true or false',
  null: 'null',
};

function kindWord({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): string {
  const word = Array.isArray(type)
    ? type.map((each) => WORDS[String(each)] ?? String(each)).join(' or ')
    : (WORDS[String(type)] ?? String(type));
  const bounds = [
    minimum === undefined ? '' : `≥ ${minimum}`,
    exclusiveMinimum === undefined ? '' : `> ${exclusiveMinimum}`,
    maximum === undefined ? '' : `≤ ${maximum}`,
    exclusiveMaximum === undefined ? '' : `< ${exclusiveMaximum}`,
  ].filter((each) => each !== '');
  return [word, ...bounds].join(' ');
}

/** The schemas one of which a value has to meet. */
function alternatives(schema: JsonObject, root: JsonObject): readonly JsonObject[] {
  const listed = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(listed)) return [schema];
  return listed.filter(isObject).flatMap((each) => alternatives(resolve(each, root), root));
}

function isObject(value: Json): value is JsonObject {
  return isJsonObject(value);
}

/** Past a `$ref` within the same file; what stands beside the reference wins. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  if (typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#/')) return schema;
  let target: Json | undefined = root;
  for (const step of schema.$ref.slice(2).split('/')) target = isJsonObject(target) ? target[step] : undefined;
  return isJsonObject(target) ? { ...resolve(target, root), ...schema, $ref: '' } : schema;
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
