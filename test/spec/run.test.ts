/** The daily use of `pipe run`: what runs, what does not, and what is said about it. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { testProject } from '../support/project.ts';

/** Two stages; the first drops comment lines, so that an edited comment must not reach the second. */
const twoStages = () =>
  testProject({
    'pipeline.yaml': `
stages:
  clean: { cmd: "grep -v '^#' raw.txt > clean.txt", deps: [raw.txt], outs: [clean.txt] }
  count: { cmd: wc -l < clean.txt > count.txt, deps: [clean.txt], outs: [count.txt] }
`,
    'raw.txt': '# comment\none\ntwo\n',
  });

test('the first run runs everything, the second nothing', () => {
  const project = twoStages();
  const first = project.json(['run']);
  expect(first.code).toBe(0);
  expect(first.statuses).toEqual({ clean: 'ran', count: 'ran' });
  expect(project.read('count.txt').trim()).toBe('2');
  for (let again = 0; again < 3; again++) {
    const next = project.json(['run']);
    expect(next.code).toBe(0);
    expect(next.statuses).toEqual({ clean: 'cached', count: 'cached' });
  }
});

test('a rerun that writes the same bytes leaves downstream stages untouched', () => {
  const project = twoStages();
  project.json(['run']);
  project.write('raw.txt', '# another comment\none\ntwo\n');
  expect(project.json(['run']).statuses).toEqual({ clean: 'ran', count: 'cached' });
});

test('touching an input runs nothing', () => {
  const project = twoStages();
  project.json(['run']);
  project.write('raw.txt', project.read('raw.txt'));
  expect(project.json(['run']).statuses).toEqual({ clean: 'cached', count: 'cached' });
});

test('going back to an earlier input restores both results without running', () => {
  const project = twoStages();
  const text = project.read('raw.txt');
  project.json(['run']);
  project.write('raw.txt', 'one\ntwo\nthree\n');
  expect(project.json(['run']).statuses).toEqual({ clean: 'ran', count: 'ran' });
  project.write('raw.txt', text);
  expect(project.json(['run']).statuses).toEqual({ clean: 'restored', count: 'restored' });
  expect(project.read('count.txt').trim()).toBe('2');
});

test('a deleted output is restored, not made again', () => {
  const project = twoStages();
  project.json(['run']);
  project.remove('count.txt');
  const run = project.json(['run']);
  expect(run.statuses).toEqual({ clean: 'cached', count: 'restored' });
  expect(run.summary.stages.count?.reasons).toEqual([{ kind: 'output-missing', output: 'count.txt' }]);
});

test('an output edited by hand is put back with a warning, and what was there is kept', () => {
  const project = twoStages();
  project.json(['run']);
  project.remove('count.txt');
  project.write('count.txt', 'my own number\n');
  const run = project.json(['run']);
  expect(run.statuses.count).toBe('restored');
  expect(project.read('count.txt').trim()).toBe('2');
  const warned = run.events.find((event) => event.event === 'problem');
  expect(warned).toMatchObject({ problem: { code: 'E0681', severity: 'warning', path: 'count.txt' } });
  const kept = warned?.event === 'problem' ? warned.problem.hint?.split(': ')[1] : undefined;
  expect(project.read(kept as string)).toBe('my own number\n');
});

test('a file of the user at the place of an output is not overwritten without --force', () => {
  const project = twoStages();
  project.write('count.txt', 'mine\n');
  const run = project.json(['run']);
  expect(run.code).toBe(1);
  expect(run.events.find((event) => event.event === 'stage-finished' && event.stage === 'count')).toMatchObject({
    problem: { code: 'E0680' },
  });
  expect(project.read('count.txt')).toBe('mine\n');
  expect(project.json(['run', '--force']).statuses.count).toBe('ran');
  expect(project.read('count.txt').trim()).toBe('2');
});

test('every rerun names the value that changed, old and new', () => {
  const project = testProject({
    'pipeline.yaml': 'params: { size: 2 }\nstages:\n  make:\n    cmd: echo ${size} > out.txt\n    outs: [out.txt]\n',
  });
  project.json(['run']);
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace('size: 2', 'size: 4'));
  const run = project.json(['run']);
  expect(run.summary.stages.make).toMatchObject({
    status: 'ran',
    reasons: [{ kind: 'changed', fact: 'command', old: 'echo 2 > out.txt', new: 'echo 4 > out.txt' }],
  });
  expect(project.pipe(['why', 'make']).stdout).toContain('echo 4');
});

test('a failing stage keeps the results before it, blocks those behind it, shows the end of its log, and exits 1', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  a: { cmd: echo a > a.txt, outs: [a.txt] }
  b: { cmd: 'cat a.txt > b.txt; echo broken wing; exit 3', deps: [a.txt], outs: [b.txt] }
  c: { cmd: cat b.txt > c.txt, deps: [b.txt], outs: [c.txt] }
`,
  });
  const run = project.json(['run']);
  expect(run.code).toBe(1);
  expect(run.summary.status).toBe('failed');
  expect(run.statuses).toEqual({ a: 'ran', b: 'failed', c: 'blocked' });
  expect(run.events.find((event) => event.event === 'stage-finished' && event.stage === 'b')).toMatchObject({
    logTail: ['broken wing'],
  });
  expect(project.read('a.txt')).toBe('a\n');
  expect(project.exists('b.txt')).toBe(false);
  expect(project.pipe(['log', 'b']).stdout).toBe('broken wing\n');
});

test('a stage that fails leaves its earlier result in place', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: cp in.txt out.txt; test ! -e bad, deps: [in.txt], outs: [out.txt] }\n',
    'in.txt': '1',
  });
  expect(project.json(['run']).code).toBe(0);
  project.write('in.txt', '2');
  project.write('bad', '');
  expect(project.json(['run']).code).toBe(1);
  expect(project.read('out.txt')).toBe('1');
  expect(project.pipe(['status']).code).toBe(3);
  project.write('in.txt', '1');
  expect(project.json(['run']).statuses).toEqual({ a: 'cached' });
});

test('a missing input is an error before anything of the stage is touched', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: cp in.txt out.txt, deps: [in.txt], outs: [out.txt] }\n',
    'in.txt': '1',
  });
  project.json(['run']);
  project.remove('in.txt');
  const run = project.json(['run']);
  expect(run.code).toBe(1);
  expect(run.events.find((event) => event.event === 'stage-finished')).toMatchObject({
    problem: { code: 'E0590', path: 'in.txt' },
  });
  expect(project.read('out.txt')).toBe('1');
});

test('a declared output that is not produced fails the stage', () => {
  const project = testProject({ 'pipeline.yaml': 'stages:\n  a: { cmd: echo x > other.txt, outs: [out.txt] }\n' });
  const run = project.json(['run']);
  expect(run.statuses).toEqual({ a: 'failed' });
  expect(run.events.find((event) => event.event === 'stage-finished')).toMatchObject({
    problem: { code: 'E0780', path: 'out.txt' },
  });
});

test('a file that no stage declares is named', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: echo x | tee out.txt > extra.txt, outs: [out.txt] }\n',
  });
  const run = project.json(['run']);
  expect(run.code).toBe(0);
  expect(run.events.filter((event) => event.event === 'problem')).toMatchObject([
    { problem: { code: 'E0684', severity: 'warning', path: 'extra.txt', stage: 'a' } },
  ]);
});

test('an input edited while its stage runs is never stored under the old key', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: "echo new > in.txt; cp in.txt out.txt", deps: [in.txt], outs: [out.txt] }\n',
    'in.txt': 'old\n',
  });
  const run = project.json(['run']);
  expect(run.statuses).toEqual({ a: 'failed' });
  expect(run.events.find((event) => event.event === 'stage-finished')).toMatchObject({
    problem: { code: 'E0591', path: 'in.txt' },
  });
  project.write('in.txt', 'old\n');
  expect(project.json(['status']).statuses).toEqual({ a: 'stale' });
});

test("a stage that writes into another's output is found out, and the output is put back by the next run", () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  a: { cmd: echo a > a.txt, outs: [a.txt] }
  b: { cmd: 'cat a.txt > b.txt; rm a.txt; echo spoilt > a.txt', deps: [mark.txt], outs: [b.txt] }
  mark: { cmd: cat a.txt > mark.txt, deps: [a.txt], outs: [mark.txt] }
`,
  });
  const run = project.json(['run']);
  expect(run.code).toBe(1);
  expect(run.events.filter((event) => event.event === 'problem')).toMatchObject([
    { problem: { code: 'E0682', path: 'a.txt' } },
  ]);
  expect(project.json(['run', 'a']).statuses).toEqual({ a: 'restored' });
  expect(project.read('a.txt')).toBe('a\n');
});

test('a project in Git sees its pipeline and its lock, never the cache', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: echo x > a.txt, outs: [a.txt] }\n',
    '.gitignore': 'a.txt\n',
  });
  execFileSync('git', ['init', '-q'], { cwd: project.root });
  project.json(['run']);
  const status = execFileSync('git', ['status', '--porcelain'], { cwd: project.root, encoding: 'utf8' });
  expect(status.trim().split('\n').sort()).toEqual(['?? .gitignore', '?? pipeline.lock', '?? pipeline.yaml']);
});
