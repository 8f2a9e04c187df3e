import { expect, test } from 'vitest';
import { brief, briefs, experiment, load, problems, stage, stageNames } from './test-project.ts';

const BASE = `params: { yes: true, no: false, text: no }
stages:
  ingest: { uses: ingest, with: { source: data } }
  train: { uses: train, from: ingest }
`;
const fromOf = (text: string, name: string) => {
  const { from } = stage(load(BASE + text), name);
  return Object.fromEntries(Object.entries(from).map(([role, input]) => [role, `${input.stage}:${input.output}`]));
};

test('a single reference takes the only role, else dataset', () => {
  expect(fromOf('  a: { uses: change, from: ingest }', 'a')).toEqual({ dataset: 'ingest:dataset' });
  expect(fromOf('', 'train')).toEqual({ dataset: 'ingest:dataset' });
  expect(fromOf('  a: { cmd: x, from: ingest }', 'a')).toEqual({ dataset: 'ingest:dataset' });
});

test('a role takes the output of its name, with or without extension', () => {
  const text = '  a: { cmd: "x ${from.model} ${from.metrics}", from: { model: train, metrics: train } }';
  expect(fromOf(text, 'a')).toEqual({ model: 'train:model', metrics: 'train:metrics.json' });
});

test('a producer with one output gives that one, whatever the role is called', () => {
  expect(fromOf('  a: { cmd: x, from: { images: ingest } }', 'a')).toEqual({ images: 'ingest:dataset' });
});

test('else the first output of the kind of the role is taken', () => {
  const files = {
    'pipeline.yaml': `${BASE}  a: { uses: own, from: { net: train } }`,
    'stages/own.ts': '',
    'schemas/stages/own.schema.json': JSON.stringify({ 'x-inputs': { net: { kind: 'model' } } }),
  };
  expect(stage(load(files), 'a').from).toMatchObject({ net: { stage: 'train', output: 'model' } });
});

test('an output may be named, by its name, its file name or without extension', () => {
  const text = '  c: { cmd: x, outs: [out/model.onnx, out/log.txt] }\n';
  for (const name of ['out/model.onnx', 'model.onnx', 'model']) {
    expect(fromOf(`${text}  a: { cmd: x, from: { net: "c:${name}" } }`, 'a')).toEqual({ net: 'c:out/model.onnx' });
  }
  expect(fromOf(`${text}  a: { cmd: x, from: { log: c } }`, 'a')).toEqual({ log: 'c:out/log.txt' });
});

test('places of inputs point at the reference', () => {
  expect(stage(load(`${BASE}  a: { cmd: x, from: { m: train:model } }`), 'a').from.m?.at).toEqual({
    file: 'pipeline.yaml',
    line: 5,
    column: 27,
    length: 11,
  });
});

test('a stage that does not exist is reported with a near one (E0215)', () => {
  expect(problems(`${BASE}  a: { uses: change, from: ingset }`)).toMatchObject([
    {
      code: 'E0215',
      at: { line: 5, column: 28 },
      message: 'there is no stage `ingset`',
      hint: 'did you mean `ingest`?',
    },
  ]);
});

test('of stages made by foreach one must be named (E0215)', () => {
  const text = `${BASE}  each: { foreach: [a, b], do: { uses: change, from: ingest } }\n`;
  expect(problems(`${text}  z: { uses: change, from: each }`)).toMatchObject([
    {
      code: 'E0215',
      message: '`each` stands for several stages',
      hint: 'name one of the stages it makes, such as `each@a`',
    },
  ]);
  expect(stage(load(`${text}  z: { uses: change, from: each@b }`), 'z').from.dataset?.stage).toBe('each@b');
});

test('a role that the stage does not have is reported (E0216)', () => {
  expect(
    problems(
      `${BASE}  a: { uses: train, from: { datasett: ingest } }\n  b: { uses: ingest, with: {source: x}, from: train }`,
    ).map((each) => [brief(each), each.expected, each.hint]),
  ).toEqual([
    ['E0218 5:3 stage `a` needs an input `dataset`', 'a stage that makes a dataset', 'add `from: { dataset: STAGE }`'],
    ['E0216 5:39 stage `a` has no input `datasett`', 'one of `dataset`, `settings`', 'did you mean `dataset`?'],
    ['E0216 6:47 stage `b` has no input', 'no `from`', undefined],
  ]);
});

test('a single reference to a stage of several roles without dataset is reported (E0216)', () => {
  const files = {
    'pipeline.yaml': `${BASE}  a: { uses: own, from: train }`,
    'stages/own.ts': '',
    'schemas/stages/own.schema.json': JSON.stringify({ 'x-inputs': { one: { kind: 'any' }, two: { kind: 'any' } } }),
  };
  expect(briefs(files)).toEqual(['E0216 5:25 `from` of `a` does not say which input `train` is']);
});

test('a role in a command must be one of from (E0216)', () => {
  expect(problems(`${BASE}  a: { cmd: "x \${from.modle}", from: { model: train } }`)).toMatchObject([
    {
      code: 'E0216',
      at: { line: 5, column: 16 },
      message: '`${from.modle}` is no input of `a`',
      hint: 'did you mean `model`?',
    },
  ]);
});

test('an output that cannot be chosen or does not exist is reported with those there are (E0217)', () => {
  const text = `${BASE}  none: { cmd: x }
  a: { cmd: x, from: { net: train } }
  b: { cmd: x, from: { net: train:modle } }
  c: { cmd: x, from: { net: none } }`;
  expect(problems(text).map((each) => [brief(each), each.expected, each.hint])).toEqual([
    [
      'E0217 6:29 `train` has several outputs, none is called `net`',
      'one of `train:model`, `train:metrics.json`',
      undefined,
    ],
    [
      'E0217 7:29 stage `train` has no output `modle`',
      'one of `train:model`, `train:metrics.json`',
      'did you mean `model`?',
    ],
    ['E0217 8:29 stage `none` has no outputs', 'a stage with outputs', undefined],
  ]);
});

test('an input that is needed is reported when it is missing, one that is not is not (E0218)', () => {
  expect(briefs(`${BASE}  a: { uses: evaluate, from: { dataset: ingest } }`)).toEqual([
    'E0218 5:3 stage `a` needs an input `model`',
  ]);
});

test('an output of another kind is refused (E0219)', () => {
  expect(problems(`${BASE}  a: { uses: change, from: train:model }`)).toMatchObject([
    { code: 'E0219', message: 'input `dataset` of `a` gets `model` of `train`, a model', expected: 'a dataset' },
  ]);
  expect(fromOf('  c: { cmd: x, outs: [any] }\n  a: { uses: change, from: c }', 'a')).toEqual({ dataset: 'c:any' });
});

test('when must be true or false (E0220)', () => {
  expect(briefs(`${BASE}  a: { cmd: x, when: "\${text}" }`)).toEqual(['E0220 5:22 `when` is the text `no`']);
  expect(stageNames(load(`${BASE}  a: { cmd: x, when: true }`))).toContain('a');
});

test('a stage left out passes its input through, also several in a row', () => {
  const text = `${BASE}  a: { uses: change, from: ingest, when: "\${no}" }
  b: { uses: change, from: a, when: "\${no}" }
  c: { uses: change, from: b }`;
  const project = load(text);
  expect(stageNames(project)).toEqual(['ingest', 'train', 'c']);
  expect([...experiment(project).skipped]).toEqual([
    ['a', 'ingest'],
    ['b', 'ingest'],
  ]);
  expect(fromOf(text.slice(BASE.length), 'c')).toEqual({ dataset: 'ingest:dataset' });
});

test('an experiment can leave a stage out', () => {
  const project = load(
    `${BASE}  a: { uses: change, from: ingest, when: "\${yes}" }\n  c: { uses: change, from: a }\nexperiments: { less: { params.yes: false } }`,
    { experiments: 'all' },
  );
  expect(stage(project, 'c').from.dataset?.stage).toBe('a');
  expect(stage(project, 'c', 'less').from.dataset?.stage).toBe('ingest');
});

test('the result of a stage left out that nothing stands in for is an error where it is needed (E0221)', () => {
  const text = `${BASE}  gone: { uses: ingest, with: { source: x }, when: "\${no}" }
  two: { uses: evaluate, from: { dataset: ingest, model: train }, when: "\${no}" }
  a: { uses: change, from: gone }
  b: { cmd: x, from: { m: two:metrics.json } }
  c: { uses: train, from: ingest, when: "\${no}" }
  d: { uses: evaluate, from: { dataset: ingest, model: c } }`;
  expect(briefs(text)).toEqual([
    'E0221 7:28 stage `a` needs `dataset` of `gone`, which `when` leaves out',
    'E0221 8:27 stage `b` needs `metrics.json` of `two`, which `when` leaves out',
    'E0221 10:56 stage `d` needs `model` of `c`, which `when` leaves out',
  ]);
});

test('a stage left out whose result nobody needs is no error', () => {
  expect([...experiment(load(`${BASE}  a: { cmd: x, when: "\${no}" }`)).skipped]).toEqual([['a', null]]);
});
