/**
 * Promise 3: nothing is lost and nothing wrong is served when the runner, or it and all its children, are killed with -9 at
 * any moment: a plain `pipe run` afterwards gives the clean result. PIPE_KILLS sets how often.
 */
import { expect, test } from 'vitest';
import { familyOf, killAll, processesNamed } from '../support/processes.ts';
import { ended, type TestProject, testProject } from '../support/project.ts';

const KILLS = Number(process.env.PIPE_KILLS ?? 12);

/** Slow enough to be hit in the middle; the outputs are written in two steps, so that halves exist. */
function pipeline(mark: string, size: number): string {
  const slow = (inputs: string, out: string) =>
    `sleep 0.0${mark.length % 9}; cat ${inputs} > ${out}; sleep 0.03; echo ${size} >> ${out}`;
  return `
stages:
  a: { cmd: '${slow('in.txt', 'a.txt')}', deps: [in.txt], outs: [a.txt] }
  b: { cmd: 'mkdir folder; ${slow('a.txt', 'folder/b.txt')}; cp folder/b.txt folder/c.txt', deps: [a.txt], outs: [folder] }
  c: { cmd: '${slow('a.txt', 'c.txt')}', deps: [a.txt], outs: [c.txt] }
  d: { cmd: '${slow('folder/b.txt c.txt', 'd.txt')}', deps: [folder, c.txt], outs: [d.txt] }
`;
}

const RESULTS = ['a.txt', 'folder/b.txt', 'folder/c.txt', 'c.txt', 'd.txt'];
const resultsOf = (project: TestProject) => RESULTS.map((name) => project.read(name));

test(`killed ${KILLS} times at random moments, a plain run gives the clean result`, {
  timeout: 3_600_000,
}, async () => {
  const project = testProject({ 'in.txt': 'input\n' });
  const clean = testProject({ 'in.txt': 'input\n' });
  for (let round = 0; round < KILLS; round++) {
    const text = pipeline(project.root, round % 3);
    project.write('pipeline.yaml', text);
    clean.write('pipeline.yaml', text);
    expect(clean.pipe(['run']).code).toBe(0);
    const runner = project.start(['run', '--jobs', String(1 + (round % 3))]);
    const gone = ended(runner);
    await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 500));
    const family = runner.pid === undefined ? [] : familyOf(runner.pid);
    killAll(round % 2 === 0 ? family.slice(0, 1) : family);
    await gone;
    const run = project.json(['run']);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(resultsOf(project)).toEqual(resultsOf(clean));
    expect(project.read('pipeline.lock')).toBe(clean.read('pipeline.lock'));
    const next = project.json(['run']);
    expect(
      Object.values(next.statuses).every((each) => each === 'cached'),
      JSON.stringify(next.statuses),
    ).toBe(true);
  }
});

test('after Ctrl-C no process is left, nothing half-written is kept, and the exit code is 130', async () => {
  const mark = `pipe-interrupt-${process.pid}`;
  const project = testProject({
    'pipeline.yaml': `stages:\n  a: { cmd: "echo half > a.txt; trap '' TERM; bash -c 'sleep 100; : ${mark}'; echo whole >> a.txt", outs: [a.txt] }\n`,
  });
  const runner = project.start(['run']);
  const gone = ended(runner);
  while (processesNamed(mark).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  runner.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 50));
  runner.kill('SIGINT');
  expect(await gone).toBe(130);
  expect(processesNamed(mark)).toEqual([]);
  expect(project.exists('a.txt')).toBe(false);
});
