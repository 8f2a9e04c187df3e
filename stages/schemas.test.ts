import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Json, JsonObject } from '../src/sdk/index.ts';

const SCHEMAS = path.join(import.meta.dirname, '../schemas/stages');
const NAMES = fs.readdirSync(SCHEMAS).map((file) => file.replace('.schema.json', ''));

function read(name: string): JsonObject {
  return JSON.parse(fs.readFileSync(path.join(SCHEMAS, `${name}.schema.json`), 'utf8')) as JsonObject;
}

/** Every object schema below a schema, with its path. */
function objects(schema: Json, at: string): [string, JsonObject][] {
  if (schema === null || typeof schema !== 'object') return [];
  const below = Object.entries(schema).flatMap(([name, value]) => objects(value, `${at}/${name}`));
  const own =
    !Array.isArray(schema) && (schema as JsonObject).properties !== undefined
      ? [[at, schema as JsonObject] as [string, JsonObject]]
      : [];
  return [...own, ...below];
}

for (const name of NAMES) {
  test(`${name}: every param is required, or a path, or has a default, so that a stage finds them all`, () => {
    for (const [at, schema] of objects(read(name), name)) {
      const required = (schema.required ?? []) as string[];
      for (const [param, property] of Object.entries(schema.properties as Record<string, JsonObject>)) {
        const settled =
          required.includes(param) ||
          property.default !== undefined ||
          property['x-path'] === true ||
          at.includes('/space/');
        expect(settled, `${at}/${param}`).toBe(true);
      }
    }
  });

  test(`${name}: the default of an object says what the defaults of its members say`, () => {
    for (const [at, schema] of objects(read(name), name)) {
      if (schema.default === undefined || schema.default === null) continue;
      const whole = { ...schema, $defs: read(name).$defs ?? {} };
      const filled = z.fromJSONSchema(whole as Parameters<typeof z.fromJSONSchema>[0]).parse({});
      expect(schema.default, at).toEqual(filled);
    }
  });

  test(`${name}: outputs are described, and no param is unknown to the reader`, () => {
    const schema = read(name);
    expect(schema.description).toBeTypeOf('string');
    expect(schema.additionalProperties).toBe(false);
    for (const output of Object.values(schema['x-outputs'] as Record<string, JsonObject>)) {
      expect(['dataset', 'model', 'settings', 'metrics', 'any']).toContain(output.kind);
      expect(output.description).toBeTypeOf('string');
    }
  });
}
