/** The fields of an ordinary dvc.yaml, each with DVC's meaning. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type InProcessOptions, type InProcessRun, runInProcess } from '../support/in-process.ts';
import { TestProject, testProject } from '../support/project.ts';

const run = (project: TestProject, options?: InProcessOptions) => runInProcess(project.root, options);
const codes = (finished: InProcessRun) => finished.problems.map((each) => each.code);
const read = (project: TestProject, ...names: string[]) => names.map((name) => project.read(name).trim());

test('a dvc.yaml runs by itself and by name, beside a pipeline.yaml and from a folder below', () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  a: { cmd: echo dvc > a.txt, outs: [a.txt] }\n',
    'below/x': '',
  });
  const below = new TestProject({}, project.path('below')).pipe(['run']);
  expect([below.code, project.read('a.txt')]).toEqual([0, 'dvc\n']);
  project.write('pipeline.yaml', 'stages:\n  b: { cmd: echo pipe > b.txt, outs: [b.txt] }\n');
  expect(project.json(['run']).statuses).toEqual({ b: 'ran' });
  expect(project.json(['run', '--file', 'dvc.yaml']).statuses).toEqual({ a: 'cached' });
});

test('cmd: a list stops at the first failure, lines of a text are commands of their own, an item of a list is whole', async () => {
  const project = testProject({
    'sub/x': '',
    'dvc.yaml': `
stages:
  list:
    cmd:
      - X=1; cd sub; pwd > ../list.txt
      - echo "[$X] $(pwd)" >> list.txt
    outs: [list.txt]
  lines:
    cmd: |
      cd sub; pwd > ../lines.txt

      pwd >> lines.txt
    outs: [lines.txt]
  whole:
    cmd:
      - |
        for name in a b
        do
          echo $name >> whole.txt
        done
    outs: [whole.txt]
  folded:
    cmd: >-
      echo one two
      three > folded.txt
    outs: [folded.txt]
  zfails:
    cmd: [echo before > zfails.txt, exit 7, echo after > zfails.txt]
    outs: [zfails.txt]
`,
  });
  const done = await run(project, { keepGoing: true });
  expect(done.statuses).toEqual({ list: 'ran', lines: 'ran', whole: 'ran', folded: 'ran', zfails: 'failed' });
  const root = fs.realpathSync(project.root);
  expect(project.read('list.txt')).toBe(`${root}/sub\n[] ${root}\n`);
  expect(project.read('lines.txt')).toBe(`${root}/sub\n${root}\n`);
  expect(read(project, 'whole.txt', 'folded.txt')).toEqual(['a\nb', 'one two three']);
  expect(done.problems[0]).toMatchObject({ code: 'E0701', message: expect.stringContaining('7') });
});

test('wdir: command, deps, outs and params are relative to it, and it is part of the key', async () => {
  const stage = (wdir: string) =>
    `stages:\n  a: { cmd: cat in.txt > out.txt, wdir: ${wdir}, deps: [in.txt], params: [k], outs: [out.txt] }\n`;
  const project = testProject({ 'dvc.yaml': stage('one') });
  for (const wdir of ['one', 'two']) {
    project.write(`${wdir}/in.txt`, wdir);
    project.write(`${wdir}/params.yaml`, 'k: 1\n');
  }
  await run(project);
  expect(read(project, 'one/out.txt')).toEqual(['one']);
  project.write('two/in.txt', 'one');
  project.write('dvc.yaml', stage('two'));
  expect((await run(project)).statuses).toEqual({ a: 'ran' });
  expect(read(project, 'two/out.txt')).toEqual(['one']);
  project.write('two/params.yaml', 'k: 2\n');
  expect((await run(project)).statuses).toEqual({ a: 'ran' });
});

test('the environment is that of the caller, with the names DVC gives', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  each:
    foreach: [a]
    do:
      cmd: echo "$DVC_STAGE $DVC_ROOT $OF_THE_CALLER" > out.txt
      wdir: sub
      outs: [out.txt]
`,
  });
  process.env.OF_THE_CALLER = 'passed on';
  await run(project);
  delete process.env.OF_THE_CALLER;
  expect(read(project, 'sub/out.txt')).toEqual([`each@a ${project.root} passed on`]);
});

test('params: keys and subtrees of several files, whole files, YAML, JSON and TOML; only what is named counts', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  use:
    cmd: echo x > out.txt
    params:
      - lr
      - model
      - conf/other.json: [size.width, list.1]
      - whole.yaml:
      - conf.toml: [section.key]
    outs: [out.txt]
`,
    'params.yaml': 'lr: 0.1\nmodel: { layers: 2, units: 4 }\nunused: 1\n',
    'conf/other.json': '{"size": {"width": 3, "height": 4}, "list": [1, 2]}',
    'whole.yaml': 'a: 1\n',
    'conf.toml': 'top = 1\n[section]\nkey = 1\nother = 2\n',
  });
  await run(project);
  const edits: [file: string, from: string, to: string, status: string][] = [
    ['params.yaml', 'unused: 1', 'unused: 2 # and a comment', 'cached'],
    ['params.yaml', 'lr: 0.1', 'lr: 0.2', 'ran'],
    ['params.yaml', 'units: 4', 'units: 5', 'ran'],
    ['conf/other.json', '"height": 4', '"height": 5', 'cached'],
    ['conf/other.json', '"width": 3', '"width": 4', 'ran'],
    ['conf/other.json', '[1, 2]', '[0, 2]', 'cached'],
    ['whole.yaml', 'a: 1', 'a: 1\nb: 2', 'ran'],
    ['conf.toml', 'other = 2', 'other = 3', 'cached'],
    ['conf.toml', 'key = 1', 'key = 2', 'ran'],
  ];
  for (const [file, from, to, status] of edits) {
    project.write(file, project.read(file).replace(from, to));
    const done = await run(project);
    expect([file, to, done.statuses.use]).toEqual([file, to, status]);
  }
  expect((await run(project)).statuses).toEqual({ use: 'cached' });
});

test('outs: without the cache an output is left in place, runs again when lost, and still lets dependents be restored', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  make:
    cmd: cp in.txt plain.txt; cp in.txt kept.txt; echo make >> ran.log
    deps: [in.txt]
    outs:
      - plain.txt: { cache: false, desc: not kept, type: text, labels: [x], meta: { a: 1 } }
      - kept.txt: { push: false, remote: none }
  after: { cmd: cat plain.txt kept.txt > after.txt; echo after >> ran.log, deps: [plain.txt, kept.txt], outs: [after.txt] }
`,
    'in.txt': '1\n',
  });
  await run(project);
  expect(fs.statSync(project.path('plain.txt')).mode & 0o200).toBe(0o200);
  expect((await run(project)).statuses).toEqual({ make: 'cached', after: 'cached' });
  project.remove('plain.txt');
  expect((await run(project)).statuses).toEqual({ make: 'ran', after: 'cached' });
  project.write('in.txt', '2\n');
  await run(project);
  project.write('in.txt', '1\n');
  expect((await run(project)).statuses).toEqual({ make: 'ran', after: 'restored' });
  expect(project.read('after.txt')).toBe('1\n1\n');
});

test('metrics and plots are outputs; the numbers of metrics are told and locked; a changed role or flag reruns nothing', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  eval:
    cmd: echo '{"acc":0.5,"by":{"a":1},"matrix":[[1]]}' > m.json; echo 'loss:' 0.25 > m.yaml; echo x,y > p.csv
    metrics: [{ m.json: { cache: false } }, m.yaml]
    plots: [{ p.csv: { x: x, y: y, title: Curve, x_label: X, y_label: Y, template: linear, header: true, cache: false } }]
metrics: [m.json]
params: [params.yaml]
plots:
  - p.csv: { x: x, y: y }
  - both: { x: x, y: { p.csv: y } }
artifacts:
  model: { path: m.json, type: model, desc: d, labels: [l], meta: { k: v } }
`,
    'params.yaml': 'a: 1\n',
  });
  const first = await run(project);
  expect(codes(first)).toEqual([]);
  expect(first.summary.metrics).toEqual({
    eval: { 'm.json': { acc: 0.5, by: { a: 1 }, matrix: [[1]] }, 'm.yaml': { loss: 0.25 } },
  });
  expect(project.read('dvc.pipeline.lock')).toContain('0.25');
  project.write('dvc.yaml', project.read('dvc.yaml').replace('m.yaml]', '{ m.yaml: { cache: false } }]'));
  expect((await run(project)).statuses).toEqual({ eval: 'cached' });
});

test('metrics and plots kept out of the cache stay plain files, and still come back without running', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  eval:
    cmd: echo "{\\"k\\":$(cat in.txt)}" > m.json; mkdir -p plots && cp in.txt plots/p.csv; echo eval >> ran.log
    deps: [in.txt]
    metrics: [m.json: { cache: false }]
    plots: [plots: { cache: false }]
`,
    'in.txt': '1\n',
  });
  await run(project);
  project.write('in.txt', '2\n');
  await run(project);
  project.write('in.txt', '1\n');
  expect((await run(project)).statuses).toEqual({ eval: 'restored' });
  expect([project.read('m.json'), project.read('plots/p.csv')]).toEqual(['{"k":1}\n', '1\n']);
  for (const name of ['m.json', 'plots/p.csv']) {
    const { mode, nlink } = fs.statSync(project.path(name));
    expect([name, mode & 0o200, nlink]).toEqual([name, 0o200, 1]);
  }
  project.remove('m.json');
  expect((await run(project)).statuses).toEqual({ eval: 'restored' });
  expect(project.count('ran.log')).toBe(2);
});

test('desc, meta and comments rerun nothing', async () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  a: { cmd: echo > a, desc: one, meta: { b: 1 }, outs: [a] }\n',
  });
  await run(project);
  project.write(
    'dvc.yaml',
    '# new\nstages:\n  a:\n    desc: two\n    meta: [x]\n    cmd: echo > a\n    outs:\n    - a\n',
  );
  expect((await run(project)).statuses).toEqual({ a: 'cached' });
});

test('targets: a stage, a group, one of a group, an output', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  prep: { cmd: echo 1 > prep.txt, outs: [prep.txt] }
  train:
    foreach: [a, b]
    do: { cmd: cp prep.txt model-\${item}, deps: [prep.txt], outs: ['model-\${item}'] }
  docs: { cmd: echo 1 > docs.txt, outs: [docs.txt] }
`,
  });
  const selected = async (...targets: string[]) => Object.keys((await run(project, { targets })).statuses);
  expect(await selected('train@b')).toEqual(['prep', 'train@b']);
  expect(await selected('train')).toEqual(['prep', 'train@a', 'train@b']);
  expect(await selected('model-a')).toEqual(['prep', 'train@a']);
  expect(await selected('docs')).toEqual(['docs']);
});

test('a folder that DVC ran in works at once: its outputs are replaced, its own files are left alone', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  prepare: { cmd: mkdir -p data/prepared && cp raw.txt data/prepared/x, deps: [raw.txt], outs: [data/prepared] }
  train:
    cmd: cp ../data/prepared/x model.txt && echo "{}" > m.json
    wdir: src
    deps: [../data/prepared]
    outs: [model.txt]
    metrics: [m.json: { cache: false }]
`,
    'dvc.lock': `schema: '2.0'
stages:
  prepare:
    cmd: mkdir -p data/prepared && cp raw.txt data/prepared/x
    deps:
    - path: raw.txt
      hash: md5
      md5: 26ab0db90d72e28ad0ba1e22ee510510
      size: 2
    outs:
    - path: data/prepared
      hash: md5
      md5: 2a0fd0ef87d1b4e1d8e5ed4c0b5f7a10.dir
      size: 2
      nfiles: 1
  train:
    cmd: cp ../data/prepared/x model.txt && echo "{}" > m.json
    outs:
    - path: m.json
      hash: md5
      md5: 8a80554c91d9fca8acb82f023de02f11
      size: 3
    - path: model.txt
      hash: md5
      md5: 26ab0db90d72e28ad0ba1e22ee510510
      size: 2
`,
    '.dvc/config': '[core]\n',
    '.dvcignore': '',
    'raw.txt': '2\n',
    'raw.txt.dvc': 'outs:\n- md5: 26ab0db90d72e28ad0ba1e22ee510510\n  size: 2\n  hash: md5\n  path: raw.txt\n',
    'data/prepared/x': '2\n',
    'src/model.txt': '2\n',
    'src/m.json': '{}\n',
  });
  fs.chmodSync(project.path('src/model.txt'), 0o444);
  const lock = project.read('dvc.lock');
  const done = await run(project);
  expect([codes(done), done.statuses]).toEqual([[], { prepare: 'ran', train: 'ran' }]);
  expect([project.read('src/model.txt'), project.read('dvc.lock')]).toEqual(['2\n', lock]);
  expect((await run(project)).statuses).toEqual({ prepare: 'cached', train: 'cached' });
});

test('fields and places DVC has and this program has not are named', async () => {
  const refused = async (text: string) => {
    const project = testProject({ 'dvc.yaml': text });
    return run(project).then(
      () => 'taken',
      (error: Error) => error.message.split(' ')[0],
    );
  };
  expect(await refused('stages:\n  a: { cmd: x, deps: ["s3://bucket/key"] }\n')).toBe('E0404');
  expect(await refused('stages:\n  a: { cmd: x, outs: [o], no_such_field: 1 }\n')).toBe('E0202');
});

test('every field DVC knows is taken, also those that mean nothing here', async () => {
  const project = testProject({
    'dvc.yaml': `
vars: [{ a: 1 }]
datasets: [{ name: d, type: url, url: 's3://x/y' }]
metrics: [m.json]
params: [params.yaml, other.json]
plots:
  - p.csv
  - q.csv: { x: a, y: [b, c], template: confusion, x_label: A }
  - several: { x: { p.csv: a }, y: { p.csv: [b], q.csv: b } }
artifacts:
  m: { path: model, type: model, labels: [a], meta: { x: 1 }, desc: d }
stages:
  a b:
    cmd: echo '{}' > m.json; echo a,b > p.csv; echo a,b > q.csv; mkdir -p dir model; echo 1 > dir/i.png
    deps: []
    params: [params.yaml:, other.json: [k], x.y]
    outs:
      - model: { checkpoint: true, persist: false, remote: r, push: false, desc: d, type: model, labels: [x], meta: { q: 1 } }
    metrics: [m.json: { cache: false, type: json, desc: x }]
    plots:
      - p.csv: { x: a, y: b, header: false, title: T, x_label: X, y_label: Y, template: smooth, cache: true, persist: false }
      - q.csv
      - dir: { cache: false }
    always_changed: false
    frozen: false
    desc: |
      long
      text
  c.d: { cmd: 'echo 1' }
`,
    'params.yaml': 'x: { y: 1 }\n',
    'other.json': '{"k": [1]}',
  });
  const done = await run(project);
  expect([codes(done), done.statuses]).toEqual([[], { 'a b': 'ran', 'c.d': 'ran' }]);
});
