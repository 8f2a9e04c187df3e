/** What stages do to files that are not theirs, and what hostile names in schemas, links and logs could do. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { processesNamed } from '../support/processes.ts';
import { ended, testProject, until } from '../support/project.ts';

const problemOf = (run: ReturnType<ReturnType<typeof testProject>['json']>, stage: string) =>
  run.events.flatMap((event) =>
    event.event === 'stage-finished' && event.stage === stage ? [event.problem?.code] : [],
  )[0];

test('outputs are read-only, and links into the store are never written through', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  a: { cmd: 'cp in.txt a.txt; mkdir d; cp in.txt d/x', deps: [in.txt], outs: [a.txt, d] }
`,
    'in.txt': 'one\n',
  });
  expect(project.json(['run']).code).toBe(0);
  expect(fs.statSync(project.path('a.txt')).mode & 0o222).toBe(0);
  expect(fs.statSync(project.path('d/x')).mode & 0o222).toBe(0);
  project.write('in.txt', 'two\n');
  expect(project.json(['run']).code).toBe(0);
  project.write('in.txt', 'one\n');
  expect(project.json(['run']).statuses).toEqual({ a: 'restored' });
  expect(project.read('a.txt') + project.read('d/x')).toBe('one\none\n');
});

const WRITERS: readonly [how: string, cmd: string][] = [
  ['in place', 'chmod u+w a.txt; echo spoilt >> a.txt'],
  [
    'in place with its times kept',
    'chmod u+w a.txt; touch -r a.txt stamp; printf X | dd of=a.txt conv=notrunc 2> /dev/null; touch -r stamp a.txt; rm stamp',
  ],
  ['in a folder', 'chmod -R u+w d; echo spoilt > d/x'],
  ['by adding to a folder', 'echo more > d/more'],
  ['by another hard link of it', 'ln a.txt alias; chmod u+w alias; echo spoilt >> alias; rm alias'],
  ['by removing it', 'rm a.txt'],
];

for (const [how, cmd] of WRITERS) {
  test(`a stage that writes into its input ${how} fails, and the next run makes everything right`, () => {
    const project = testProject({
      'pipeline.yaml': `
stages:
  a: { cmd: 'echo good > a.txt; mkdir d; echo good > d/x', outs: [a.txt, d] }
  b: { cmd: 'cat a.txt > b.txt; test ! -e evil || { ${cmd}; }', deps: [a.txt, d], outs: [b.txt] }
`,
      evil: '',
    });
    const spoilt = project.json(['run']);
    expect(spoilt.statuses).toEqual({ a: 'ran', b: 'failed' });
    expect(problemOf(spoilt, 'b')).toBe('E0591');
    project.remove('evil');
    const mended = project.json(['run']);
    expect(mended.code, mended.stdout).toBe(0);
    expect(project.read('a.txt') + project.read('d/x') + project.read('b.txt')).toBe('good\ngood\ngood\n');
    expect(fs.readdirSync(project.path('d'))).toEqual(['x']);
  });
}

test('a stage that fails between its outputs leaves all earlier ones in place', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  a: { cmd: "cp in.txt 1.txt; cp in.txt 2.txt; test ! -e bad; mkdir d; cp in.txt d/x", deps: [in.txt], outs: [1.txt, 2.txt, d] }\n',
    'in.txt': 'one\n',
  });
  project.json(['run']);
  project.write('in.txt', 'two\n');
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace('test ! -e bad', 'exit 5'));
  expect(project.json(['run']).code).toBe(1);
  expect(project.read('1.txt') + project.read('2.txt') + project.read('d/x')).toBe('one\none\none\n');
});

test('a persisting output is there while its stage runs, can be written, and its earlier states stay whole', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  a: { cmd: "cat in.txt >> log/all.txt || { mkdir log; cp in.txt log/all.txt; }", deps: [in.txt], outs: [{ log: { persist: true } }] }\n',
    'in.txt': 'one\n',
  });
  expect(project.json(['run']).code).toBe(0);
  project.write('in.txt', 'two\n');
  const second = project.json(['run']);
  expect(second.code, second.stdout).toBe(0);
  expect(project.read('log/all.txt')).toBe('one\ntwo\n');
  expect(project.pipe(['status']).code).toBe(0);
});

test('a command that leaves a process behind does not keep the run waiting, and the process is ended', async () => {
  const mark = `pipe-background-${process.pid}`;
  const project = testProject({
    'pipeline.yaml': `stages:\n  a: { cmd: 'bash -c "sleep 100; : ${mark}" & echo x > a.txt', outs: [a.txt] }\n`,
  });
  const child = project.start(['run']);
  expect(await ended(child)).toBe(0);
  await until('no process is left', () => processesNamed(mark).length === 0, 5000);
});

test('200 MB of log are kept out of memory, end on the screen with their last lines, and can be read again', () => {
  const project = testProject({
    'pipeline.yaml': `stages:\n  a: { cmd: 'yes "a line of a log" | head -c 200000000; printf "\\nthe last words\\n"; exit 3', outs: [a.txt] }\n`,
  });
  const run = project.json(['run'], { NODE_OPTIONS: '--max-old-space-size=150' });
  expect(run.statuses).toEqual({ a: 'failed' });
  const finished = run.events.find((event) => event.event === 'stage-finished');
  expect(finished?.event === 'stage-finished' && finished.logTail?.at(-1)).toBe('the last words');
  expect(run.stdout.length).toBeLessThan(100_000);
  expect(project.pipe(['log', 'a'], { NODE_OPTIONS: '--max-old-space-size=150' }).stdout.length).toBeGreaterThan(
    200_000_000,
  );
});

test('a binary log is kept byte by byte and does nothing to the screen', () => {
  const project = testProject({
    'pipeline.yaml': `stages:\n  a: { cmd: 'printf "\\033[31mred\\007\\000\\377\\033]0;title\\007 end\\n"; echo x > a.txt; test ! -e bad', outs: [a.txt] }\n`,
    bad: '',
  });
  const failed = project.pipe(['run']);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('end');
  expect([...failed.stderr].filter((each) => each < ' ' && each !== '\n')).toEqual([]);
  project.remove('bad');
  expect(project.pipe(['run']).code).toBe(0);
  expect(project.pipe(['log', 'a']).stdout).toContain('\u001b[31mred');
});

test('names of outputs in a schema cannot lead out of the folder of the stage', () => {
  for (const name of ['../../evil', '/tmp/evil', '..', '.', 'a/../../evil', 'a/b', '', '__proto__', 'a\0b']) {
    const project = testProject({
      'pipeline.yaml': 'stages:\n  a: { uses: mine }\n',
      'schemas/stages/mine.schema.json': `{"type":"object","x-outputs":{${JSON.stringify(name)}:{"kind":"any"}}}`,
      'stages/mine.js':
        "import fs from 'node:fs'; export default async ({ outputs }) => { for (const each of Object.values(outputs)) fs.writeFileSync(each, 'x'); };",
    });
    const run = project.json(['run']);
    expect(run.code, JSON.stringify(name)).toBe(2);
    expect(run.events[0], JSON.stringify(name)).toMatchObject({ problem: { code: 'E0211' } });
    expect(project.exists('evil') || fs.existsSync('/tmp/evil')).toBe(false);
  }
});

test('stages with odd names stay in folders of their own', () => {
  const names = ['..%2Fevil', '.hidden', 'a%2Fb', 'a b', '...', '%'];
  const project = testProject({
    'pipeline.yaml': JSON.stringify({
      stages: Object.fromEntries(names.map((name) => [name, { uses: 'mine', with: { name } }])),
    }),
    'stages/mine.js':
      "import fs from 'node:fs'; export default async ({ params, outputs }) => { fs.writeFileSync(outputs.output, params.name); };",
  });
  const run = project.json(['run', '--keep-going']);
  expect(run.code, run.stdout).toBe(0);
  const folders = fs.readdirSync(project.path('artifacts/main'));
  expect(folders).toHaveLength(names.length);
  expect(folders.map((each) => project.read(`artifacts/main/${each}/output`)).sort()).toEqual([...names].sort());
  expect(fs.readdirSync(project.path('artifacts')).filter((each) => each !== '.gitignore')).toEqual(['main']);
});
