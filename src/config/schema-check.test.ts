import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../base/json.ts';
import { ProblemList } from './problem-list.ts';
import { compileSchema, type Fault, reportFaults } from './schema-check.ts';
import { treeFromJson } from './tree.ts';

const layer = (kind: string, member: string): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: ['layer', member],
  properties: { layer: { const: kind }, [member]: { type: 'integer' } },
});
const LAYERS: JsonObject = {
  type: 'array',
  items: { anyOf: [layer('conv', 'filters'), layer('dense', 'units'), layer('dropout', 'rate')] },
};

function faults(value: Json): readonly Fault[] {
  return compileSchema(LAYERS).check(value);
}

test('of alternatives told apart by a constant, the faults of the one that is meant are told', () => {
  expect(faults([{ layer: 'dense', units: 1 }, { layer: 'conv' }])).toEqual([
    { kind: 'missing', path: [1, 'filters'] },
  ]);
  expect(faults([{ layer: 'dense', units: 1, filters: 2 }])).toEqual([{ kind: 'unknown', path: [0, 'filters'] }]);
});

test('a constant that no alternative has is the fault, and all of them are expected', () => {
  const value = [{ layer: 'con', filters: 1 }];
  expect(faults(value)).toEqual([{ kind: 'wrong', path: [0, 'layer'] }]);
  expect(faults([{ filters: 1 }])).toEqual([{ kind: 'missing', path: [0, 'layer'] }]);
  const checker = compileSchema(LAYERS);
  const problems = new ProblemList();
  const codes = { wrong: 'E0212', unknown: 'E0213', missing: 'E0214' } as const;
  reportFaults(checker.check(value), checker, value, treeFromJson(value, null), 'layers', codes, problems);
  expect(problems.errors()[0]?.expected).toBe('one of `conv`, `dense`, `dropout`');
});

test('an item of another type than all alternatives is wrong as a whole', () => {
  expect(faults([{ layer: 'conv', filters: 1 }, 'conv'])).toEqual([{ kind: 'wrong', path: [1] }]);
});
