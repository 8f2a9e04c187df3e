/** The reference pages made from schemas, by file name. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { schemaFiles } from '../../src/cli/schema-types.ts';
import { fieldTable } from './schema-page.ts';

const SCHEMAS = path.join(import.meta.dirname, '../../schemas');
const MADE = 'Made from the schemas by `npm run docs`.';

/** docs/reference/pipeline.md */
export function pipelinePage(): string {
  const schema = read('pipeline.schema.json');
  return page([
    '# pipeline.yaml',
    '',
    `${MADE} Editors complete and check the file when its first line is`,
    '`# yaml-language-server: $schema=./node_modules/pipe-runner/schemas/pipeline.schema.json`.',
    '',
    '## The file',
    '',
    ...fieldTable(schema),
    '',
    '## A stage',
    '',
    ...fieldTable(part(schema, 'stage'), schema),
    '',
    '## An output',
    '',
    'An entry of `outs` and `metrics` is a path, or a path with these:',
    '',
    ...fieldTable(part(schema, 'outFlags'), schema),
    '',
    'An entry of `plots` may say more:',
    '',
    ...fieldTable(part(schema, 'plotFlags'), schema),
    '',
    '## An experiment',
    '',
    'Values by path, and optionally a matrix of them:',
    '',
    ...fieldTable(part(schema, 'experiment'), schema),
  ]);
}

/** docs/reference/stages.md */
export function stagesPage(): string {
  const sections = schemaFiles(path.join(SCHEMAS, 'stages')).flatMap((file) => {
    const schema = read(`stages/${file}`);
    return [
      '',
      `## ${path.basename(file, '.schema.json')}`,
      '',
      text(schema.description),
      '',
      ...places('Input', schema['x-inputs']),
      ...places('Output', schema['x-outputs']),
      ...fieldTable(schema),
    ];
  });
  return page(['# Built-in stages', '', MADE, ...sections]);
}

/** docs/reference/files.md */
export function filesPage(): string {
  const files = ['lock', 'run', 'trial', 'dataset', 'sample'].flatMap((name) => {
    const schema = read(`${name}.schema.json`);
    const entries = isJsonObject(schema.$defs) ? Object.values(schema.$defs).filter((each) => isJsonObject(each)) : [];
    return [
      '',
      `## ${text(schema.title)}`,
      '',
      text(schema.description),
      '',
      ...fieldTable(schema),
      ...entries.flatMap((each) => definition(each, schema)),
    ];
  });
  const events = read('events.schema.json');
  const kinds = isJsonObject(events.$defs) ? Object.values(events.$defs).filter((each) => isJsonObject(each)) : [];
  return page([
    '# Files and events',
    '',
    MADE,
    ...files,
    '',
    '## Events',
    '',
    text(events.description),
    ...kinds.flatMap((each) => definition(each, events)),
  ]);
}

function definition(schema: JsonObject, root: JsonObject): readonly string[] {
  return [
    '',
    `### ${text(schema.title)}`,
    '',
    ...(schema.description === undefined ? [] : [text(schema.description), '']),
    ...shapes(schema, root),
  ];
}

/** A table, or one for each alternative. */
function shapes(schema: JsonObject, root: JsonObject): readonly string[] {
  if (!Array.isArray(schema.oneOf)) return fieldTable(schema, root);
  return schema.oneOf.filter((each) => isJsonObject(each)).map((each) => alternative(each as JsonObject));
}

function alternative({ properties, description }: JsonObject): string {
  const kind = isJsonObject(properties) && isJsonObject(properties.kind) ? text(properties.kind.const) : '';
  const others = isJsonObject(properties) ? Object.keys(properties).filter((each) => each !== 'kind') : [];
  return `- \`${kind}\`${others.length > 0 ? ` (${others.map((each) => `\`${each}\``).join(', ')})` : ''}: ${text(description)}`;
}

function places(word: string, declared: Json | undefined): readonly string[] {
  if (!isJsonObject(declared) || Object.keys(declared).length === 0) return [];
  const rows = Object.entries(declared).map(([name, place]) => {
    if (!isJsonObject(place)) return '';
    return `| \`${name}\` | ${text(place.kind)}${place.required === false ? ', may be left out' : ''} | ${text(place.description)} |`;
  });
  return [`| ${word} | Kind | |`, '|---|---|---|', ...rows, ''];
}

function read(file: string): JsonObject {
  return JSON.parse(readFileSync(path.join(SCHEMAS, file), 'utf8')) as JsonObject;
}

function part(schema: JsonObject, name: string): JsonObject {
  const found = isJsonObject(schema.$defs) ? schema.$defs[name] : undefined;
  if (!isJsonObject(found)) throw new Error(`the schema has no part ${name}`);
  return found;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function page(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
