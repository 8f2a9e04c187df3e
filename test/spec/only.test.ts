/** Choosing what runs: `--only`, targets, `--force`, `--keep-going`, and their meeting with experiments. */
import { expect, test } from 'vitest';
import { type InProcessOptions, type InProcessRun, runInProcess } from '../support/in-process.ts';
import { type TestProject, testProject } from '../support/project.ts';

const run = (project: TestProject, options?: InProcessOptions) => runInProcess(project.root, options);
const codes = (finished: InProcessRun) => finished.problems.map((each) => [each.code, each.severity]);

/** a -> b -> c, and d beside them. */
const chain = () =>
  testProject({
    'pipeline.yaml': `
params: { suffix: x }
stages:
  a: { cmd: cp in.txt a.txt, deps: [in.txt], outs: [a.txt] }
  b: { cmd: 'cat a.txt > b.txt; echo \${suffix} >> b.txt; echo b >> ran.log', deps: [a.txt], outs: [b.txt] }
  c: { cmd: cp b.txt c.txt, deps: [b.txt], outs: [c.txt] }
  d: { cmd: echo d > d.txt; echo d >> ran.log, outs: [d.txt] }
experiments:
  other: { params.suffix: y }
`,
    'in.txt': '1\n',
  });

test('a stage alone runs on what its producers left; that they are stale is said, and their consumers are left alone', async () => {
  const project = chain();
  await run(project);
  project.write('in.txt', '2\n');
  const only = await run(project, { targets: ['b'], only: true });
  expect([only.statuses, codes(only)]).toEqual([{ b: 'cached' }, [['E0592', 'warning']]]);
  expect(only.problems[0]).toMatchObject({ stage: 'b', hint: 'pipe run a' });
  expect(project.read('b.txt')).toBe('1\nx\n');
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace('suffix: x', 'suffix: z'));
  const changed = await run(project, { targets: ['b'], only: true });
  expect([changed.statuses, project.read('b.txt'), project.read('c.txt')]).toEqual([{ b: 'ran' }, '1\nz\n', '1\nx\n']);
  expect((await run(project)).statuses).toMatchObject({ a: 'ran', b: 'ran', c: 'ran', d: 'cached' });
});

test('a stage alone whose producer has made nothing is refused with what to run', async () => {
  const project = chain();
  const refused = project.pipe(['run', '--only', 'b']);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('E0592');
  expect(refused.stderr).toContain('pipe run a');
  expect([project.exists('a.txt'), project.exists('b.txt')]).toEqual([false, false]);
});

test('a producer whose output was deleted or edited is refused or told of, never read as if it were right', async () => {
  const project = chain();
  await run(project);
  project.remove('a.txt');
  await expect(run(project, { targets: ['b'], only: true })).rejects.toThrow('E0592');
  project.write('a.txt', 'by hand\n');
  const edited = await run(project, { targets: ['b'], only: true });
  expect(codes(edited)).toEqual([['E0592', 'warning']]);
  expect(edited.statuses).toEqual({ b: 'ran' });
  expect(project.read('b.txt')).toBe('by hand\nx\n');
  const whole = await run(project);
  expect(whole.statuses).toMatchObject({ a: 'restored', b: 'restored', c: 'cached' });
  expect(project.read('b.txt')).toBe('1\nx\n');
});

test('force runs the targets and nothing else, and a result with the same bytes goes no further', async () => {
  const project = chain();
  await run(project);
  expect((await run(project, { targets: ['b'], force: true })).statuses).toEqual({ a: 'cached', b: 'ran' });
  expect((await run(project)).statuses).toEqual({ a: 'cached', b: 'cached', c: 'cached', d: 'cached' });
  expect((await run(project, { targets: ['b'], only: true, force: true })).statuses).toEqual({ b: 'ran' });
  expect((await run(project, { force: true })).statuses).toEqual({ a: 'ran', b: 'ran', c: 'ran', d: 'ran' });
  expect(project.count('ran.log')).toBe(6);
});

test('a stage of an experiment alone runs on the results of that experiment', async () => {
  const project = chain();
  await run(project, { experiments: ['main', 'other'] });
  const only = await run(project, { experiments: ['other'], targets: ['c'], only: true, force: true });
  expect(only.statuses).toEqual({ c: 'ran' });
  expect(project.read('artifacts/other/c/c.txt')).toBe('1\ny\n');
  expect(project.read('c.txt')).toBe('1\nx\n');
});

test('a failure stops what was not begun; keeping going stops only what needs the failed stage', async () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  bad: { cmd: test -e fixed && echo > bad.txt, outs: [bad.txt] }
  behind: { cmd: cp bad.txt behind.txt, deps: [bad.txt], outs: [behind.txt] }
  far: { cmd: cp behind.txt far.txt, deps: [behind.txt], outs: [far.txt] }
  beside: { cmd: echo > beside.txt, outs: [beside.txt] }
`,
  });
  const stopped = await run(project, { jobs: 1 });
  expect(stopped.statuses).toEqual({ bad: 'failed', behind: 'blocked', far: 'blocked', beside: 'blocked' });
  const going = await run(project, { jobs: 1, keepGoing: true });
  expect(going.statuses).toEqual({ bad: 'failed', behind: 'blocked', far: 'blocked', beside: 'ran' });
  expect(going.summary.status).toBe('failed');
  project.write('fixed', '');
  expect((await run(project)).statuses).toEqual({ bad: 'ran', behind: 'ran', far: 'ran', beside: 'cached' });
});
