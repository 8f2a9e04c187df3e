import { expect, test } from 'vitest';
import type { ProjectPath } from '../base/paths.ts';
import { parentsOf } from './output-places.ts';
import { briefs, load, problems, stageNames } from './test-project.ts';

const outs = (...lists: string[]) =>
  `stages:\n${lists.map((list, index) => `  ${'abcdef'[index]}: { cmd: x, outs: [${list}] }\n`).join('')}`;

test('two outputs at one path are reported with both places (E0405)', () => {
  expect(problems(outs('o', 'p, ./o'))).toMatchObject([
    {
      code: 'E0405',
      message: 'out `o` of `b` is out `o` of `a`',
      at: { line: 3, column: 26 },
      related: { at: { line: 2, column: 23 } },
    },
  ]);
  expect(briefs('stages:\n  a: { cmd: x, outs: [o], metrics: [o] }')).toEqual([
    'E0405 2:37 out `o` of `a` is out `o` of `a`',
  ]);
});

test('an output inside another is reported, whichever comes first (E0405)', () => {
  expect(briefs(outs('d', 'd/e/f'))).toEqual(['E0405 3:23 out `d/e/f` of `b` lies in out `d` of `a`']);
  expect(briefs(outs('d/e/f', 'd'))).toEqual(['E0405 3:23 out `d` of `b` holds out `d/e/f` of `a`']);
});

test('segments count, not letters: data2 is not in data', () => {
  expect(stageNames(load(outs('data', 'data2', 'data.csv', 'dat')))).toHaveLength(4);
});

test('outs that a stage makes for its own deps are reported (E0406)', () => {
  expect(
    briefs(
      'stages:\n  a: { cmd: x, deps: [in], outs: [in] }\n  b: { cmd: x, deps: [d], outs: [d/o] }\n  c: { cmd: x, deps: [e/f], outs: [e] }',
    ),
  ).toEqual([
    'E0406 2:35 out `in` of `a` is its own dep `in`',
    'E0406 3:34 out `d/o` of `b` lies in its own dep `d`',
    'E0406 4:36 out `e` of `c` holds its own dep `e/f`',
  ]);
});

test("reading another stage's output, from inside or around it, is no fault", () => {
  const text =
    'stages:\n  a: { cmd: x, outs: [d/o] }\n  b: { cmd: x, deps: [d], outs: [p] }\n  c: { cmd: x, deps: [d/o/f], outs: [q] }';
  expect(stageNames(load(text))).toHaveLength(3);
});

test('places of the runner, of Git and of the pipeline itself are not free (E0407)', () => {
  const files = {
    'pipeline.yaml': `params: [conf/p.yaml]\n${outs('cache/x', 'artifacts', '.git/hooks', 'pipeline.lock', 'pipeline.yaml, params.yaml', 'conf, .')}`,
    'params.yaml': 'a: 1',
    'conf/p.yaml': 'b: 1',
  };
  expect(briefs(files).filter((each) => each.startsWith('E0407'))).toEqual([
    'E0407 3:23 out `cache/x` of `a` lies in `cache`, which belongs to the runner',
    'E0407 4:23 out `artifacts` of `b` lies in `artifacts`, which belongs to the runner',
    'E0407 5:23 out `.git/hooks` of `c` lies in `.git`, which belongs to Git',
    'E0407 6:23 out `pipeline.lock` of `d` lies in `pipeline.lock`, which belongs to the runner',
    'E0407 7:23 out `pipeline.yaml` of `e` is a file the pipeline is read from',
    'E0407 7:38 out `params.yaml` of `e` is a file the pipeline is read from',
    'E0407 8:23 out `conf` of `f` holds `conf/p.yaml`, which the pipeline is read from',
    'E0407 8:29 out `.` of `f` is the project itself',
  ]);
});

test('the lock of any pipeline file is not free, a file that is only called alike is (E0407)', () => {
  expect(briefs(outs('dvc.pipeline.lock', 'poetry.lock, x/pipeline.lock'))).toEqual([
    'E0407 2:23 out `dvc.pipeline.lock` of `a` lies in `dvc.pipeline.lock`, which belongs to the runner',
  ]);
});

test('of a dvc.yaml, `artifacts` is free but for the folder of `main` (E0407)', () => {
  const stages = outs('artifacts/model.pkl, artifacts/mainly', 'artifacts/main/x');
  expect(briefs({ 'dvc.yaml': stages }, { file: 'dvc.yaml' })).toEqual([
    'E0407 3:23 out `artifacts/main/x` of `b` lies in `artifacts/main`, which belongs to the runner',
  ]);
});

test('a file that was looked for and not found is free', () => {
  expect(stageNames(load(outs('params.yaml')))).toEqual(['a']);
});

test('stages left out take no place', () => {
  expect(stageNames(load('stages: {a: {cmd: x, outs: [o]}, b: {cmd: x, outs: [o], when: false}}'))).toEqual(['a']);
});

test('the parents of a path are the folders it lies in, the project first', () => {
  expect(parentsOf('a/b/c' as ProjectPath)).toEqual(['.', 'a', 'a/b']);
  expect(parentsOf('.' as ProjectPath)).toEqual([]);
});
