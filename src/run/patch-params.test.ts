import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ParamValue } from '../config/stage.ts';
import { patchParams } from './patch-params.ts';

function param(key: string | null, value: ParamValue['value']): ParamValue {
  return { file: 'f' as ParamValue['file'], key, value, overridden: true };
}

const YAML = `# by hand
train:
  lr: 1e-5 # small
  on: "yes"
  at: "1:30"
  date: 2026-01-01
  hex: 0x10
list: [{ x: 1 }, { x: 2 }]
"a.b": 1
a: { b: 2 }
`;

test('what is not replaced stays as it is written: comments, quotes, forms of numbers', () => {
  expect(patchParams('p.yaml', YAML, [param('train.lr', 0.5)])).toBe(YAML.replace('1e-5', '0.5'));
  expect(patchParams('p.yaml', YAML, [param('train.on', 'no')])).toBe(YAML.replace('"yes"', '"no"'));
});

test('places in lists and keys with dots are found as they are looked up', () => {
  expect(patchParams('p.yaml', YAML, [param('list[1].x', 5)])).toBe(YAML.replace('x: 2', 'x: 5'));
  expect(patchParams('p.yaml', YAML, [param('a.b', 5)])).toBe(YAML.replace('"a.b": 1', '"a.b": 5'));
});

test('numbers are written so that YAML 1.1 reads numbers too', () => {
  expect(patchParams('p.yaml', 'lr: 1\n', [param('lr', 1e-7)])).toBe('lr: 1.0e-7\n');
  expect(patchParams('p.yaml', 'lr: 1\n', [param('lr', Number.POSITIVE_INFINITY)])).toBe('lr: .inf\n');
});

test('lists, maps, texts of several lines and nothing at all can be replaced', () => {
  const before = 'a:\n  - 1\n  - 2\nb: |\n  two\n  lines\nc:\nd: x # kept\ne: { f: [1] }\n';
  const changed = [param('a', [3]), param('b', 'one\ntwo'), param('c', 5), param('d', null), param('e.f', [])];
  const patched = patchParams('p.yaml', before, changed);
  expect(parse(patched)).toEqual({ a: [3], b: 'one\ntwo', c: 5, d: null, e: { f: [] } });
  expect(patched).toContain('# kept');
});

test('of a whole file or a subtree only the values that differ are replaced', () => {
  const before = 'a: "yes"\nb: { c: 1, d: "on" }\n';
  expect(patchParams('p.yaml', before, [param(null, { a: 'yes', b: { c: 2, d: 'on' } })])).toBe(
    before.replace('c: 1', 'c: 2'),
  );
  expect(patchParams('p.yaml', before, [param('b', { c: 3, d: 'on' })])).toBe(before.replace('c: 1', 'c: 3'));
});

test('values behind merge keys and aliases are replaced where they are asked for, not where they come from', () => {
  const before = 'base: &base { lr: 1, deep: { n: 1 } }\nchild: { <<: *base }\nalias: *base\n';
  const read = (...changed: ParamValue[]) => parse(patchParams('p.yaml', before, changed), { merge: true });
  const base = { lr: 1, deep: { n: 1 } };
  expect(read(param('child.lr', 2))).toEqual({ base, child: { ...base, lr: 2 }, alias: base });
  expect(read(param('child.deep.n', 2))).toEqual({ base, child: { lr: 1, deep: { n: 2 } }, alias: base });
  expect(read(param('alias.lr', 2))).toEqual({ base, child: base, alias: { ...base, lr: 2 } });
});

test('in TOML a fraction keeps its point and a whole number stays one', () => {
  const patched = patchParams('p.toml', 'a = 1.0\nb = 1\nc = 2.0\nd = 2\n', [param('c', 0.5), param('d', 3)]);
  expect(patched.trim().split('\n')).toEqual(['a = 1.0', 'b = 1', 'c = 0.5', 'd = 3']);
});

test('JSON keeps its other values', () => {
  expect(JSON.parse(patchParams('p.json', '{"a": [1, {"b": 2}], "c": null}', [param('a[1].b', 3)]))).toEqual({
    a: [1, { b: 3 }],
    c: null,
  });
});
