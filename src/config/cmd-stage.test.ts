import { expect, test } from 'vitest';
import { briefs, commands, load, problems, stage } from './test-project.ts';

const one = (fields: string) => `stages:\n  a: { ${fields} }\n`;
const dvc = (fields: string) => ({ 'dvc.yaml': one(fields) });

test('a command is a text or a list of texts', () => {
  expect(commands(load(one('cmd: [one, "two  x"]')), 'a')).toEqual(['one', 'two  x']);
  expect(commands(load('stages:\n  a:\n    cmd: >-\n      one\n      two\n'), 'a')).toEqual(['one two']);
});

test('a pipeline.yaml hands a text of several lines to the shell whole, a dvc.yaml runs each line by itself', () => {
  const text = 'stages:\n  a:\n    cmd: |\n      one\n\n      two\n';
  expect(commands(load(text), 'a')).toEqual(['one\n\ntwo\n']);
  expect(commands(load({ 'dvc.yaml': text }), 'a')).toEqual(['one', 'two']);
  expect(commands(load(dvc('cmd: ["one\\ntwo", three]')), 'a')).toEqual(['one\ntwo', 'three']);
});

test('${from.role} stays in the command', () => {
  const text =
    'stages:\n  t: {uses: train, from: i}\n  i: {uses: ingest, with: {source: x}}\n  a: {cmd: "x ${from.model}", from: {model: t}}';
  expect(commands(load(text), 'a')).toEqual(['x ${from.model}']);
  expect(stage(load(text), 'a').from).toMatchObject({ model: { stage: 't', output: 'model' } });
});

test('in a dvc.yaml `from` is a name like any other', () => {
  expect(commands(load({ ...dvc('cmd: "x ${from.model}"'), 'params.yaml': 'from: {model: m}' }), 'a')).toEqual(['x m']);
});

test('paths are relative to wdir, duplicates of deps count once', () => {
  const { action, deps, outs } = stage(
    load(one('cmd: x, wdir: src/../lib, deps: [a.py, ./a.py, ../b], outs: [o/], metrics: [m.json], plots: [p.csv]')),
    'a',
  );
  expect(action).toMatchObject({ wdir: 'lib' });
  expect(deps.map(({ path, role }) => [path, role])).toEqual([
    ['lib/a.py', 'dep'],
    ['b', 'dep'],
  ]);
  expect(outs.map(({ name, path, role }) => [name, path, role])).toEqual([
    ['o/', 'lib/o', 'artifact'],
    ['m.json', 'lib/m.json', 'metrics'],
    ['p.csv', 'lib/p.csv', 'plots'],
  ]);
});

test('outs take flags, also by template', () => {
  const text = `params: {keep: false}\n${one('cmd: x, outs: [{o: {cache: "${keep}", persist: true}}, p], metrics: [{m.json: {cache: false}}]')}`;
  expect(stage(load(text), 'a').outs.map(({ name, cache, persist }) => [name, cache, persist])).toEqual([
    ['o', false, true],
    ['p', true, false],
    ['m.json', false, false],
  ]);
});

test('odd paths are taken as they are', () => {
  const { deps } = stage(
    load({
      'dvc.yaml': 'stages:\n  a: {cmd: x, deps: ["a b", "q\'uote", "new\\nline", "é", "e\\u0301", "-x", "*.py"]}',
    }),
    'a',
  );
  expect(deps.map((dep) => dep.path)).toEqual(['a b', "q'uote", 'new\nline', 'é', 'e\u0301', '-x', '*.py']);
});

test('places point at each dep and out', () => {
  const { deps, outs } = stage(
    load('stages:\n  a:\n    cmd: x\n    deps:\n      - one\n      - two\n    outs:\n      - o: {cache: false}\n'),
    'a',
  );
  expect(deps.map((dep) => dep.at.line)).toEqual([5, 6]);
  expect(outs[0]?.at).toEqual({ file: 'pipeline.yaml', line: 8, column: 9, length: 1 });
});

test('frozen, always_changed, desc and meta are kept', () => {
  expect(
    stage(load(one('cmd: x, frozen: true, always_changed: true, desc: what it does, meta: {owner: [me]}')), 'a'),
  ).toMatchObject({
    frozen: true,
    alwaysChanged: true,
    desc: 'what it does',
    meta: { owner: ['me'] },
  });
  expect(stage(load(one('cmd: x')), 'a')).toMatchObject({ frozen: false, alwaysChanged: false });
});

test('an empty command is an error (E0204)', () => {
  expect(briefs(one('cmd: ""'))).toEqual(['E0204 2:8 `cmd` of `a` is empty']);
  expect(briefs(one('cmd: []'))).toEqual(['E0204 2:8 `cmd` of `a` is empty']);
});

test('a stage has cmd or uses, and not both (E0204)', () => {
  expect(briefs(one('deps: [x]'))).toEqual(['E0204 2:3 stage `a` has neither `uses` nor `cmd`']);
  expect(briefs(one('cmd: x, uses: ingest, with: {source: y}'))).toEqual([
    'E0204 2:8 stage `a` has both `uses` and `cmd`',
  ]);
});

test('fields of the other kind of stage are refused (E0205)', () => {
  expect(briefs(one('cmd: x, with: {a: 1}'))).toEqual([
    'E0205 2:16 `with` belongs to stages with `uses`, `a` has `cmd`',
  ]);
  expect(briefs(one('uses: ingest, with: {source: y}, outs: [z]'))).toEqual([
    'E0205 2:41 `outs` belongs to stages with `cmd`, `a` has `uses`',
  ]);
});

test('what a template gives must fit the field (E0201)', () => {
  const params = 'params: {list: [a], none: null, text: t}\n';
  const found = (fields: string) => briefs(params + one(fields))[0]?.replace(/\d+:\d+ /, '');
  expect(found('cmd: x, deps: ["${list}"]')).toBe('E0201 `deps` is a list');
  expect(found('cmd: x, outs: ["${none}"]')).toBe('E0201 `outs` is nothing');
  expect(found('cmd: x, frozen: "${text}"')).toBe('E0201 `frozen` is the text `t`');
  expect(found('cmd: x, outs: [{o: {cache: "${text}"}}]')).toBe('E0201 `cache` is the text `t`');
});

test('numbers from params may stand where a text is wanted', () => {
  expect(stage(load(`params: {n: 5}\n${one('cmd: x, deps: ["${n}"]')}`), 'a').deps[0]?.path).toBe('5');
});

test('absolute paths, paths out of the project, empty paths and remote places are refused (E0401 to E0404)', () => {
  expect(
    briefs(
      dvc(
        'cmd: x, wdir: ../w, deps: [/abs, "C:\\\\x", ../../x, ""], outs: ["s3://b/o", "ds://d"], metrics: ["a\\0b"]'.replaceAll(
          "'",
          '"',
        ),
      ),
    ),
  ).toEqual([
    'E0402 2:22 wdir `../w` leaves the project',
    'E0401 2:35 dep `/abs` is an absolute path',
    'E0401 2:41 dep `C:\\x` is an absolute path',
    'E0402 2:50 dep `../../x` leaves the project',
    'E0403 2:59 dep is an empty path',
    'E0404 2:71 out `s3://b/o` lies outside the project, `s3://` is not read',
    'E0404 2:83 out `ds://d` lies outside the project, `ds://` is not read',
    'E0403 2:104 out `a\\0b` holds a NUL character',
  ]);
  expect(problems(dvc('cmd: x, deps: [/abs]'))[0]).toMatchObject({
    stage: 'a',
    path: '/abs',
    expected: 'a path inside the project',
  });
});
