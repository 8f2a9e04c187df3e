import { expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { childSchema, describeSchema, fillDefaults, isFreeMap, knownKeys, rootSchema } from './json-schema.ts';

const fill = (schema: JsonObject, value: JsonObject) => fillDefaults(rootSchema(schema), value);
const describe = (schema: JsonObject) => describeSchema(rootSchema(schema));

test('defaults are filled in at every depth, in lists and through references', () => {
  const schema = {
    properties: {
      a: { default: 1 },
      list: { items: { $ref: '#/$defs/item' } },
      map: { additionalProperties: { $ref: '#/$defs/item' } },
      all: { default: {}, $ref: '#/$defs/item' },
    },
    $defs: { item: { type: 'object', properties: { n: { default: 2 } } } },
  };
  expect(fill(schema, { list: [{}, { n: 3 }], map: { x: {} } })).toEqual({
    a: 1,
    list: [{ n: 2 }, { n: 3 }],
    map: { x: { n: 2 } },
    all: { n: 2 },
  });
});

test('what was given is never replaced, not by null either', () => {
  const schema = { properties: { a: { default: 1 }, b: { default: true } } };
  expect(fill(schema, { a: null, b: false, c: 'more' })).toEqual({ a: null, b: false, c: 'more' });
});

test('of alternatives the one that can hold the value gives the defaults', () => {
  const sampler = (name: string, more: JsonObject) => ({
    type: 'object',
    required: ['name'],
    properties: { name: { const: name }, ...more },
  });
  const schema = {
    properties: {
      sampler: { oneOf: [sampler('grid', { step: { default: 1 } }), sampler('random', { draws: { default: 9 } })] },
      clahe: { anyOf: [{ type: 'null' }, { type: 'object', properties: { tiles: { default: 8 } } }] },
    },
  };
  expect(fill(schema, { sampler: { name: 'random' }, clahe: {} })).toEqual({
    sampler: { name: 'random', draws: 9 },
    clahe: { tiles: 8 },
  });
  expect(fill(schema, { sampler: { name: 'grid' }, clahe: null })).toEqual({
    sampler: { name: 'grid', step: 1 },
    clahe: null,
  });
});

test('filling in twice changes nothing more', () => {
  const schema = {
    properties: { a: { default: { b: {} }, properties: { b: { properties: { c: { default: 1 } } } } } },
  };
  const once = fill(schema, {});
  expect(once).toEqual({ a: { b: { c: 1 } } });
  expect(fillDefaults(rootSchema(schema), once)).toEqual(once);
});

test('schemas that refer to themselves end', () => {
  const schema: JsonObject = {
    $ref: '#/$defs/node',
    $defs: { node: { properties: { next: { $ref: '#/$defs/node' }, n: { default: 0 } } } },
  };
  expect(fill(schema, { next: { next: {} } })).toEqual({ n: 0, next: { n: 0, next: { n: 0 } } });
  expect(describe({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } })).toBe('any value');
});

test('what is expected reads as words', () => {
  expect(describe({ type: 'integer', minimum: 1 })).toBe('a whole number of at least 1');
  expect(describe({ type: 'number', exclusiveMinimum: 0, maximum: 1 })).toBe('a number of more than 0 and at most 1');
  expect(describe({ enum: ['a', 'b'] })).toBe('one of `a`, `b`');
  expect(describe({ const: 1 })).toBe('`1`');
  expect(describe({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] })).toBe(
    'text, or a list of text',
  );
  expect(describe({ type: ['string', 'null'] })).toBe('text, or `null`');
  expect(describe({ type: 'string', pattern: '^a' })).toBe('text that matches `^a`');
  expect(describe({})).toBe('any value');
});

test('members are found by name, by position and through alternatives', () => {
  const schema = rootSchema({
    anyOf: [
      { type: 'string' },
      { type: 'object', properties: { a: { const: 1 } }, additionalProperties: { const: 2 } },
    ],
    prefixItems: [{ const: 3 }],
    items: { const: 4 },
  });
  const constOf = (step: string | number) => childSchema(schema, step)?.node.const;
  expect([constOf('a'), constOf('other'), constOf(0), constOf(5)]).toEqual([1, 2, 3, 4]);
  expect(knownKeys(schema)).toEqual(['a']);
});

test('a free map takes any name; a record with named members does not', () => {
  expect(isFreeMap(rootSchema({ type: 'object' }))).toBe(true);
  expect(isFreeMap(rootSchema({ type: 'object', additionalProperties: { type: 'number' } }))).toBe(true);
  expect(isFreeMap(rootSchema({ type: 'object', properties: { a: {} } }))).toBe(false);
  expect(isFreeMap(rootSchema({ type: 'object', additionalProperties: false }))).toBe(false);
  expect(isFreeMap(rootSchema({ type: 'integer' }))).toBe(false);
});
