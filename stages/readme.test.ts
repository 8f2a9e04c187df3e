/** The page of each stage: complete, with an example that is valid and a picture that is small. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { JsonObject } from '../src/sdk/index.ts';

const SCHEMAS = path.join(import.meta.dirname, '../schemas/stages');
const NAMES = fs.readdirSync(SCHEMAS).map((file) => file.replace('.schema.json', ''));
const LARGEST_BYTES = 60_000;

const readme = (stage: string) => fs.readFileSync(path.join(import.meta.dirname, stage, 'README.md'), 'utf8');
const schemaOf = (stage: string) =>
  JSON.parse(fs.readFileSync(path.join(SCHEMAS, `${stage}.schema.json`), 'utf8')) as JsonObject;

interface Entry {
  readonly uses?: string;
  readonly from?: string | Readonly<Record<string, string>>;
  readonly with?: JsonObject;
}

/** Stages written in the indented blocks of a page; templates become the number 1. */
function examplesIn(text: string): Entry[] {
  const blocks = text.match(/(?:^ {4}.*\n(?:^\s*\n(?= {4}))?)+/gm) ?? [];
  return blocks
    .filter((block) => block.includes('uses:'))
    .flatMap((block) => Object.values(parse(block.replaceAll(/\$\{\w+\}/g, '1')) as Record<string, Entry>));
}

test('every stage has a schema and a page', () => {
  const folders = fs
    .readdirSync(import.meta.dirname)
    .filter((name) => fs.existsSync(path.join(import.meta.dirname, name, 'index.ts')));
  expect(folders.filter((name) => name !== 'lib').sort()).toEqual([...NAMES].sort());
});

for (const stage of NAMES) {
  test(`${stage}: the page begins with what the stage does, and leads to all its params and outputs`, () => {
    const text = readme(stage);
    expect(text).toMatch(new RegExp(`^# ${stage}\n\n\\S`));
    expect(text).toContain(`(../../docs/reference/stages.md#${stage})`);
    for (const output of Object.keys(schemaOf(stage)['x-outputs'] as JsonObject)) {
      // The dataset or model itself goes without saying.
      if (!['dataset', 'model', 'images', 'metrics.json'].includes(output))
        expect(text, output).toContain(output.replace(/\.\w+$/, ''));
    }
  });

  test(`${stage}: its example is valid: params by the schema, inputs and outputs that there are`, () => {
    const entries = examplesIn(readme(stage));
    expect(entries.map(({ uses }) => uses)).toContain(stage);
    for (const { uses = '', from = {}, with: params = {} } of entries) {
      const schema = schemaOf(uses);
      expect(
        () => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).parse(params),
        uses,
      ).not.toThrow();
      const inputs = schema['x-inputs'] as Record<string, { required?: boolean }>;
      const given = typeof from === 'string' ? Object.keys(inputs).slice(0, 1) : Object.keys(from);
      for (const role of given) expect(Object.keys(inputs), uses).toContain(role);
      for (const [role, { required }] of Object.entries(inputs)) if (required) expect(given, uses).toContain(role);
    }
  });

  test(`${stage}: its page shows a picture, small and described`, () => {
    const [, words = '', file = ''] = /!\[([^\]]+)\]\((example\.(?:svg|png))\)/.exec(readme(stage)) ?? [];
    expect(words.length).toBeGreaterThan(20);
    expect(fs.statSync(path.join(import.meta.dirname, stage, file)).size).toBeLessThanOrEqual(LARGEST_BYTES);
  });
}
