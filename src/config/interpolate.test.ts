import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../base/json.ts';
import { type Interpolation, interpolate } from './interpolate.ts';
import { ProblemList } from './problem-list.ts';
import { brief } from './test-project.ts';
import { jsonFromTree, type MapTree, mapTree, treeFromJson } from './tree.ts';
import { parseYaml } from './yaml-text.ts';

function layer(value: Json): MapTree {
  const tree = treeFromJson(value, null);
  return tree.kind === 'map' ? tree : mapTree(new Map(), null);
}

const VALUES = layer({
  name: 'x y',
  count: 3,
  rate: 1e-5,
  on: true,
  none: null,
  list: [1, { deep: 'd' }],
  map: { lr: 0.1, on: true, off: false, text: "it's", deep: { n: 1 }, items: ['a b', 2], gone: null },
  nested: { list: [[1]] },
});

function run(text: string, command?: Interpolation['command']): { value: Json; problems: readonly string[] } {
  const problems = new ProblemList();
  const parsed = parseYaml(text, 'f.yaml');
  if (!parsed.ok) throw new Error(parsed.failure.map(brief).join());
  const how = { scope: [VALUES], problems, ...(command === undefined ? {} : { command }) };
  return { value: jsonFromTree(interpolate(parsed.value, how)), problems: problems.errors().map(brief) };
}

test('a text that is one reference takes the value with its type', () => {
  expect(
    run('["${count}", "${on}", "${none}", "${list}", "${map.deep}", "${list[1].deep}", "${ count }"]').value,
  ).toEqual([3, true, null, [1, { deep: 'd' }], { n: 1 }, 'd', 3]);
});

test('inside a text values are printed: true, None, numbers in their canonical form', () => {
  expect(run('"${name}-${count}-${rate}-${on}-${none}-${list[0]}"').value).toBe('x y-3-0.00001-true-None-1');
});

test('keys of maps are replaced too', () => {
  expect(run('"${name}.csv": {cache: false}').value).toEqual({ 'x y.csv': { cache: false } });
});

test('what was put in is not looked at again', () => {
  const problems = new ProblemList();
  const scope = [layer({ a: '${b}', b: 1 })];
  expect(jsonFromTree(interpolate(treeFromJson('<${a}>', null), { scope, problems }))).toBe('<${b}>');
  expect(problems.errorCount).toBe(0);
});

test('an escaped ${ is text', () => {
  expect(run("'\\${HOME}/${count}'").value).toBe('${HOME}/3');
});

test('the first layer that has a name counts', () => {
  const problems = new ProblemList();
  const scope = [layer({ item: 1 }), layer({ item: 2, other: 3 })];
  expect(jsonFromTree(interpolate(treeFromJson('${item}${other}', null), { scope, problems }))).toBe('13');
});

test('text without ${ comes back as the very same tree', () => {
  const text = fc.string().filter((each) => !each.includes('${'));
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('node')),
      fc.dictionary(text, tie('node')),
    ),
  })).node;
  fc.assert(
    fc.property(value, (json) => {
      const tree = treeFromJson(json as Json, null);
      expect(interpolate(tree, { scope: [VALUES], problems: new ProblemList() })).toBe(tree);
    }),
  );
});

test('in a command a map becomes flags', () => {
  const keepFrom = null;
  expect(run('python x.py ${map}', { keepFrom }).value).toBe(
    `python x.py --lr 0.1 --on --text 'it'"'"'s' --deep.n 1 --items 'a b' 2 --gone None`,
  );
  expect(run('"${map.deep}"', { keepFrom }).value).toBe('--n 1');
});

test('references to from are kept in commands and told', () => {
  const roles: string[] = [];
  const { value, problems } = run('run ${from.model} ${count}', { keepFrom: (role) => void roles.push(role) });
  expect(value).toBe('run ${from.model} 3');
  expect(roles).toEqual(['model']);
  expect(problems).toEqual([]);
});

test('a name that stands for nothing is reported at its place, with the name that was meant (E0304)', () => {
  const problems = new ProblemList();
  const parsed = parseYaml('a: run ${counr}\nb: "${map.lrr}"\nc: ${list[7]}', 'f.yaml');
  if (parsed.ok) interpolate(parsed.value, { scope: [VALUES], problems });
  expect(problems.errors()).toMatchObject([
    { code: 'E0304', at: { line: 1, column: 8, length: 8 }, hint: 'did you mean `count`?' },
    { code: 'E0304', at: { line: 2, column: 5, length: 10 }, hint: 'did you mean `lr`?' },
    { code: 'E0304', at: { line: 3, column: 4 } },
  ]);
});

test('in a command the hint says how to leave a variable to the shell', () => {
  const problems = new ProblemList();
  const tree = treeFromJson('echo ${HOMEDIR}', null);
  interpolate(tree, { scope: [VALUES], problems, command: { keepFrom: null } });
  expect(problems.errors()[0]?.hint).toBe('write `\\${HOMEDIR}` to leave it to the shell');
});

test('what is no reference is reported (E0305)', () => {
  expect(run('a: x${}\nb: ${a..b}').problems).toEqual([
    'E0305 1:5 `${}` is not a reference: it is empty',
    'E0305 2:4 `${a..b}` is not a reference: `..b` cannot be read',
  ]);
});

test('a list or a map does not fit into a text; in a command only nested lists do not (E0306)', () => {
  expect(run('a: x ${list}\nb: x ${map}').problems).toEqual([
    'E0306 1:6 `${list}` is a list, it cannot stand inside a text',
    'E0306 2:6 `${map}` is a map, it cannot stand inside a text',
  ]);
  expect(run('x ${nested}', { keepFrom: null }).problems).toEqual([
    'E0306 1:3 `${nested}` is a map, it cannot stand inside a text',
  ]);
});
