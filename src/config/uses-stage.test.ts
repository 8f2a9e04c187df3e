import { expect, test } from 'vitest';
import { briefs, load, problems, stage, withOf } from './test-project.ts';

const use = (fields: string, name = 'a') =>
  `stages:\n  i: { uses: ingest, with: { source: data } }\n  ${name}: { ${fields} }\n`;
const own = (schema: object) => ({ 'stages/own.ts': '', 'schemas/stages/own.schema.json': JSON.stringify(schema) });

test('defaults are filled in, so writing a default changes nothing', () => {
  expect(withOf(load(use('uses: train, from: i')), 'a')).toEqual({ epochs: 10, model: { blocks: 2 } });
  expect(withOf(load(use('uses: train, from: i, with: {model: {}}')), 'a')).toEqual({
    epochs: 10,
    model: { blocks: 2 },
  });
  expect(withOf(load(use('uses: train, from: i, with: {epochs: 10.0, model: {blocks: 2}}')), 'a')).toEqual({
    epochs: 10,
    model: { blocks: 2 },
  });
});

test('a map that is left out stays out unless it has a default; one that is given is completed', () => {
  expect(withOf(load(use('uses: change, from: i')), 'a')).toEqual({ copies: 1 });
  expect(withOf(load(use('uses: change, from: i, with: {clahe: {}}')), 'a')).toEqual({
    copies: 1,
    clahe: { tiles: 8 },
  });
});

test('params may be templates, singly and as a whole', () => {
  const text = `params: {n: 3, all: {copies: 4}}\n${use('uses: change, from: i, with: {copies: "${n}"}')}  b: { uses: change, from: i, with: "\${all}" }`;
  expect([withOf(load(text), 'a'), withOf(load(text), 'b')]).toEqual([{ copies: 3 }, { copies: 4 }]);
});

test('a wrong param is reported at its value with what is expected (E0212)', () => {
  expect(problems(use('uses: change, from: i, with: {copies: -1, seed: 1.5, clahe: 3}'))).toMatchObject([
    {
      code: 'E0212',
      at: { line: 3, column: 46 },
      message: '`copies` is the number `-1`',
      expected: 'a whole number of at least 0',
      stage: 'a',
    },
    { code: 'E0212', message: '`seed` is the number `1.5`', expected: 'a whole number' },
    { code: 'E0212', message: '`clahe` is the number `3`', expected: 'a map' },
  ]);
  expect(briefs(`params: {n: many}\n${use('uses: change, from: i, with: {copies: "${n}"}')}`)).toEqual([
    'E0212 4:46 `copies` is the text `many`',
  ]);
  expect(briefs(`params: {n: 3}\n${use('uses: change, from: i, with: "${n}"')}`)).toEqual([
    'E0212 4:37 `with` of `a` is the number `3`',
  ]);
});

test('a template that stands for nothing is one mistake, not two; others beside it are still told (E0304)', () => {
  const text = `params: {n: 3}\n${use('uses: change, from: i, with: {copies: "${m}", seed: 1.5}')}`;
  expect(problems(text).map(({ code }) => code)).toEqual(['E0304', 'E0212']);
  expect(problems(text)[1]?.message).toBe('`seed` is the number `1.5`');
});

test('an unknown param is reported with the one that was meant (E0213)', () => {
  expect(problems(use('uses: change, from: i, with: {copys: 1, clahe: {tile: 4}}'))).toMatchObject([
    {
      code: 'E0213',
      at: { column: 38 },
      message: 'unknown field `copys` in `with` of `a`',
      hint: 'did you mean `copies`?',
    },
    { code: 'E0213', message: 'unknown field `tile` in `clahe`', hint: 'did you mean `tiles`?' },
  ]);
});

test('a param that is needed is reported when it is missing (E0214)', () => {
  expect(problems('stages: {i: {uses: ingest}}')).toMatchObject([
    { code: 'E0214', message: '`with` of `i` has no `source`', expected: 'text', stage: 'i' },
  ]);
});

test('params that name paths are dependencies, by the name of the param', () => {
  const { deps } = stage(load('stages: {i: {uses: ingest, with: {source: ./data//plates, extra: [b, c, b]}}}'), 'i');
  expect(deps.map(({ path, role }) => [path, role])).toEqual([
    ['data/plates', 'source'],
    ['b', 'extra'],
    ['c', 'extra'],
  ]);
  expect(deps[0]?.at).toMatchObject({ line: 1, column: 43 });
});

test('paths in params obey the rules of paths (E0401, E0402)', () => {
  expect(briefs('stages: {i: {uses: ingest, with: {source: /data, extra: [../x]}}}')).toEqual([
    'E0401 1:43 `source` `/data` is an absolute path',
    'E0402 1:58 `extra` `../x` leaves the project',
  ]);
});

test('path params lie where the schema says, at any depth, also in defaults', () => {
  const schema = {
    type: 'object',
    properties: {
      deep: { type: 'object', default: {}, properties: { file: { type: 'string', 'x-path': true, default: 'd.txt' } } },
    },
  };
  const project = load({ 'pipeline.yaml': 'stages: {s: {uses: own}}', ...own(schema) });
  expect(stage(project, 's').deps).toMatchObject([{ path: 'd.txt', role: 'deep.file' }]);
});

test('paths in params that belong to another type of stage are dependencies of the stage that holds them', () => {
  const tries = { type: 'object', properties: { with: { type: 'object', default: {}, 'x-params-of': 'ingest' } } };
  const schema = { type: 'object', properties: { trial: tries } };
  const text = 'stages: {s: {uses: own, with: {trial: {with: {source: data/a, extra: [b]}}}}}';
  const project = load({ 'pipeline.yaml': text, ...own(schema) });
  expect(stage(project, 's').deps).toMatchObject([
    { path: 'data/a', role: 'trial.with.source' },
    { path: 'b', role: 'trial.with.extra' },
  ]);
  const outside = { 'pipeline.yaml': text.replace('data/a', '/data'), ...own(schema) };
  expect(briefs(outside)).toEqual(['E0401 1:55 `trial.with.source` `/data` is an absolute path']);
});

test('outputs are those of the schema, in its order, with their roles', () => {
  const { outs } = stage(
    load(`${use('uses: evaluate, from: {dataset: i, model: t}')}  t: { uses: train, from: i }`),
    'a',
  );
  expect(outs).toMatchObject([
    { name: 'metrics.json', path: null, role: 'metrics', cache: true, persist: false },
    { name: 'roc.csv', path: null, role: 'plots' },
  ]);
});

test('a stage without a schema takes any params and has one output', () => {
  const project = load({
    'pipeline.yaml': 'stages: {s: {uses: own, with: {any: [thing]}}}',
    'stages/own/index.ts': '',
  });
  expect(withOf(project, 's')).toEqual({ any: ['thing'] });
  expect(stage(project, 's').outs).toMatchObject([{ name: 'output', role: 'artifact' }]);
  expect(stage(project, 's').action).toMatchObject({
    kind: 'uses',
    uses: 'own',
    entry: '/project/stages/own/index.ts',
  });
});
