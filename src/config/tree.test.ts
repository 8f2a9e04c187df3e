import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../base/json.ts';
import { jsonFromTree, mergeTrees, replaceAt, shorten, treeAt, treeFromJson } from './tree.ts';

const tree = (value: Json) => treeFromJson(value, null);

test('a value survives becoming a tree', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(jsonFromTree(tree(value as Json))).toEqual(value);
    }),
  );
});

test('merging goes into maps and replaces everything else', () => {
  const merged = mergeTrees(tree({ a: { x: 1, y: 1 }, b: [1, 2], c: 1 }), tree({ a: { y: 2 }, b: [3], d: 4 }));
  expect(jsonFromTree(merged)).toEqual({ a: { x: 1, y: 2 }, b: [3], c: 1, d: 4 });
});

test('replacing changes one part of a copy', () => {
  const before = tree({ a: { b: [1, { c: 2 }] }, d: 3 });
  expect(jsonFromTree(replaceAt(before, ['a', 'b', '1', 'c'], tree(9)))).toEqual({ a: { b: [1, { c: 9 }] }, d: 3 });
  expect(jsonFromTree(replaceAt(before, ['a', 'b', '-2'], tree(9)))).toEqual({ a: { b: [9, { c: 2 }] }, d: 3 });
  expect(jsonFromTree(replaceAt(before, ['x', 'y'], tree(9)))).toEqual({ a: { b: [1, { c: 2 }] }, d: 3, x: { y: 9 } });
  expect(jsonFromTree(before)).toEqual({ a: { b: [1, { c: 2 }] }, d: 3 });
});

test('paths walk maps by key and lists by position, from the end too', () => {
  const value = tree({ a: [1, { b: 2 }] });
  const at = (...path: (string | number)[]) => {
    const found = treeAt(value, path);
    return found === undefined ? undefined : jsonFromTree(found);
  };
  expect([at('a', 0), at('a', '1', 'b'), at('a', -2), at('a', 7), at('a', 'x'), at('toString')]).toEqual([
    1,
    2,
    1,
    undefined,
    undefined,
    undefined,
  ]);
});

test('long texts are cut for messages, on one line', () => {
  expect(shorten('a\nb')).toBe('a\\nb');
  expect(shorten('x'.repeat(100))).toHaveLength(60);
});
