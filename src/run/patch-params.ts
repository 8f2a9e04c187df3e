/** A params file's text with some values replaced, for commands that read the file themselves. */
import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml';
import { isJsonObject, type Json } from '../base/json.ts';
import type { ParamValue } from '../config/stage.ts';

/** Comments are lost; values are what counts here. */
export function patchParams(file: string, text: string, changed: readonly ParamValue[]): string {
  const isToml = /\.toml$/i.test(file);
  const isJson = /\.json$/i.test(file);
  let value = (isToml ? parseToml(text) : isJson ? JSON.parse(text) : parseYaml(text)) as Json;
  for (const param of changed)
    value = param.key === null ? param.value : withValue(value, param.key.split('.'), param.value);
  if (isJson) return `${JSON.stringify(value, null, 2)}\n`;
  return isToml ? stringifyToml(value) : stringifyYaml(value);
}

function withValue(tree: Json, names: readonly string[], value: Json): Json {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (Array.isArray(tree))
    return tree.map((each: Json, index) => (String(index) === name ? withValue(each, rest, value) : each));
  const object = isJsonObject(tree) ? tree : {};
  return { ...object, [name]: withValue(object[name] ?? {}, rest, value) };
}
