import { expect, test } from 'vitest';
import type { Fact, Manifest } from '../key/manifest.ts';
import { explainDifference } from './explain.ts';

const manifest = (...facts: Fact[]): Manifest => ({ version: 1, facts });
const param = (name: string, value: Fact['value']): Fact => ({ kind: 'param', name, value });

test('equal manifests have no difference', () => {
  expect(explainDifference(manifest(param('a', [1, { b: 2 }])), manifest(param('a', [1, { b: 2 }])))).toEqual([]);
});

test('a changed value has its old and its new one, an added only the new, a removed only the old', () => {
  expect(
    explainDifference(manifest(param('a', 1), param('gone', null)), manifest(param('a', 2), param('fresh', 3))),
  ).toEqual([
    { kind: 'changed', fact: 'param', name: 'a', old: 1, new: 2 },
    { kind: 'changed', fact: 'param', name: 'fresh', new: 3 },
    { kind: 'changed', fact: 'param', name: 'gone', old: null },
  ]);
});

test('facts of different kinds with one name are not confused', () => {
  expect(
    explainDifference(manifest(param('data', 1)), manifest({ kind: 'input', name: 'data', value: 1 })),
  ).toHaveLength(2);
});
