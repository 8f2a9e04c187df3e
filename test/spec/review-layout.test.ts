/** Where commands find what they read, what belongs to the runner, and several pipeline files in one folder. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { testProject } from '../support/project.ts';

/** Reads `../params.yaml` beside its own file, wherever that really is. */
const TRAIN = `
import fs from 'node:fs';
import path from 'node:path';
const params = fs.readFileSync(path.join(import.meta.dirname, '../params.yaml'), 'utf8');
fs.writeFileSync('model.txt', params);
`;

test('a program that looks beside its own file finds the values of its experiment', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  train: { cmd: node src/train.mjs, deps: [src/train.mjs], params: [lr], outs: [model.txt] }\nexperiments:\n  slow: { params.lr: 5 }\n',
    'params.yaml': 'lr: 1\n',
    'src/train.mjs': TRAIN,
  });
  expect(project.json(['run', '--set', 'params.lr=3']).code).toBe(0);
  expect(project.read('model.txt')).toBe('lr: 3\n');
  expect(project.json(['run', '--experiment', 'slow']).code).toBe(0);
  expect(project.read('artifacts/slow/train/model.txt')).toBe('lr: 5\n');
});

test('what lies beside a program and is not declared is not found in an experiment, and the hint says so', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  train: { cmd: node src/train.mjs, deps: [src/train.mjs], params: [lr], outs: [model.txt] }\n',
    'params.yaml': 'lr: 1\n',
    'src/train.mjs': TRAIN.replace('../params.yaml', 'undeclared.txt'),
    'src/undeclared.txt': 'x\n',
  });
  const run = project.json(['run', '--set', 'params.lr=3']);
  expect(run.code).toBe(1);
  expect(run.events.find((event) => event.event === 'stage-finished')).toMatchObject({
    problem: { hint: expect.stringContaining('list every file it reads under `deps`') },
  });
});

test('a link out of a folder that is read leads to a copy of its own too', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  train: { cmd: node src/train.mjs, deps: [src], params: [lr], outs: [model.txt] }\nexperiments:\n  slow: { params.lr: 5 }\n',
    'params.yaml': 'lr: 1\n',
    'scripts/train.mjs': TRAIN,
    'src/other.mjs': '',
  });
  fs.symlinkSync('../scripts/train.mjs', project.path('src/train.mjs'));
  expect(project.json(['run', '--experiment', 'slow']).code).toBe(0);
  expect(project.read('artifacts/slow/train/model.txt')).toBe('lr: 5\n');
});

test('an experiment leaves the files it reads as they were, times included', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  prepare: { cmd: mkdir made && cp -r data/. made, deps: [data], outs: [made] }
  train:
    cmd: "find data made -type f | wc -l > n.txt && chmod -R u+w data made && echo more >> data/a && echo more >> made/a"
    deps: [data, made]
    params: [lr]
    outs: [n.txt]
experiments:
  slow: { params.lr: 5 }
`,
    'params.yaml': 'lr: 1\n',
    'data/a': 'a\n',
    'data/b': 'b\n',
  });
  project.json(['run', 'prepare']);
  const stats = () =>
    ['data/a', 'data/b', 'made/a', 'made/b'].map((name) => {
      const { ctimeNs, nlink, size, ino } = fs.statSync(project.path(name), { bigint: true });
      return { name, ctimeNs, nlink, size, ino };
    });
  const before = stats();
  expect(project.json(['run', '--experiment', 'slow', 'train']).code).toBe(0);
  expect(project.read('artifacts/slow/train/n.txt').trim()).toBe('4');
  const after = stats();
  expect(after.filter(({ name }) => name.startsWith('data'))).toEqual(
    before.filter(({ name }) => name.startsWith('data')),
  );
  expect(after.map(({ size }) => size)).toEqual(before.map(({ size }) => size));
});

test('a stage may read the whole project: what the runner keeps there is no input', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  lint:
    cmd: ls -A > "$LIST"
    deps: [.]
    params: [lr]
experiments:
  slow: { params.lr: 5 }
`,
    'params.yaml': 'lr: 1\n',
    'code.py': 'pass\n',
  });
  const seen = fs.mkdtempSync(`${project.root}-list-`);
  const env = { LIST: `${seen}/list` };
  try {
    expect(project.json(['run'], env).statuses).toEqual({ lint: 'ran' });
    expect(project.json(['run'], env).statuses).toEqual({ lint: 'cached' });
    expect(project.json(['run', '--experiment', 'slow'], env).statuses).toEqual({ lint: 'ran' });
    expect(fs.readFileSync(env.LIST, 'utf8').trim().split('\n')).toEqual(['code.py', 'params.yaml', 'pipeline.yaml']);
    expect(project.json(['run', '--experiment', 'slow'], env).statuses).toEqual({ lint: 'cached' });
    expect(project.json(['run'], env).statuses).toEqual({ lint: 'cached' });
    project.write('code.py', 'other\n');
    expect(project.json(['run'], env).statuses).toEqual({ lint: 'ran' });
  } finally {
    fs.rmSync(seen, { recursive: true });
  }
});

test('results of another experiment are read from artifacts/ when a dep names them there', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  use: { cmd: cat artifacts/by-hand/m.txt > n.txt, deps: [artifacts/by-hand], outs: [n.txt] }\n',
    'artifacts/by-hand/m.txt': '1\n',
  });
  expect(project.json(['run']).statuses).toEqual({ use: 'ran' });
  project.write('artifacts/by-hand/m.txt', '2\n');
  expect(project.json(['run']).statuses).toEqual({ use: 'ran' });
  expect(project.read('n.txt')).toBe('2\n');
});

test('pipeline files of one folder have locks of their own, and gc keeps what any of them names', () => {
  const stage = (name: string) => `stages:\n  ${name}: { cmd: echo ${name} > ${name}.txt, outs: [${name}.txt] }\n`;
  const project = testProject({
    'pipeline.yaml': stage('a'),
    'dvc.yaml': stage('b'),
    'other.yaml': stage('c'),
  });
  const files = ['pipeline.yaml', 'dvc.yaml', 'other.yaml'];
  for (const file of files) expect(project.json(['run', '--file', file]).code).toBe(0);
  const locks = ['pipeline.lock', 'dvc.pipeline.lock', 'other.pipeline.lock'];
  expect(locks.map((name) => /^ {4}\w+:$/m.exec(project.read(name))?.[0])).toEqual(['    a:', '    b:', '    c:']);
  expect(project.pipe(['gc', '--keep-runs', '1']).code).toBe(0);
  for (const name of ['a', 'b', 'c']) project.remove(`${name}.txt`);
  const statuses = files.map((file) => Object.values(project.json(['run', '--file', file]).statuses));
  expect(statuses).toEqual([['restored'], ['restored'], ['restored']]);
});

test('a dvc.yaml may keep outputs in artifacts/, as many DVC projects do', () => {
  const project = testProject({
    'dvc.yaml':
      'stages:\n  train: { cmd: mkdir -p artifacts && cat in > artifacts/model.pkl, deps: [in], outs: [artifacts/model.pkl] }\n  test: { cmd: cat artifacts/model.pkl > n, deps: [artifacts], outs: [n] }\n',
    in: '1\n',
  });
  expect(project.json(['run']).statuses).toEqual({ train: 'ran', test: 'ran' });
  expect(project.exists('artifacts/.gitignore')).toBe(false);
  expect(project.json(['run']).statuses).toEqual({ train: 'cached', test: 'cached' });
  project.write('in', '2\n');
  expect(project.json(['run']).statuses).toEqual({ train: 'ran', test: 'ran' });
  expect(project.read('n')).toBe('2\n');
  project.write('in', '1\n');
  expect(project.json(['run']).statuses).toEqual({ train: 'restored', test: 'restored' });
  expect(project.read('artifacts/model.pkl')).toBe('1\n');
});

test('a dep called like an input of `from` is another input', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  a: { cmd: echo made > a.txt, outs: [a.txt] }
  b: { cmd: 'cat \${from.x} from.x > b.txt', from: { x: a }, deps: [from.x], outs: [b.txt] }
`,
    'from.x': 'by hand\n',
  });
  expect(project.json(['run']).statuses).toEqual({ a: 'ran', b: 'ran' });
  expect(project.read('b.txt')).toBe('made\nby hand\n');
  project.write('from.x', 'again\n');
  expect(project.json(['run']).statuses).toEqual({ a: 'cached', b: 'ran' });
  expect(project.read('b.txt')).toBe('made\nagain\n');
});
