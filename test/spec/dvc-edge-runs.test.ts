/** The edge cases of DVC around runs and files: frozen and failing stages, going back, links, modes, names, locks. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type InProcessOptions, type InProcessRun, runInProcess } from '../support/in-process.ts';
import { type TestProject, testProject } from '../support/project.ts';

const run = (project: TestProject, options?: InProcessOptions) => runInProcess(project.root, options);
const codes = (finished: InProcessRun) => finished.problems.map((each) => each.code);

test('a frozen stage is left alone whatever its inputs say; its output is restored, and an edit of it never recorded', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  make: { cmd: cp in.txt out.txt, deps: [in.txt], outs: [out.txt] }
  after: { cmd: cp out.txt after.txt, deps: [out.txt], outs: [after.txt] }
`,
    'in.txt': '1',
  });
  await run(project);
  project.write('dvc.yaml', project.read('dvc.yaml').replace('make: {', 'make: { frozen: true,'));
  project.write('in.txt', '2');
  expect((await run(project)).statuses).toEqual({ make: 'cached', after: 'cached' });
  expect(project.json(['status']).summary.stages.make).toMatchObject({
    status: 'fresh',
    reasons: [{ kind: 'frozen' }],
  });
  project.remove('out.txt');
  await run(project);
  expect(project.read('out.txt')).toBe('1');
  project.remove('out.txt');
  project.write('out.txt', 'my own');
  const edited = await run(project);
  expect(codes(edited)).toEqual(['E0681']);
  expect([project.read('out.txt'), project.read('after.txt')]).toEqual(['1', '1']);
  project.write('dvc.yaml', project.read('dvc.yaml').replace('frozen: true,', ''));
  expect((await run(project)).statuses).toEqual({ make: 'ran', after: 'ran' });
  expect(project.read('after.txt')).toBe('2');
});

test('a frozen stage takes what lies there when it never ran, and is an error when nothing does', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  make: { frozen: true, cmd: exit 1, deps: [no-such-file], outs: [out.txt] }
  after: { cmd: cp out.txt after.txt, deps: [out.txt], outs: [after.txt] }
`,
  });
  const without = await run(project);
  expect([codes(without), without.statuses]).toEqual([['E0685'], { make: 'failed', after: 'blocked' }]);
  project.write('out.txt', 'given');
  expect((await run(project)).statuses).toEqual({ make: 'cached', after: 'ran' });
  expect(project.read('after.txt')).toBe('given');
});

test('what always changes runs each time, and dependents go by its bytes', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  now: { always_changed: true, cmd: echo x >> ran.log; cat source > now.txt, outs: [now.txt] }
  after: { cmd: cp now.txt after.txt, deps: [now.txt], outs: [after.txt] }
  bare: { cmd: echo x >> bare.log }
`,
    source: '1',
  });
  await run(project);
  expect((await run(project)).statuses).toEqual({ now: 'ran', after: 'cached', bare: 'ran' });
  project.write('source', '2');
  expect((await run(project)).statuses).toEqual({ now: 'ran', after: 'ran', bare: 'ran' });
  expect([project.count('ran.log'), project.count('bare.log')]).toEqual([3, 3]);
});

test('a failed command leaves the earlier result, its partial output is kept aside, and going back needs no run', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  make:
    cmd:
      - echo partial > out.txt
      - grep good in.txt
      - cp in.txt out.txt
    deps: [in.txt]
    outs: [out.txt]
`,
    'in.txt': 'good\n',
  });
  await run(project);
  project.write('in.txt', 'bad\n');
  const failed = await run(project);
  expect(failed.statuses).toEqual({ make: 'failed' });
  expect(project.read('out.txt')).toBe('good\n');
  expect(project.read('cache/failed/make/out.txt')).toBe('partial\n');
  expect((await run(project)).statuses).toEqual({ make: 'failed' });
  project.write('in.txt', 'good\n');
  expect((await run(project)).statuses).toEqual({ make: 'cached' });
});

test('an output that was not made is a failure, tried again the next time', async () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  make: { cmd: test ! -e go || touch out.txt, outs: [out.txt] }\n',
  });
  const failed = await run(project);
  expect([failed.statuses, codes(failed)]).toEqual([{ make: 'failed' }, ['E0780']]);
  project.write('go', '');
  expect((await run(project)).statuses).toEqual({ make: 'ran' });
});

test('going back and forth in inputs, params and commands executes nothing twice', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  make: { cmd: cat in.txt > a.txt; echo make >> ran.log, deps: [in.txt], params: [k], outs: [a.txt] }
  after: { cmd: cp a.txt b.txt; echo after >> ran.log, deps: [a.txt], outs: [b.txt] }
`,
    'in.txt': '1',
    'params.yaml': 'k: 1\n',
  });
  const steps: [file: string, from: string, to: string][] = [
    ['in.txt', '1', '2'],
    ['params.yaml', 'k: 1', 'k: 2'],
    ['dvc.yaml', 'cat in.txt', 'cat -u in.txt'],
  ];
  await run(project);
  for (const [file, from, to] of steps) {
    project.write(file, project.read(file).replace(from, to));
    await run(project);
    const executions = project.count('ran.log');
    for (const [old, now] of [
      [to, from],
      [from, to],
      [to, from],
    ] as const) {
      project.write(file, project.read(file).replace(old, now));
      await run(project);
    }
    expect([file, project.count('ran.log')]).toEqual([file, executions]);
    expect(project.read('b.txt')).toBe('1');
  }
});

test('links: a linked dep counts by content, links that dangle or go round are named, links in an output stay links', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  file: { cmd: cat link.txt > file.txt, deps: [link.txt], outs: [file.txt] }
  folder: { cmd: cat data/far/x > folder.txt, deps: [data], outs: [folder.txt] }
  keep: { cmd: mkdir kept && echo 1 > kept/real && ln -s real kept/alias, outs: [kept] }
`,
    'real.txt': '1',
    'elsewhere/x': '1',
    'data/y': 'y',
  });
  fs.symlinkSync('real.txt', project.path('link.txt'));
  fs.symlinkSync('../elsewhere', project.path('data/far'));
  await run(project);
  expect((await run(project)).statuses).toEqual({ file: 'cached', folder: 'cached', keep: 'cached' });
  project.write('real.txt', '2');
  project.write('elsewhere/x', '2');
  expect((await run(project)).statuses).toEqual({ file: 'ran', folder: 'ran', keep: 'cached' });
  project.remove('kept');
  await run(project);
  expect(fs.readlinkSync(project.path('kept/alias'))).toBe('real');
  fs.symlinkSync('nowhere', project.path('data/dangling'));
  project.remove('link.txt');
  fs.symlinkSync('link.txt', project.path('link.txt'));
  const broken = await run(project);
  expect(broken.problems.map((each) => [each.code, each.stage])).toEqual([
    ['E0514', 'file'],
    ['E0512', 'folder'],
  ]);
});

test('empty folders and execute bits of outputs come back, and the execute bit of an input counts', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  empty: { cmd: mkdir empty, outs: [empty] }
  tree: { cmd: mkdir -p tree/inner && echo x > tree/tool && chmod +x tree/tool, outs: [tree] }
  tool: { cmd: cp in.sh tool.sh && chmod +x tool.sh, deps: [in.sh], outs: [tool.sh] }
`,
    'in.sh': 'echo\n',
  });
  await run(project);
  for (const name of ['empty', 'tree', 'tool.sh']) project.remove(name);
  expect((await run(project)).statuses).toEqual({ empty: 'restored', tree: 'restored', tool: 'restored' });
  expect([fs.readdirSync(project.path('empty')), fs.readdirSync(project.path('tree/inner'))]).toEqual([[], []]);
  for (const name of ['tree/tool', 'tool.sh']) expect(fs.statSync(project.path(name)).mode & 0o111).toBe(0o111);
  fs.chmodSync(project.path('in.sh'), 0o755);
  expect((await run(project)).statuses).toMatchObject({ tool: 'ran' });
});

test('any name works: spaces, quotes, line ends, leading dashes; two Unicode forms of one name are two names', async () => {
  const odd = ['a b', `it's "x"`, 'line\nend', '-n', 'ünï ☃', '#hash: {x}', '$HOME', '*', 'e\u0301'];
  const stages = Object.fromEntries(
    odd.map((name, index) => [
      `s${index}`,
      { cmd: [`cp -- '${name.replaceAll("'", `'"'"'`)}' out${index}`], deps: [name], outs: [`out${index}`] },
    ]),
  );
  const project = testProject({ 'dvc.yaml': JSON.stringify({ stages }) });
  for (const name of odd) project.write(name, name);
  project.write('\u00e9', 'the other form');
  expect(Object.values((await run(project)).statuses)).toEqual(odd.map(() => 'ran'));
  odd.forEach((name, index) => {
    expect(project.read(`out${index}`)).toBe(name);
  });
  project.write('\u00e9', 'changed');
  expect(Object.values((await run(project)).statuses)).toEqual(odd.map(() => 'cached'));
});

test('an edit that keeps size and time is noticed; a file renamed in case only is another file; equal contents are one object', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  same: { cmd: cp in.txt same.txt, deps: [in.txt], outs: [same.txt] }
  list: { cmd: ls data > list.txt, deps: [data], outs: [list.txt] }
  twice: { cmd: cp in.txt twice.txt, deps: [in.txt], outs: [twice.txt] }
`,
    'in.txt': 'one\n',
    'data/Name': 'x',
  });
  await run(project);
  const inode = (name: string) => fs.statSync(project.path(name)).ino;
  expect(inode('same.txt')).toBe(inode('twice.txt'));
  const { atime, mtime } = fs.statSync(project.path('in.txt'));
  project.write('in.txt', 'two\n');
  fs.utimesSync(project.path('in.txt'), atime, mtime);
  fs.renameSync(project.path('data/Name'), project.path('data/name'));
  expect((await run(project)).statuses).toEqual({ same: 'ran', list: 'ran', twice: 'ran' });
  expect([project.read('same.txt'), project.read('list.txt')]).toEqual(['two\n', 'name\n']);
});

test('an output that persists is there when its stage runs again, and no run of it is replaced by an older state', async () => {
  const project = testProject({
    'dvc.yaml':
      'stages:\n  grow: { cmd: cat in.txt >> log.txt, deps: [in.txt], outs: [{ log.txt: { persist: true } }] }\n',
    'in.txt': '1\n',
  });
  await run(project);
  project.write('in.txt', '2\n');
  await run(project);
  expect(project.read('log.txt')).toBe('1\n2\n');
  expect((await run(project)).statuses).toEqual({ grow: 'cached' });
  project.write('in.txt', '1\n');
  expect((await run(project)).statuses).toEqual({ grow: 'ran' });
  expect(project.read('log.txt')).toBe('1\n2\n1\n');
});

test('a lost lock and one full of conflict markers are rebuilt without running, to the same bytes', async () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  a: { cmd: echo a > a, outs: [a] }\n  b: { cmd: cp a b, deps: [a], outs: [b] }\n',
  });
  await run(project);
  const lock = project.read('dvc.pipeline.lock');
  const key = lock.split('\n').find((line) => line.includes('key:')) ?? '';
  const conflict = lock.replace(
    key,
    `<<<<<<< HEAD\n${key}\n=======\n${key.replace(/\w{8}$/, '00000000')}\n>>>>>>> other`,
  );
  for (const found of [null, conflict, '', 'not: [a lock']) {
    if (found === null) project.remove('dvc.pipeline.lock');
    else project.write('dvc.pipeline.lock', found);
    expect((await run(project)).statuses).toEqual({ a: 'cached', b: 'cached' });
    expect(project.read('dvc.pipeline.lock')).toBe(lock);
  }
});

test("a file of the user at an output's place is refused, and forced away is kept", async () => {
  const project = testProject({ 'dvc.yaml': 'stages:\n  make: { cmd: echo made > out.txt, outs: [out.txt] }\n' });
  project.write('out.txt', 'mine\n');
  const refused = await run(project);
  expect([codes(refused), project.read('out.txt')]).toEqual([['E0680'], 'mine\n']);
  const forced = await run(project, { force: true });
  expect(project.read('out.txt')).toBe('made\n');
  const kept = forced.problems[0]?.hint?.split(': ')[1] ?? '';
  expect(project.read(kept)).toBe('mine\n');
});

test('a file that was named as undeclared can be declared', async () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  make: { cmd: echo 1 | tee out.txt > extra.txt, outs: [out.txt] }\n',
  });
  expect(codes(await run(project))).toEqual(['E0684']);
  project.write('dvc.yaml', project.read('dvc.yaml').replace('[out.txt]', '[out.txt, extra.txt]'));
  expect((await run(project)).statuses).toEqual({ make: 'ran' });
});

test('rules of .gitignore hide nothing, rules of .dvcignore do', async () => {
  const project = testProject({
    'dvc.yaml': 'stages:\n  list: { cmd: ls data > list.txt, deps: [data], outs: [list.txt] }\n',
    '.gitignore': '/data\n*.tmp\nlist.txt\n',
    '.dvcignore': '*.tmp\n',
    'data/.dvcignore': 'hidden/\n!keep.tmp\n',
    'data/a': '1',
  });
  await run(project);
  expect((await run(project)).statuses).toEqual({ list: 'cached' });
  project.write('data/b.tmp', 'x');
  project.write('data/hidden/c', 'x');
  expect((await run(project)).statuses).toEqual({ list: 'cached' });
  project.write('data/keep.tmp', 'x');
  expect((await run(project)).statuses).toEqual({ list: 'ran' });
  project.write('data/b', 'x');
  expect((await run(project)).statuses).toEqual({ list: 'ran' });
});
