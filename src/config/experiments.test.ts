import { expect, test } from 'vitest';
import { brief, briefs, commands, experiment, load, problems, withOf } from './test-project.ts';

const PIPELINE = `
params: { seed: 1, deep: { n: 1, m: 2 } }
stages:
  ingest: { uses: ingest, with: { source: data } }
  change: { uses: change, from: ingest, with: { copies: 2, seed: "\${seed}" } }
  train: { uses: train, from: change }
  cmd: { cmd: "x \${deep.n}" }
  each: { foreach: [a, b], do: { uses: change, from: ingest, with: { copies: 1 } } }
experiments:
`;
const withExperiments = (text: string) => `${PIPELINE}${text}`;

test('an experiment gives other values to stages and to params; main has those of the file', () => {
  const project = load(withExperiments('  e: { change.copies: 0, params.seed: 7, params.deep.n: 5 }'), {
    experiments: 'all',
  });
  expect(withOf(project, 'change', 'e')).toEqual({ copies: 0, seed: 7 });
  expect(commands(project, 'cmd', 'e')).toEqual(['x 5']);
  expect(experiment(project, 'e').params).toEqual({ seed: 7, deep: { n: 5, m: 2 } });
  expect(withOf(project, 'change')).toEqual({ copies: 2, seed: 1 });
});

test('a value may be given where the file gives none, if the schema knows it', () => {
  const project = load(withExperiments('  e: { train.model.blocks: 5 }\n  f: { train.model: { blocks: 6 } }'), {
    experiments: 'all',
  });
  expect(withOf(project, 'train', 'e')).toEqual({ epochs: 10, model: { blocks: 5 } });
  expect(withOf(project, 'train', 'f')).toEqual({ epochs: 10, model: { blocks: 6 } });
  expect(withOf(project, 'train')).toEqual({ epochs: 10, model: { blocks: 2 } });
});

test('the command line beats the experiment, which beats the file', () => {
  const overrides = [{ path: 'change.copies', value: 9 }];
  const project = load(withExperiments('  e: { change.copies: 5 }'), { experiments: 'all', overrides });
  expect([withOf(project, 'change'), withOf(project, 'change', 'e')]).toMatchObject([{ copies: 9 }, { copies: 9 }]);
});

test('overrides reach all stages of a foreach by its name, one by its full name', () => {
  const text = '  all: { each.copies: 5 }\n  one: { each@b.copies: 6 }\n  both: { each@a.copies: 7, each.seed: 1 }';
  const project = load(withExperiments(text), { experiments: 'all' });
  expect([withOf(project, 'each@a', 'all'), withOf(project, 'each@b', 'all')]).toEqual([{ copies: 5 }, { copies: 5 }]);
  expect([withOf(project, 'each@a', 'one'), withOf(project, 'each@b', 'one')]).toEqual([{ copies: 1 }, { copies: 6 }]);
  expect(withOf(project, 'each@a', 'both')).toEqual({ copies: 7, seed: 1 });
});

test('values of overrides may be templates', () => {
  const project = load(withExperiments('  e: { change.seed: "${deep.m}" }'), { experiments: ['e'] });
  expect(withOf(project, 'change', 'e')).toMatchObject({ seed: 2 });
});

test('a matrix makes an experiment of each combination, named after its values', () => {
  const text = '  depth: { change.copies: 0, matrix: { train.model.blocks: [2, 3], params.seed: [1, 2] } }';
  const project = load(withExperiments(text), { experiments: ['depth@3-1'] });
  expect(project.experimentNames).toEqual(['main', 'depth@2-1', 'depth@2-2', 'depth@3-1', 'depth@3-2']);
  expect(withOf(project, 'train', 'depth@3-1')).toMatchObject({ model: { blocks: 3 } });
  expect(withOf(project, 'change', 'depth@3-1')).toEqual({ copies: 0, seed: 1 });
});

test('the name of a matrix asks for all its experiments, and main comes first', () => {
  const text = '  e: { params.seed: 3 }\n  depth: { matrix: { params.seed: [1, 2] } }';
  const names = (asked: readonly string[] | 'all') =>
    load(withExperiments(text), { experiments: asked }).experiments.map((each) => each.name);
  expect(names(['depth', 'main'])).toEqual(['main', 'depth@1', 'depth@2']);
  expect(names('all')).toEqual(['main', 'e', 'depth@1', 'depth@2']);
  expect(names(['e'])).toEqual(['e']);
});

test('repeats make experiments with seeds that go up from that of the file, and count as one variant', () => {
  const project = load(withExperiments('  e: { change.copies: 5, repeats: 3 }'), { experiments: ['e'] });
  expect(project.experimentNames).toEqual(['main', 'e@1', 'e@2', 'e@3']);
  expect(project.experiments.map((each) => each.params.seed)).toEqual([1, 2, 3]);
  expect(withOf(project, 'change', 'e@3')).toEqual({ copies: 5, seed: 3 });
  expect([...project.definitions.values()].map((each) => each.variant)).toEqual(['main', 'e', 'e', 'e']);
});

test('repeats of a matrix repeat each of its combinations, with the seed that is named', () => {
  const text = '  e: { matrix: { train.model.blocks: [2, 3] }, repeats: { count: 2, seed: change.seed } }';
  const project = load(withExperiments(text), { experiments: ['e@3-2'] });
  expect(project.experimentNames).toEqual(['main', 'e@2-1', 'e@2-2', 'e@3-1', 'e@3-2']);
  expect(withOf(project, 'change', 'e@3-2')).toMatchObject({ seed: 2 });
  expect(project.definitions.get('e@3-2')).toMatchObject({ group: 'e', variant: 'e@3' });
});

test('repeats of a pipeline without that seed, or of no whole number, are errors', () => {
  expect(problems(withExperiments('  e: { repeats: { count: 2, seed: train.sed } }'))[0]).toMatchObject({
    code: 'E0309',
  });
  expect(problems(withExperiments('  e: { repeats: 0 }'))[0]).toMatchObject({ code: 'E0201' });
});

test('a matrix over seeds is one variant for each of its other values', () => {
  const text = '  e: { matrix: { params.seed: [1, 2], train.model.blocks: [2, 3] } }';
  const variants = [...load(withExperiments(text)).definitions.values()].map((each) => each.variant);
  expect(variants).toEqual(['main', 'e@2', 'e@3', 'e@2', 'e@3']);
});

test('values that would not make a name of a folder are replaced in it', () => {
  const text = '  data: { matrix: { ingest.source: [a/b, c] } }';
  expect(load(withExperiments(text)).experimentNames).toEqual(['main', 'data@a_b', 'data@c']);
});

test('experiment names that cannot be used or are used twice are reported (E0208)', () => {
  expect(
    briefs(withExperiments('  main: {}\n  "a/b": {}\n  m: { matrix: { params.seed: [1, 1] } }\n  "..": {}')),
  ).toEqual([
    'E0208 10:3 `main` is the plain pipeline, it takes no other values',
    'E0208 11:3 experiment name `a/b` holds `/`, `\\` or `:`',
    'E0208 12:3 two experiments of `m` get the name `m@1`',
    'E0208 13:3 experiment name `..` has a meaning of its own',
  ]);
});

test('an experiment that does not exist is reported with a near name (E0209)', () => {
  expect(problems(withExperiments('  colour: { params.seed: 2 }'), { experiments: ['color'] })).toMatchObject([
    {
      code: 'E0209',
      message: 'there is no experiment `color`',
      expected: 'one of `main`, `colour`',
      hint: 'did you mean `colour`?',
    },
  ]);
});

test('an override of what does not exist is an error with the path that was meant, also in experiments nobody asked for (E0309)', () => {
  const text = `  e:
    chnage.copies: 1
    change.copis: 1
    train.model.bloks: 1
    train.with.epochs: 1
    params.sead: 1
    params.deep.x: 1
    params: { seed: 1 }
    cmd.cmd: x
    copies: 1
    deep.n: 1
    sede: 1
    params.yaml:seed: 1
    each@a.copis: 1
    change.: 1`;
  expect(problems(withExperiments(text)).map((each) => [brief(each), each.hint])).toEqual([
    ['E0309 11:5 `chnage.copies` starts with neither a stage nor `params`', 'did you mean `change`?'],
    ['E0309 12:5 `change.copis` names no value: `change` has no param `copis`', 'did you mean `change.copies`?'],
    [
      'E0309 13:5 `train.model.bloks` names no value: `train` has no param `model.bloks`',
      'did you mean `train.model.blocks`?',
    ],
    ['E0309 14:5 `train.with.epochs` names no value: `train` has no param `with`', 'did you mean `train.epochs`?'],
    ['E0309 15:5 `params.sead` names no value: params has no `sead`', 'did you mean `params.seed`?'],
    ['E0309 16:5 `params.deep.x` names no value: params has no `deep.x`', 'did you mean `params.deep.n`?'],
    ['E0309 17:5 `params` names no value', 'write the path of one value: `params.NAME`'],
    [
      'E0309 18:5 `cmd.cmd`: `cmd` runs a command, it has no params of its own to override',
      expect.stringContaining('`params.cmd`'),
    ],
    ['E0309 19:5 `copies` starts with neither a stage nor `params`', expect.stringContaining('`params.copies`')],
    ['E0309 20:5 `deep.n` starts with neither a stage nor `params`', 'did you mean `params.deep.n`?'],
    ['E0309 21:5 `sede` starts with neither a stage nor `params`', 'did you mean `params.seed`?'],
    ['E0309 22:5 `params.yaml:seed`: file `params.yaml` does not exist', undefined],
    ['E0309 23:5 `each@a.copis` names no value: `each@a` has no param `copis`', 'did you mean `each@a.copies`?'],
    ['E0309 24:5 `change.` names no value: after `change.` it is empty', undefined],
  ]);
});

test('an override on the command line is checked the same way (E0309)', () => {
  const [found] = problems(withExperiments('  {}'), { overrides: [{ path: 'change.copys', value: 1 }] });
  expect(found).toMatchObject({ code: 'E0309', hint: 'did you mean `change.copies`?' });
  expect(found?.at).toBeUndefined();
});

test('an override of one item that the pipeline does not make is an error (E0309)', () => {
  expect(briefs(withExperiments('  e: { each@c.copies: 1 }'), { experiments: 'all' })).toEqual([
    'E0309 10:8 `each@c.copies` names no stage: `each` makes no `each@c`',
  ]);
});

test('an override with a wrong value is reported where it was written (E0212)', () => {
  expect(briefs(withExperiments('  e: { change.copies: many }'), { experiments: 'all' })).toEqual([
    'E0212 10:8 `copies` is the text `many`',
  ]);
});

test('a key that itself holds dots is one step of a path', () => {
  const files = {
    'pipeline.yaml': 'params: { "x.y": 1 }\nstages: {s: {uses: own, with: {space: {model.filters: [1], l: [{a: 1}]}}}}',
    'stages/own.js': '',
  };
  const overrides = [
    { path: 's.space.model.filters', value: [2] },
    { path: 's.space.l[-1].a', value: 3 },
    { path: 'params.x.y', value: 4 },
  ];
  const project = load(files, { overrides });
  expect(withOf(project, 's')).toEqual({ space: { 'model.filters': [2], l: [{ a: 3 }] } });
  expect(experiment(project).params).toEqual({ 'x.y': 4 });
});

test('params of stages without a schema can be overridden when the file gives them', () => {
  const files = (path: string) => ({
    'pipeline.yaml': `stages: {s: {uses: own, with: {a: {b: 1}}}}\nexperiments: {e: {${path}: 2}}`,
    'stages/own.js': '',
  });
  expect(withOf(load(files('s.a.b'), { experiments: 'all' }), 's', 'e')).toEqual({ a: { b: 2 } });
  expect(briefs(files('s.a.c'))).toEqual(['E0309 2:19 `s.a.c` names no value: `s` has no param `a.c`']);
});
