import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from './load-project.ts';
import { briefs, commands, load, problems, stage, stageNames } from './test-project.ts';
import { MAX_FILE_BYTES } from './yaml-text.ts';

const ONE = 'stages:\n  a:\n    cmd: echo\n';

test('pipeline.yaml is read, and dvc.yaml when only that exists', () => {
  expect(load(ONE)).toMatchObject({ file: 'pipeline.yaml', dialect: 'pipe' });
  expect(load({ 'dvc.yaml': ONE })).toMatchObject({ file: 'dvc.yaml', dialect: 'dvc' });
  expect(load({ 'dvc.yaml': ONE, 'pipeline.yaml': ONE })).toMatchObject({ file: 'pipeline.yaml' });
  expect(load({ 'dvc.yaml': ONE, 'pipeline.yaml': ONE }, { file: 'dvc.yaml' })).toMatchObject({ dialect: 'dvc' });
});

test('paths of a file in a folder are relative to that folder', () => {
  const text = 'stages:\n  a: {cmd: "x ${lr}", deps: [in], outs: [out], params: [lr], wdir: src}\n';
  const project = load(
    { 'sub/dvc.yaml': text, 'sub/params.yaml': 'lr: 1', 'sub/src/params.yaml': 'lr: 2' },
    { file: 'sub/dvc.yaml' },
  );
  const { action, deps, outs } = stage(project, 'a');
  expect(action).toMatchObject({
    wdir: 'sub/src',
    commands: ['x 1'],
    params: [{ file: 'sub/src/params.yaml', value: 2 }],
  });
  expect([deps[0]?.path, outs[0]?.path]).toEqual(['sub/src/in', 'sub/src/out']);
});

test('a file that is not there is reported with what to do (E0101)', () => {
  expect(problems({})[0]).toMatchObject({ code: 'E0101', hint: 'make one with `pipe init`' });
  expect(problems({}, { file: 'other.yaml' })[0]).toMatchObject({ code: 'E0101', path: 'other.yaml' });
  expect(briefs({}, { file: '../pipeline.yaml' })).toEqual([
    'E0101 - pipeline file `../pipeline.yaml` lies outside the project',
  ]);
});

test('a file that holds no map is reported (E0201), an empty dvc.yaml is an empty pipeline', () => {
  expect(briefs('- a\n- b\n')).toEqual(['E0201 1:1 `pipeline.yaml` holds no fields']);
  expect(stageNames(load({ 'dvc.yaml': '' }))).toEqual([]);
});

test('a pipeline without stages is reported (E0203)', () => {
  expect(briefs('version: 1\n')).toEqual(['E0203 1:1 the file has no `stages`']);
  expect(stageNames(load('stages: {}'))).toEqual([]);
});

test('every problem of a file is reported at once, in file order, each once', () => {
  const text = `
stages:
  a:
    cmd: run \${nothing}
    outs: [../x]
  b:
    uses: chnage
    from: a
  c:
    cmd: x
    outz: [y]
  d:
    cmd: run \${nothing}
    deps: [/abs]
experiments:
  one: { params.x: 1 }
  two: { a.b: 1 }
`;
  expect(briefs(text, { experiments: 'all' }).map((each) => each.split(' ', 2).join(' '))).toEqual([
    'E0304 4:14',
    'E0402 5:12',
    'E0210 7:11',
    'E0202 11:5',
    'E0304 13:14',
    'E0401 14:12',
    'E0309 16:10',
    'E0309 17:10',
  ]);
});

test('a stage with a problem of its own causes no second message in the stages that need it', () => {
  expect(
    briefs(
      'stages:\n  a: { uses: nothere }\n  b: { uses: change, from: a }\n  c: { cmdd: x }\n  d: { uses: change, from: c }',
    ),
  ).toEqual(['E0210 2:14 there is no stage `nothere` to use', 'E0202 4:8 unknown field `cmdd` in `c`']);
});

test('the same file read for several experiments reports its problems once', () => {
  const text = 'params: {x: 1}\nstages: {a: {cmd: "${y}"}}\nexperiments: {e: {params.x: 2}}';
  expect(briefs(text, { experiments: 'all' })).toEqual(['E0304 2:20 `${y}` stands for no value']);
});

test('a problem that only an experiment has names it', () => {
  const text =
    'params: {x: 1}\nstages: {a: {cmd: x, when: "${x}"}, b: {cmd: "${x.y}"}}\nexperiments: {e: {params.x: true}}';
  expect(problems(text, { experiments: ['e'] })).toMatchObject([{ code: 'E0304', experiment: 'e' }]);
  expect(problems(text, { experiments: 'all' }).map(({ code, experiment }) => [code, experiment])).toEqual([
    ['E0220', undefined],
    ['E0304', undefined],
  ]);
});

test('sources are all files that were read or looked for', () => {
  const { sources } = load({
    'pipeline.yaml': 'stages: {a: {uses: train, from: b}, b: {uses: own}}',
    'stages/own.js': '',
  });
  expect(sources).toContain('/project/pipeline.yaml');
  expect(sources).toContain('/project/params.yaml');
  expect(sources).toContain('/project/stages/train.ts');
  expect(sources).toContain('/pipe/stages/train.mjs');
  expect(sources).toContain('/project/schemas/stages/train.schema.json');
  expect(sources).toContain('/pipe/schemas/train.schema.json');
  expect(sources).toContain('/project/stages/own.js');
  expect(sources).toContain('/pipe/schemas/own.schema.json');
  expect(load({ 'dvc.yaml': ONE }).sources).toContain('/project/pipeline.yaml');
});

test('environment names the variables whose values went in, and no others', () => {
  const text = 'stages: {a: {cmd: x, env: [B, A, C]}, b: {cmd: x, env: {A: null, D: fixed}}}';
  const project = load(text, { environment: { A: '1', B: '2', E: '3' } });
  expect(project.environment).toEqual(['A', 'B', 'C']);
  expect(stage(project, 'a').env).toEqual({ B: '2', A: '1', C: null });
});

test('ten thousand stages load with every stage there', () => {
  const stages = Array.from(
    { length: 10_000 },
    (_, i) => `  s${i}: { cmd: "echo ${i}", deps: [o${i - 1}], outs: [o${i}] }`,
  );
  const project = load(`stages:\n${stages.join('\n')}`);
  expect(stageNames(project)).toHaveLength(10_000);
  expect(commands(project, 's9999')).toEqual(['echo 9999']);
}, 60_000);

test('files on disk: no text, too large and folders are told apart (E0102, E0103)', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-load-'));
  const read = () => loadProject({ root, environment: {}, builtinStages: root, builtinSchemas: root });
  const file = path.join(root, 'pipeline.yaml');
  try {
    fs.writeFileSync(file, `\ufeff${ONE}`);
    expect(read()).toMatchObject({ ok: true });
    fs.writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe]));
    expect(read()).toMatchObject({
      failure: [{ code: 'E0102', message: '`pipeline.yaml` cannot be read: it is not UTF-8 text' }],
    });
    fs.truncateSync(file, MAX_FILE_BYTES + 1);
    expect(read()).toMatchObject({ failure: [{ code: 'E0103', expected: 'at most 16 MiB' }] });
    fs.rmSync(file);
    fs.mkdirSync(file);
    expect(read()).toMatchObject({
      failure: [{ code: 'E0102', message: '`pipeline.yaml` cannot be read: it is a folder' }],
    });
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});
