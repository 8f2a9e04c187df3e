/**
 * The edge cases of DVC's decisions, each with the answer this program gives instead.
 *
 * One test a case, in the order in which a pipeline meets them: outputs, definitions, values, runs, files.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type InProcessOptions, type InProcessRun, runInProcess } from '../support/in-process.ts';
import { type TestProject, testProject } from '../support/project.ts';

/** A file, a folder and a stage without inputs; `sum` reads all three. Every execution leaves a line in `ran.log`. */
const outputs = () =>
  testProject({
    'dvc.yaml': `
stages:
  file: { cmd: cp in.txt file.txt; echo file >> ran.log, deps: [in.txt], outs: [file.txt] }
  folder: { cmd: mkdir -p folder/inner && cp in.txt folder/a && cp in.txt folder/inner/b, deps: [in.txt], outs: [folder] }
  alone: { cmd: echo alone > alone.txt; echo alone >> ran.log, outs: [alone.txt] }
  sum: { cmd: cat file.txt folder/a alone.txt > sum.txt; echo sum >> ran.log, deps: [file.txt, folder, alone.txt], outs: [sum.txt] }
`,
    'in.txt': 'one\n',
  });

const run = (project: TestProject, options?: InProcessOptions) => runInProcess(project.root, options);
const codes = (finished: InProcessRun) => finished.problems.map((each) => each.code);

/** Writes into an output, as an editor that replaces the file does. */
function edit(project: TestProject, name: string, text: string): void {
  project.remove(name);
  project.write(name, text);
}

/** The objects of the store, by path. */
function objects(project: TestProject): string[] {
  return fs
    .readdirSync(project.path('cache/objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test('deleted outputs come back without running, also those of a stage without inputs', async () => {
  const project = outputs();
  await run(project);
  for (const name of ['file.txt', 'folder', 'alone.txt']) project.remove(name);
  expect((await run(project)).statuses).toEqual({
    file: 'restored',
    folder: 'restored',
    alone: 'restored',
    sum: 'cached',
  });
  expect(project.read('folder/inner/b')).toBe('one\n');
  expect(project.count('ran.log')).toBe(3);
});

test('a folder with a stray, a missing and an edited file is put back exactly, with a warning', async () => {
  const project = outputs();
  await run(project);
  edit(project, 'folder/a', 'my edit\n');
  project.remove('folder/inner/b');
  project.write('folder/stray', 'mine\n');
  const done = await run(project);
  expect(done.statuses).toEqual({ file: 'cached', folder: 'restored', alone: 'cached', sum: 'cached' });
  expect(codes(done)).toEqual(['E0681']);
  expect(fs.readdirSync(project.path('folder')).sort()).toEqual(['a', 'inner']);
  expect(project.read('folder/a')).toBe('one\n');
  const kept = done.problems[0]?.hint?.split(': ')[1] ?? '';
  expect(project.read(`${kept}/stray`)).toBe('mine\n');
});

test('outputs in place whose objects are gone are taken into the store again', async () => {
  const project = outputs();
  await run(project);
  project.remove('cache/objects');
  project.write('dvc.yaml', `${project.read('dvc.yaml')}  more: { cmd: echo more > more.txt, outs: [more.txt] }\n`);
  const done = await run(project);
  expect(done.statuses).toEqual({ file: 'cached', folder: 'cached', alone: 'cached', sum: 'cached', more: 'ran' });
  for (const name of ['file.txt', 'folder', 'alone.txt', 'sum.txt']) project.remove(name);
  expect((await run(project)).statuses).toMatchObject({ file: 'restored', folder: 'restored', sum: 'restored' });
  expect(project.read('sum.txt')).toBe('one\none\nalone\n');
});

test('a damaged object is not served: the result is made again', async () => {
  const project = outputs();
  await run(project);
  project.remove('file.txt');
  project.remove('folder');
  for (const object of objects(project)) {
    if (fs.readFileSync(object, 'utf8') !== 'one\n') continue;
    const { atime, mtime } = fs.statSync(object);
    fs.chmodSync(object, 0o644);
    fs.writeFileSync(object, 'two\n');
    fs.chmodSync(object, 0o444);
    fs.utimesSync(object, atime, mtime);
  }
  const done = await run(project);
  expect(done.statuses).toEqual({ file: 'ran', folder: 'ran', alone: 'cached', sum: 'cached' });
  expect(done.summary.stages.file?.reasons).toEqual([{ kind: 'result-lost', output: 'file.txt', damaged: true }]);
  expect(project.read('file.txt')).toBe('one\n');
});

test('a missing dep is an error that names it, and the old output stays', async () => {
  const project = outputs();
  await run(project);
  project.remove('in.txt');
  const done = await run(project);
  expect(done.problems).toMatchObject([
    { code: 'E0590', path: 'in.txt', stage: 'file' },
    { code: 'E0590', path: 'in.txt', stage: 'folder' },
  ]);
  expect(project.read('file.txt')).toBe('one\n');
  expect(project.read('folder/inner/b')).toBe('one\n');
});

test.each([
  ['one output of two stages', 'a: { cmd: x, outs: [o] }\n  b: { cmd: x, outs: [./o] }', 'E0405'],
  ['an output inside another', 'a: { cmd: x, outs: [o] }\n  b: { cmd: x, outs: [o/p] }', 'E0405'],
  ['a stage that reads its own output', 'a: { cmd: x, deps: [o], outs: [o] }', 'E0406'],
  ['an output inside an own dep', 'a: { cmd: x, deps: [d], outs: [d/o] }', 'E0406'],
  ['a circle', 'a: { cmd: x, deps: [q], outs: [o] }\n  b: { cmd: x, deps: [o], outs: [q] }', 'E0410'],
  ['an output that holds the pipeline file', 'a: { cmd: x, outs: [.] }', 'E0407'],
  ['an output outside the project', 'a: { cmd: x, outs: [../o] }', 'E0402'],
  ['an absolute output', 'a: { cmd: x, outs: [/tmp/o] }', 'E0401'],
  ['a key written twice', 'a: { cmd: x, cmd: y }', 'E0105'],
  ['a params file that does not exist', 'a: { cmd: x, params: [none.yaml: [k]] }', 'E0301'],
  ['a param that does not exist', 'a: { cmd: x, params: [none] }', 'E0301'],
])('%s is refused before anything runs', async (_, stages, code) => {
  const project = testProject({ 'dvc.yaml': `stages:\n  first: { cmd: echo 1 > first }\n  ${stages}\n` });
  await expect(run(project)).rejects.toThrow(code);
  expect(project.exists('first')).toBe(false);
});

test('folders and files inside one another are ordered; a file inside is all that counts of a folder', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  outer: { cmd: ls data > outer.txt; echo outer >> ran.log, deps: [data], outs: [outer.txt] }
  inner: { cmd: cat data/made/a > inner.txt; echo inner >> ran.log, deps: [data/made/a], outs: [inner.txt] }
  beside: { cmd: ls data2 > beside.txt, deps: [data2], outs: [beside.txt] }
  make: { cmd: 'mkdir -p data/made; echo a > data/made/a; cp in.txt data/made/b', deps: [in.txt], outs: [data/made] }
`,
    'in.txt': '1',
    'data2/x': 'x',
  });
  const first = await run(project, { jobs: 4 });
  expect(first.statuses).toEqual({ outer: 'ran', inner: 'ran', beside: 'ran', make: 'ran' });
  expect(project.read('outer.txt')).toBe('made\n');
  project.write('in.txt', '2');
  const second = await run(project);
  expect(second.statuses).toEqual({ outer: 'ran', inner: 'cached', beside: 'cached', make: 'ran' });
  project.remove('data/made');
  expect(project.json(['status']).code).toBe(3);
  expect((await run(project, { targets: ['inner'] })).statuses).toEqual({ make: 'restored', inner: 'cached' });
});

test('any change of a command runs it, dependents are cut off; adding and removing deps, params and outs counts too', async () => {
  const steps: [change: [string, string], status: string][] = [
    [['cp in.txt out.txt', 'cp  in.txt out.txt'], 'ran'],
    [['deps: [in.txt]', 'deps: [in.txt, more.txt]'], 'ran'],
    [['params: []', 'params: [k]'], 'ran'],
    [['outs: [out.txt]', 'outs: [out.txt, extra.txt]'], 'ran'],
    [['outs: [out.txt, extra.txt]', 'outs: [out.txt]'], 'restored'],
    [['params: [k]', 'params: []'], 'restored'],
    [['deps: [in.txt, more.txt]', 'deps: [in.txt]'], 'restored'],
    [['cp  in.txt out.txt', 'cp in.txt out.txt'], 'restored'],
  ];
  const project = testProject({
    'dvc.yaml': `
stages:
  make: { cmd: 'cp in.txt out.txt; touch extra.txt', deps: [in.txt], params: [], outs: [out.txt] }
  after: { cmd: cp out.txt after.txt, deps: [out.txt], outs: [after.txt] }
`,
    'in.txt': '1',
    'more.txt': 'more',
    'params.yaml': 'k: 1\n',
  });
  await run(project);
  for (const [[from, to], status] of steps) {
    project.write('dvc.yaml', project.read('dvc.yaml').replace(from, to));
    const { statuses } = await run(project);
    expect([from, to, statuses.make === 'cached' ? 'restored' : statuses.make, statuses.after]).toEqual([
      from,
      to,
      status,
      'cached',
    ]);
  }
});

test('a renamed stage keeps its result; the order of commands counts, one command is a list of one', async () => {
  const project = testProject({
    'dvc.yaml':
      'stages:\n  old: { cmd: [echo a > a.txt], outs: [a.txt] }\n  two: { cmd: [echo 1 > b, echo 2 > b], outs: [b] }\n',
  });
  await run(project);
  project.write(
    'dvc.yaml',
    'stages:\n  new: { cmd: echo a > a.txt, outs: [a.txt] }\n  two: { cmd: [echo 2 > b, echo 1 > b], outs: [b] }\n',
  );
  expect((await run(project)).statuses).toEqual({ new: 'cached', two: 'ran' });
  expect(project.read('b')).toBe('1\n');
});

test('values: kinds differ, equal numbers are equal, lists have an order, maps have none', async () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  use: { cmd: echo x >> ran.log; echo x > o, params: [v], outs: [o] }\n',
  });
  const areNew = async (...texts: string[]): Promise<boolean[]> => {
    const answers: boolean[] = [];
    for (const text of texts) {
      project.write('params.yaml', `v: ${text}\n`);
      answers.push((await run(project)).statuses.use === 'ran');
    }
    return answers;
  };
  const different = ['1', '"1"', 'true', '0', 'false', 'null', '""', '[1, 2]', '[2, 1]', '{a: 1, b: 2}'];
  expect(await areNew(...different)).toEqual(different.map(() => true));
  const equal = ['1.0', '0x1', '1e0', "'1'", '0.0', '{b: 2, a: 1}', '~'];
  expect(await areNew(...equal)).toEqual(equal.map(() => false));
  for (const [value, sameValue] of [
    ['.nan', '.NaN'],
    ['2026-01-01', '"2026-01-01"'],
    ['yes', '"yes"'],
    ['010', '10'],
  ] as const)
    expect([value, ...(await areNew(value, sameValue))]).toEqual([value, true, false]);
});

test('what is inserted into a command is canonical: dates and truth words as text, numbers in one form, merge keys merged', async () => {
  const project = testProject({
    'params.yaml': `
hex: 0x10
exp: 1e-5
float: 2.0
octal: 010
date: 2026-01-02
word: yes
on: off
base: &base { lr: 0.1, deep: 2 }
child: { <<: *base, lr: 0.2 }
`,
    'dvc.yaml':
      'stages:\n  say: { cmd: "echo ${hex} ${exp} ${float} ${octal} ${date} ${word} ${on} ${child.lr} ${child.deep} > o", params: [date], outs: [o] }\n',
  });
  await run(project);
  expect(project.read('o').trim()).toBe('16 0.00001 2 10 2026-01-02 yes off 0.2 2');
});
