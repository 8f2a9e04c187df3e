import { expect, test } from 'vitest';
import { briefs, commands, experiment, load, problems, stage } from './test-project.ts';

const echo = (text: string) => `stages: {a: {cmd: 'echo ${text}'}}`;
const paramsOf = (project: ReturnType<typeof load>, name: string, of = 'main') => {
  const { action } = stage(project, name, of);
  return action.kind === 'cmd' ? action.params : [];
};

test('params.yaml is read without being named, and values in the file win over it', () => {
  const files = { 'pipeline.yaml': `params: {a: 2}\n${echo('${a} ${b.c}')}`, 'params.yaml': 'a: 1\nb: {c: 3}' };
  expect(commands(load(files), 'a')).toEqual(['echo 2 3']);
  expect(experiment(load(files)).params).toEqual({ a: 2, b: { c: 3 } });
});

test('params may be a list of YAML, JSON and TOML files and values, later ones winning, maps merged', () => {
  const files = {
    'pipeline.yaml': `params: [one.yaml, two.json, three.toml, {d: {z: 4}}]\n${echo('${a} ${b} ${c} ${d.x} ${d.y} ${d.z}')}`,
    'one.yaml': 'a: 1\nb: 1\nc: 1\nd: {x: 1, y: 1}',
    'two.json': '{"b": 2, "c": 2, "d": {"y": 2}}',
    'three.toml': 'c = 3\n[d]\nz = 3',
  };
  expect(commands(load(files), 'a')).toEqual(['echo 1 2 3 1 2 4']);
});

test('params.yaml that is named keeps the place it was given', () => {
  const files = { 'pipeline.yaml': `params: [{a: 1}, params.yaml]\n${echo('${a}')}`, 'params.yaml': 'a: 2' };
  expect(commands(load(files), 'a')).toEqual(['echo 2']);
});

test('dates in TOML become the text they were written as', () => {
  const files = {
    'pipeline.yaml': `params: p.toml\n${echo('${d} ${t}')}`,
    'p.toml': 'd = 2020-01-02\nt = 2020-01-02T03:04:05Z',
  };
  expect(commands(load(files), 'a')).toEqual(['echo 2020-01-02 2020-01-02T03:04:05.000Z']);
});

test('a params file that is missing is an error at load time (E0301)', () => {
  expect(briefs(`params: [nothere.yaml]\n${echo('x')}`)).toEqual([
    'E0301 1:10 params file `nothere.yaml` does not exist',
  ]);
  expect(briefs('stages: {a: {cmd: x, params: [{p.json: [k]}]}}')).toEqual([
    'E0301 1:32 params file `p.json` does not exist',
  ]);
  expect(briefs({ 'dvc.yaml': 'stages: {a: {cmd: x, params: [k]}}' })).toEqual([
    'E0301 1:31 params file `params.yaml` does not exist',
  ]);
});

test('a key that is missing is an error that names a near one (E0302)', () => {
  const files = {
    'pipeline.yaml': 'stages: {a: {cmd: x, params: [train.lrr, {p.toml: [a.b]}]}}',
    'params.yaml': 'train: 1',
    'p.toml': 'a = 1',
  };
  expect(briefs(files)).toEqual([
    'E0302 1:31 `params` has no param `train.lrr`',
    'E0302 1:52 `p.toml` has no param `a.b`',
  ]);
  expect(problems({ 'dvc.yaml': 'stages: {a: {cmd: x, params: [lr]}}', 'params.yaml': 'lrs: 1' })[0]).toMatchObject({
    code: 'E0302',
    hint: 'did you mean `lrs`?',
  });
});

test('files that hold no values are refused (E0303)', () => {
  expect(briefs('stages: {a: {cmd: x, params: [{train.py: [LR]}]}}')).toEqual([
    'E0303 1:32 params cannot be read from `train.py`',
  ]);
  expect(briefs({ 'pipeline.yaml': `params: [p.yaml, ../q.yaml]\n${echo('x')}`, 'p.yaml': '- 1' })).toEqual([
    'E0303 1:18 params cannot be read from `../q.yaml`',
    'E0303 1:1 `p.yaml` holds no names',
  ]);
});

test('syntax errors of params files are reported in these files (E0104)', () => {
  const files = {
    'pipeline.yaml': `params: [p.json, q.toml]\n${echo('x')}`,
    'p.json': '{"a": 1,\n "b" 2}',
    'q.toml': 'a = 1\nb = = 2\n',
  };
  expect(briefs(files)).toEqual([
    expect.stringMatching(/^E0104 2:\d not valid JSON: /),
    expect.stringMatching(/^E0104 2:\d not valid TOML: /),
  ]);
});

test('params of a stage are keys, keys of a file, or a whole file', () => {
  const files = {
    'pipeline.yaml':
      'params: {own: 5}\nstages: {a: {cmd: x, params: [lr, own, {c.json: [m.n, l]}, {d.yaml: }, {e.yaml: []}]}}',
    'params.yaml': 'lr: 0.10',
    'c.json': '{"m": {"n": null}, "l": [1, 2]}',
    'd.yaml': 'whole: {file: 1}',
    'e.yaml': '',
  };
  expect(paramsOf(load(files), 'a')).toEqual([
    { file: 'params.yaml', key: 'lr', value: 0.1, overridden: false },
    { file: 'pipeline.yaml', key: 'own', value: 5, overridden: false },
    { file: 'c.json', key: 'm.n', value: null, overridden: false },
    { file: 'c.json', key: 'l', value: [1, 2], overridden: false },
    { file: 'd.yaml', key: null, value: { whole: { file: 1 } }, overridden: false },
    { file: 'e.yaml', key: null, value: {}, overridden: false },
  ]);
});

test('a key that itself holds a dot can be named', () => {
  const files = { 'dvc.yaml': 'stages: {a: {cmd: x, params: [a.b]}}', 'params.yaml': '"a.b": 1\na: {b: 2}' };
  expect(paramsOf(load(files), 'a')).toMatchObject([{ key: 'a.b', value: 1 }]);
});

test('an override reaches `${}`, the stage that reads the file, and nothing else', () => {
  const files = {
    'pipeline.yaml': `
stages:
  a: { cmd: "echo \${train.lr}", params: [train.lr, seed, { other.yaml: [x] }] }
experiments:
  by-name: { params.train.lr: 0.5 }
  by-file: { params.yaml:train.lr: 0.5 }
  same: { params.train.lr: 1.0 }
  other: { other.yaml:x: 9 }
`,
    'params.yaml': 'train: {lr: 1}\nseed: 3',
    'other.yaml': 'x: 1',
  };
  const project = load(files, { experiments: 'all' });
  for (const name of ['by-name', 'by-file']) {
    expect(commands(project, 'a', name)).toEqual(['echo 0.5']);
    expect(paramsOf(project, 'a', name)).toEqual([
      { file: 'params.yaml', key: 'train.lr', value: 0.5, overridden: true },
      { file: 'params.yaml', key: 'seed', value: 3, overridden: false },
      { file: 'other.yaml', key: 'x', value: 1, overridden: false },
    ]);
  }
  expect(paramsOf(project, 'a', 'same')[0]).toMatchObject({ value: 1, overridden: false });
  expect(paramsOf(project, 'a', 'other')[2]).toMatchObject({ value: 9, overridden: true });
  expect(paramsOf(project, 'a')[2]).toMatchObject({ value: 1, overridden: false });
});

test('a whole file counts as overridden when anything in it is', () => {
  const files = { 'pipeline.yaml': 'stages: {a: {cmd: x, params: [{p.yaml: }]}}', 'p.yaml': 'a: 1\nb: 2' };
  const project = load(files, { overrides: [{ path: 'p.yaml:b', value: 3 }] });
  expect(paramsOf(project, 'a')).toEqual([{ file: 'p.yaml', key: null, value: { a: 1, b: 3 }, overridden: true }]);
});

test('a param written in the pipeline file can be overridden too', () => {
  const project = load('params: {n: 1}\nstages: {a: {cmd: "x ${n}", params: [n]}}', {
    overrides: [{ path: 'params.n', value: 2 }],
  });
  expect(commands(project, 'a')).toEqual(['x 2']);
  expect(paramsOf(project, 'a')).toEqual([{ file: 'pipeline.yaml', key: 'n', value: 2, overridden: true }]);
});

test('1 and true differ, 1 and 1.0 do not', () => {
  const files = { 'dvc.yaml': 'stages: {a: {cmd: x, params: [a, b, c]}}', 'params.yaml': 'a: 1\nb: true\nc: 1.0' };
  expect(paramsOf(load(files), 'a').map((param) => param.value)).toEqual([1, true, 1]);
});
