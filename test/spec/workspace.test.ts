/** Promise: nothing of the user's is lost, and an interrupted or failed run leaves the workspace as it found it. */
import fs from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ended, type TestProject, testProject, until } from '../support/project.ts';

const kept = (project: TestProject): string[] =>
  project.exists('cache/edited')
    ? fs
        .readdirSync(project.path('cache/edited'), { recursive: true, encoding: 'utf8' })
        .filter((name) => fs.statSync(project.path(`cache/edited/${name}`)).isFile())
        .map((name) => project.read(`cache/edited/${name}`))
    : [];

test('a failing run leaves a persisting output where it is', () => {
  const project = testProject({
    'pipeline.yaml':
      "stages:\n  a: { cmd: 'cat in.txt >> state.txt; test ! -e bad', deps: [in.txt], outs: [{ state.txt: { persist: true } }] }\n",
    'in.txt': '1\n',
  });
  project.json(['run']);
  project.write('in.txt', '2\n');
  project.json(['run']);
  expect(project.read('state.txt')).toBe('1\n2\n');
  project.write('bad', '');
  project.write('in.txt', '3\n');
  for (let again = 0; again < 2; again++) expect(project.json(['run']).code).toBe(1);
  expect(project.read('state.txt').startsWith('1\n2\n')).toBe(true);
});

test('whatever the store does not hold is kept, wherever an output goes', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  a: { cmd: 'echo \${x} > a.txt', outs: [a.txt] }
params: { x: 1 }
experiments:
  e: {}
`,
  });
  expect(project.json(['run', '--all']).code).toBe(0);
  const place = 'artifacts/e/a/a.txt';
  expect(project.read(place)).toBe('1\n');
  project.remove(place);
  project.write(place, 'by hand\n');
  const run = project.json(['run', '--all']);
  expect(run.code).toBe(0);
  expect(project.read(place)).toBe('1\n');
  expect(kept(project)).toEqual(['by hand\n']);
  expect(run.events.some((event) => event.event === 'problem' && event.problem.code === 'E0681')).toBe(true);
});

test('results of another branch are no edits by hand: nothing is said and nothing kept', () => {
  const pipeline = (x: number) => `stages:\n  a: { cmd: 'echo ${x} > a.txt', outs: [a.txt] }\n`;
  const project = testProject({ 'pipeline.yaml': pipeline(1) });
  project.json(['run']);
  const lock = project.read('pipeline.lock');
  project.write('pipeline.yaml', pipeline(2));
  project.json(['run']);
  project.write('pipeline.yaml', pipeline(1));
  project.write('pipeline.lock', lock);
  const run = project.json(['run']);
  expect(run.statuses).toEqual({ a: 'restored' });
  expect(run.events.filter((event) => event.event === 'problem')).toEqual([]);
  expect(kept(project)).toEqual([]);
});

for (const broken of ['cache/logs', 'cache/failed']) {
  test(`when \`${broken}\` cannot be written to, what lay in the place of an output comes back`, () => {
    const project = testProject({
      'pipeline.yaml':
        "stages:\n  a: { cmd: 'cat in.txt > a.txt; test ! -e bad', deps: [in.txt], outs: [{ a.txt: { cache: false } }] }\n",
      'in.txt': '1\n',
    });
    project.json(['run']);
    project.remove(broken);
    project.write(broken, 'a file in the way');
    project.write('bad', '');
    project.write('in.txt', '2\n');
    expect(project.json(['run']).code).toBe(1);
    expect(project.read('a.txt')).toBe('1\n');
    project.remove(broken);
    project.remove('bad');
    expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  });
}

test.runIf(fs.existsSync('/dev/shm'))('the cache may lie on another disk', () => {
  const elsewhere = fs.mkdtempSync('/dev/shm/pipe-cache-');
  onTestFinished(() => fs.rmSync(elsewhere, { recursive: true }));
  const project = testProject({
    'pipeline.yaml': `
stages:
  a: { cmd: 'mkdir a; cat in.txt > a/x; test ! -e bad', deps: [in.txt], outs: [a] }
  own: { uses: own, from: { given: a } }
`,
    'stages/own.mjs':
      "import fs from 'node:fs';\nexport default async ({ inputs, outputs }) => fs.cpSync(inputs.given, outputs.output, { recursive: true });\n",
    'in.txt': '1\n',
  });
  fs.symlinkSync(elsewhere, project.path('cache'));
  expect(project.json(['run']).statuses).toEqual({ a: 'ran', own: 'ran' });
  project.write('in.txt', '2\n');
  expect(project.json(['run']).statuses).toEqual({ a: 'ran', own: 'ran' });
  project.write('bad', '');
  project.write('in.txt', '3\n');
  expect(project.json(['run']).statuses).toEqual({ a: 'failed', own: 'blocked' });
  expect(project.read('a/x')).toBe('2\n');
  project.write('in.txt', '1\n');
  expect(project.json(['run']).statuses).toEqual({ a: 'restored', own: 'restored' });
  expect(project.read('artifacts/main/own/output/x')).toBe('1\n');
});

test('a run that waits to restore says so, restores what is right then, and stops cleanly at Ctrl-C', async () => {
  const project = testProject({
    'pipeline.yaml':
      "params: { x: 1 }\nstages:\n  a: { cmd: 'echo ${x} > a.txt; touch started; sleep ${x}', outs: [a.txt] }\n",
  });
  project.json(['run']);
  project.remove('started');
  const slow = project.start(['run', '--set', 'params.x=4']);
  await until('the other run executes', () => project.exists('started'));
  const waiting = project.start(['run']);
  const stopped = project.start(['run']);
  const screens = [waiting, stopped].map((child) => {
    const said: string[] = [];
    child.stderr?.on('data', (bytes: Buffer) => said.push(bytes.toString()));
    return () => said.join('');
  });
  await until('both say that they wait', () => screens.every((each) => each().includes('another run')));
  stopped.kill('SIGINT');
  expect(await ended(stopped)).toBe(130);
  expect(await ended(slow)).toBe(0);
  expect(await ended(waiting), screens[0]?.()).toBe(0);
  expect(project.read('a.txt')).toBe('1\n');
});

test('an output that cannot be stored is named as the pipeline file names it, with its line', () => {
  const project = testProject({ 'pipeline.yaml': 'stages:\n  a: { cmd: ln -s /etc/passwd o, outs: [o] }\n' });
  const run = project.json(['run']);
  const finished = run.events.find((event) => event.event === 'stage-finished');
  const problem = finished?.event === 'stage-finished' ? finished.problem : undefined;
  expect(problem).toMatchObject({ code: 'E0603', path: 'o', at: { line: 2 } });
  expect(problem?.message).not.toContain(project.root);
});
