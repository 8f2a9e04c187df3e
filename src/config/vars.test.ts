import { expect, test } from 'vitest';
import { briefs, commands, load, problems } from './test-project.ts';

const dvc = (vars: string, cmd: string) => ({ 'dvc.yaml': `vars: ${vars}\nstages: {a: {cmd: "${cmd}"}}` });

test('vars are values, files, or some keys of a file; params.yaml comes by itself', () => {
  const files = {
    ...dvc('[{a: 1}, v.json, "w.toml:x, y"]', '${a} ${b} ${x} ${y} ${p}'),
    'v.json': '{"b": 2}',
    'w.toml': 'x = 3\ny = 4\nz = 5',
    'params.yaml': 'p: 6',
  };
  expect(commands(load(files), 'a')).toEqual(['1 2 3 4 6']);
  expect(briefs({ ...files, ...dvc('["w.toml:x,y"]', '${z}') })).toEqual(['E0304 2:20 `${z}` stands for no value']);
});

test('maps merge, params.yaml may be named again', () => {
  const files = { ...dvc('[params.yaml, {m: {b: 2}}]', '${m.a} ${m.b}'), 'params.yaml': 'm: {a: 1}' };
  expect(commands(load(files), 'a')).toEqual(['1 2']);
});

test('a value given twice is an error that shows both places (E0307)', () => {
  const files = { ...dvc('[{m: {a: 2}, n: 1}, {n: 1}]', 'x'), 'params.yaml': 'm: {a: 1}' };
  expect(problems(files)).toMatchObject([
    {
      code: 'E0307',
      message: '`a` is given a value twice',
      at: { line: 1 },
      related: { at: { file: 'params.yaml', line: 1, column: 5 } },
    },
    { code: 'E0307', message: '`n` is given a value twice', at: { line: 1, column: 28 } },
  ]);
});

test('vars of a stage are its own, and its files lie in its folder', () => {
  const text = `
vars: [{g: 1}]
stages:
  a: { cmd: "\${g} \${l} \${f}", wdir: sub, vars: [{l: 2}, f.yaml] }
  b: { cmd: "\${g} \${l}", vars: [{l: 3}] }
`;
  const project = load({ 'dvc.yaml': text, 'sub/f.yaml': 'f: 4' });
  expect([commands(project, 'a'), commands(project, 'b')]).toEqual([['1 2 4'], ['1 3']]);
  expect(briefs({ 'dvc.yaml': 'stages:\n  a: { cmd: x, vars: [{l: 2}] }\n  b: { cmd: "${l}" }' })).toEqual([
    'E0304 3:14 `${l}` stands for no value',
  ]);
});

test('what a stage gives again conflicts with what is given for all (E0307)', () => {
  expect(briefs('vars: [{l: 1}]\nstages: {a: {cmd: x, vars: [{l: 2}]}}')).toEqual([
    'E0307 2:30 `l` is given a value twice',
  ]);
});

test('vars see params in a pipeline.yaml', () => {
  expect(commands(load('params: {a: 1}\nvars: [{b: 2}]\nstages: {s: {cmd: "${a}${b}"}}'), 's')).toEqual(['12']);
});

test('nothing is put into vars (E0308)', () => {
  expect(briefs(dvc('[{a: {b: "${c}"}}, "${f}.yaml"]', 'x'))).toEqual([
    'E0308 1:16 `${}` is not replaced inside `vars`',
    'E0308 1:26 `${}` is not replaced inside `vars`',
  ]);
});

test('files and keys of vars must exist and hold names (E0301, E0302, E0303)', () => {
  const files = { ...dvc('[no.yaml, "v.yaml:k", list.yaml, x.py]', 'x'), 'v.yaml': 'a: 1', 'list.yaml': '[1]' };
  expect(briefs(files)).toEqual(
    [
      'E0301 1:8 file `no.yaml` does not exist',
      'E0302 1:17 `v.yaml` has no `k`',
      'E0303 1:29 `list.yaml` holds no names',
      'E0303 1:40 values cannot be read from `x.py`',
    ].map((each) => expect.stringContaining(each.split(' ').slice(2).join(' '))),
  );
});
