import { expect, test } from 'vitest';
import type { Json } from '../base/json.ts';
import { brief } from './test-project.ts';
import { jsonFromTree, placeOf, type Tree, treeAt } from './tree.ts';
import { parseYaml } from './yaml-text.ts';

function tree(text: string): Tree {
  const parsed = parseYaml(text, 'f.yaml');
  if (!parsed.ok) throw new Error(parsed.failure.map(brief).join('\n'));
  return parsed.value;
}

function value(text: string): Json {
  return jsonFromTree(tree(text));
}

function faults(text: string): readonly string[] {
  const parsed = parseYaml(text, 'f.yaml');
  return parsed.ok ? [] : parsed.failure.map(brief);
}

test('scalars are those of the core schema of YAML 1.2', () => {
  expect(value('[1, 1.5, 1e-5, 0x10, 0o10, 010, true, yes, on, ~, null, .inf, "1", 1_000]')).toEqual([
    1,
    1.5,
    1e-5,
    16,
    8,
    10,
    true,
    'yes',
    'on',
    null,
    null,
    Number.POSITIVE_INFINITY,
    '1',
    '1_000',
  ]);
  expect(value('.nan')).toBeNaN();
});

test('dates stay text', () => {
  expect(value('{a: 2020-01-02, b: 2020-01-02T03:04:05Z}')).toEqual({ a: '2020-01-02', b: '2020-01-02T03:04:05Z' });
});

test('an empty file is an empty map, and a value left out is null', () => {
  expect(value('')).toEqual({});
  expect(value('# nothing\n')).toEqual({});
  expect(value('a:\nb: 1')).toEqual({ a: null, b: 1 });
});

test('keys that are no text become the text they were written as', () => {
  expect(value('1: a\n1.0: b\ntrue: c\nnull: d\n0x1: e')).toEqual({
    1: 'a',
    '1.0': 'b',
    true: 'c',
    null: 'd',
    '0x1': 'e',
  });
});

test('every part of a tree knows where it was written', () => {
  const parsed = tree('a:\n  - x\n  - bc: "def"\n');
  expect(treeAt(parsed, ['a', 1, 'bc'])?.at).toEqual({ file: 'f.yaml', line: 3, column: 9, length: 5 });
  expect(placeOf(parsed, ['a', 1, 'bc'])).toEqual({ file: 'f.yaml', line: 3, column: 5, length: 2 });
  expect(treeAt(parsed, ['a', 0])?.at).toEqual({ file: 'f.yaml', line: 2, column: 5, length: 1 });
});

test('a place never reaches past its line', () => {
  expect(treeAt(tree('a: |\n  one\n  two\n'), ['a'])?.at).toEqual({ file: 'f.yaml', line: 1, column: 4, length: 1 });
});

test('anchors stand for their value, the latest of a name counting', () => {
  expect(value('a: &x {n: 1}\nb: *x\nc: &x 2\nd: *x')).toEqual({ a: { n: 1 }, b: { n: 1 }, c: 2, d: 2 });
});

test("merge keys give way to the map's own keys, earlier maps winning", () => {
  expect(value('base: &b {x: 1, y: 1}\nmore: &m {y: 2, z: 2}\nc: {z: 3, <<: [*b, *m]}\nd: {<<: *b, x: 9}')).toEqual({
    base: { x: 1, y: 1 },
    more: { y: 2, z: 2 },
    c: { x: 1, y: 1, z: 3 },
    d: { x: 9, y: 1 },
  });
});

test('a quoted << is an ordinary key', () => {
  expect(value('a: {"<<": 1}')).toEqual({ a: { '<<': 1 } });
});

test('text that is not YAML is reported where the parser stopped (E0104)', () => {
  expect(faults('a: [1, 2\nb: 3\n')[0]).toMatch(/^E0104 2:\d+ not valid YAML: /);
  expect(faults('a: b\n\tc: d\n')[0]).toMatch(/^E0104 2:\d+ not valid YAML: /);
  expect(faults('a: 1\n---\nb: 2\n')).toEqual(['E0104 2:1 a second document starts here, a file holds one']);
});

test('a key written twice is reported with both places (E0105)', () => {
  const parsed = parseYaml('a: 1\nb: 2\na: 3\n', 'f.yaml');
  expect(parsed.ok ? [] : parsed.failure).toMatchObject([
    { code: 'E0105', at: { line: 3, column: 1 }, related: { at: { line: 1, column: 1 } } },
  ]);
});

test('tags that build objects are refused, tags of plain values are not (E0106)', () => {
  expect(faults('a: !!timestamp 2001-01-01')).toEqual([
    'E0106 1:16 tag `!!timestamp` builds an object, only plain values are read',
  ]);
  expect(faults('a: !!binary aGk=\nb: !python/object {x: 1}\nc: !!set {a}').map((each) => each.slice(0, 5))).toEqual([
    'E0106',
    'E0106',
    'E0106',
  ]);
  expect(value('a: !!str 1\nb: !!int "2"\nc: !!map {x: 1}')).toEqual({ a: '1', b: 2, c: { x: 1 } });
});

test('aliases of aliases are counted, not built (E0107)', () => {
  const names = 'abcdefghij';
  const lines = [...names].map((name, index) => {
    const before = names[index - 1];
    return `${name}: &${name} [${Array.from({ length: 10 }, () => (before === undefined ? '1' : `*${before}`)).join()}]`;
  });
  expect(faults(lines.join('\n'))).toEqual([
    expect.stringMatching(/^E0107 \d+:\d+ aliases stand for more than 1000000 values$/),
  ]);
});

test('a file with a hundred thousand aliases and one is refused (E0107)', () => {
  expect(faults(`a: &a 1\nb: [${'*a,'.repeat(100_001)}]`)).toEqual(['E0107 - `f.yaml` uses more than 100000 aliases']);
});

test('an asterisk in a text is no alias', () => {
  expect(value('a: "*x"\nb: |\n  *y\nc: 2 * 3')).toEqual({ a: '*x', b: '*y\n', c: '2 * 3' });
});

test('nesting has a bound, however deep a file goes (E0108)', () => {
  expect(faults('['.repeat(20_000))).toEqual(['E0108 1:102 values are nested more than 100 deep']);
  expect(faults(Array.from({ length: 150 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'))[0]).toMatch(
    /^E0108 10\d:/,
  );
  expect(value(`${'['.repeat(50)}1${']'.repeat(50)}`)).toBeDefined();
});

test('aliases without an anchor, keys that are no text and merges of no map are refused (E0109)', () => {
  expect(faults('a: *b')).toEqual(['E0109 1:4 alias `*b` stands for no anchor before it']);
  expect(faults('a: &a [*a]')).toEqual(['E0109 1:8 alias `*a` stands for no anchor before it']);
  expect(faults('? [x]\n: 1')).toEqual(['E0109 1:3 a key is text, not a list or a map']);
  expect(faults('__proto__: {x: 1}')).toEqual(['E0109 1:1 key `__proto__` is not allowed']);
  expect(faults('a: {<<: 1}')).toEqual(['E0109 1:9 merge key `<<` needs a map, or a list of maps']);
});
