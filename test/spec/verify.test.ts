/** `pipe verify`: what a lock, a record or an output that somebody changed comes to, and what needs no data. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { digestText } from '../../src/inputs/listing.ts';
import { HAS_BWRAP, HAS_STRACE } from '../support/helper-programs.ts';
import { ended, REPOSITORY, type TestProject, testProject, until } from '../support/project.ts';
import { verify } from '../support/verify.ts';

const FILES = {
  'pipeline.yaml': `
params: { scale: 2 }
stages:
  prepare: { cmd: cat data/* > prepared.txt, deps: [data], outs: [prepared.txt] }
  count:
    cmd: 'echo "{\\"words\\": $(wc -w < prepared.txt)}" > count.json'
    deps: [prepared.txt]
    params: [scale]
    metrics: [count.json]
  shout: { uses: shout, from: { text: prepare } }
experiments:
  other: { params.scale: 3 }
`,
  'data/a.txt': 'one two\n',
  'data/b.txt': 'three\n',
  'stages/shout.js':
    "import fs from 'node:fs'; export default async ({ inputs, outputs }) => fs.writeFileSync(outputs.output, fs.readFileSync(inputs.text, 'utf8').toUpperCase());",
};

function ran(files: Readonly<Record<string, string>> = FILES, args: readonly string[] = []): TestProject {
  const project = testProject(files);
  const run = project.json(['run', ...args]);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  return project;
}

const edit = (project: TestProject, name: string, from: string | RegExp, to: string) => {
  const text = project.read(name);
  const now = text.replace(from, to);
  expect(now).not.toBe(text);
  project.write(name, now);
};

/** What is in Git: no data, no outputs, no cache. */
function withoutData(project: TestProject): void {
  for (const each of ['data', 'cache', 'artifacts', 'prepared.txt', 'count.json']) project.remove(each);
}

test('a clean pipeline passes in every way, experiments included', () => {
  const project = ran(FILES, ['--all']);
  const locked = verify(project, ['--all']);
  expect(locked).toMatchObject({ code: 0, stderr: '', end: { mode: 'locked', status: 'ok' } });
  expect(locked.end.stages).toEqual({
    main: { prepare: 'ok', count: 'ok', shout: 'ok' },
    other: { count: 'ok' },
  });
  expect(verify(project, ['--rerun', '--all'])).toMatchObject({ code: 0, end: { mode: 'rerun', status: 'ok' } });
  expect(Object.keys(verify(project, ['--sample', '1']).statuses)).toHaveLength(1);
});

test('the lock is checked without data, outputs and cache; what was edited since is found there, too', () => {
  const project = ran();
  withoutData(project);
  expect(verify(project)).toMatchObject({ code: 0, statuses: { prepare: 'ok', count: 'ok', shout: 'ok' } });
  expect(verify(project, ['count']).end.stages).toEqual({ main: { prepare: 'ok', count: 'ok' } });
  edit(project, 'stages/shout.js', 'toUpperCase', 'toLowerCase');
  edit(project, 'pipeline.yaml', 'scale: 2', 'scale: 4');
  const found = verify(project);
  expect(found.code).toBe(3);
  expect(found.codes).toEqual({ '': [], prepare: [], count: ['E1301'], shout: ['E1301'] });
});

test('with the record at hand, what changed is named', () => {
  const project = ran();
  project.write('data/b.txt', 'four\n');
  edit(project, 'pipeline.yaml', 'scale: 2', 'scale: 4');
  const found = verify(project);
  expect(found.codes).toMatchObject({ prepare: ['E1301'], count: ['E1301'] });
  expect(found.checks.prepare?.problems[0]?.message).toContain('data');
  expect(found.checks.count?.problems[0]?.message).toContain('scale: 2 -> 4');
});

test('without the record, the lock still says which input from outside changed', () => {
  const project = ran();
  project.remove('cache');
  project.write('data/b.txt', 'four\n');
  expect(verify(project).checks.prepare?.problems[0]?.message).toMatch(/not that of what is here now: `data` changed$/);
});

test('an input that is neither here nor in the lock leaves its stage unproven', () => {
  const project = ran();
  withoutData(project);
  edit(project, 'pipeline.lock', / {6}inputs:\n {8}data: .*\n/, '');
  const found = verify(project);
  expect(found).toMatchObject({ code: 3, statuses: { prepare: 'unproven', count: 'ok' } });
  expect(found.codes.prepare).toEqual(['E1302']);
});

test('a stage without an entry, an entry without a stage, and lines that are no entries are faults', () => {
  const project = ran();
  edit(project, 'pipeline.yaml', '  shout:', '  whisper:');
  expect(verify(project).codes).toMatchObject({ '': ['E1306'], whisper: ['E1300'] });
  edit(project, 'pipeline.yaml', '  whisper:', '  shout:');
  edit(project, 'pipeline.lock', '    prepare:', '<<<<<<< HEAD\n    prepare:');
  expect(verify(project)).toMatchObject({ code: 3, codes: { '': ['E1307'] } });
});

test.each([
  ['key', /(count:\n {6}key: )[0-9a-f]{8}/, 'count', 'E1301'],
  ['output that another stage reads', /(prepared\.txt: file )[0-9a-f]{8}/, 'count', 'E1301'],
  ['output that no stage reads', /(output: file )[0-9a-f]{8}/, 'shout', 'E1304'],
  ['metric', /(words": )3/, 'count', 'E1304'],
])('a lock edited by hand is caught: its %s', (_what, where, stage, code) => {
  const project = ran();
  edit(project, 'pipeline.lock', where, code === 'E1304' && stage === 'count' ? '$14' : '$100000000');
  const found = verify(project);
  expect(found.code).toBe(3);
  expect(found.codes[stage]).toContain(code);
});

test('the entry of each experiment is checked, also of stages they have in common', () => {
  const project = ran(FILES, ['--all']);
  const entries = project.read('pipeline.lock').split('  other:\n');
  const edited = entries[1]?.replace(/(prepared\.txt: file )[0-9a-f]{8}/, '$100000000') ?? '';
  project.write('pipeline.lock', `${entries[0]}  other:\n${edited}`);
  const found = verify(project, ['--all']);
  expect(found.code).toBe(3);
  expect(found.checks.prepare?.problems).toMatchObject([
    { code: 'E1304', experiment: 'other' },
    { code: 'E1303', experiment: 'other' },
  ]);
  project.write('pipeline.lock', entries.join('  other:\n'));
  edit(project, 'data/a.txt', 'two', 'deux');
  project.json(['run']);
  expect(verify(project)).toMatchObject({ code: 0 });
  expect(verify(project, ['--all']).checks.prepare?.problems).toMatchObject([{ code: 'E1301', experiment: 'other' }]);
});

test('a metric edited in the lock is caught without a cache, from the metrics file', () => {
  const project = ran();
  project.remove('cache');
  edit(project, 'pipeline.lock', /(words": )3/, '$14');
  expect(verify(project).codes.count).toEqual(['E1304']);
});

test('an output edited by hand is caught, and no other stage is blamed', () => {
  const project = ran();
  fs.chmodSync(project.path('prepared.txt'), 0o644);
  project.remove('prepared.txt');
  project.write('prepared.txt', 'edited\n');
  const found = verify(project);
  expect(found.code).toBe(3);
  expect(found.codes).toEqual({ '': [], prepare: ['E1303'], count: [], shout: [] });
  // Runs again on the recorded bytes, not on the edited ones.
  expect(verify(project, ['--rerun']).codes).toEqual({ '': [], prepare: ['E1303'], count: [], shout: [] });
});

function recordOf(project: TestProject, stage: string): string {
  const key = new RegExp(`${stage}:\\n {6}key: ([0-9a-f]{64})`).exec(project.read('pipeline.lock'))?.[1] ?? '';
  return `cache/actions/${key.slice(0, 2)}/${key}.json`;
}

test('a record edited by hand is caught', () => {
  const project = ran();
  edit(project, recordOf(project, 'count'), '"words":3', '"words":4');
  expect(verify(project)).toMatchObject({ code: 3, codes: { count: ['E1305'], prepare: [] } });
});

test('the record of another version of the code under the name of this one is caught', () => {
  const project = ran();
  const old = project.read(recordOf(project, 'shout'));
  edit(project, 'stages/shout.js', 'toUpperCase', 'toLowerCase');
  project.json(['run']);
  const target = recordOf(project, 'shout');
  const key = path.basename(target, '.json');
  const record = { ...JSON.parse(old).record, key };
  const body = JSON.stringify(record);
  project.write(target, `{"check":"${digestText(body)}","record":${body}}\n`);
  expect(verify(project)).toMatchObject({ code: 3, codes: { shout: ['E1305'] } });
  project.remove('cache/state');
  expect(verify(project, ['--rerun', 'shout'])).toMatchObject({ code: 3, codes: { shout: ['E1305'] } });
});

test('with a cold cache every stage runs again on what the stages before it made again', () => {
  const project = ran();
  for (const each of ['cache', 'artifacts', 'prepared.txt', 'count.json']) project.remove(each);
  expect(verify(project, ['--rerun'])).toMatchObject({
    code: 0,
    statuses: { prepare: 'ok', count: 'ok', shout: 'ok' },
  });
  const alone = verify(project, ['--rerun', 'count']);
  expect(alone).toMatchObject({ code: 0, statuses: { prepare: 'ok', count: 'ok' } });
  expect(alone.statuses).not.toHaveProperty('shout');
  expect(project.exists('prepared.txt')).toBe(false);
});

test('a stage is not run on an input that is not the recorded one', () => {
  const files = FILES['pipeline.yaml'].replace('cat data/*', '(echo $RANDOM $RANDOM; cat data/*)');
  const project = ran({ ...FILES, 'pipeline.yaml': files });
  for (const each of ['cache', 'artifacts', 'prepared.txt', 'count.json']) project.remove(each);
  const found = verify(project, ['--rerun']);
  expect(found.code).toBe(3);
  expect(found.codes).toEqual({ '': [], prepare: ['E1310'], count: ['E1312'], shout: ['E1312'] });
  expect(found.statuses).toMatchObject({ prepare: 'failed', count: 'unproven' });
});

const NOISY = (noise: string, tolerance: string) => ({
  'pipeline.yaml': `
stages:
  fit:
    cmd: python3 fit.py
    deps: [fit.py]
    outs: [curve]
    metrics: [metrics.json]
    ${tolerance}
`,
  'fit.py': `
import json, os, random, struct
off = ${noise} * (1 + random.random())
os.mkdir('curve')
json.dump({'loss': 0.5 + off, 'name': 'x'}, open('metrics.json', 'w'))
open('curve/steps.csv', 'w').write('step,loss\\n1,' + repr(0.25 + off) + '\\n')
header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }".ljust(117) + b'\\n'
open('curve/w.npy', 'wb').write(b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(header)) + header + struct.pack('<4d', 1, 2, 3 + off, 4))
`,
});

test('numbers within the declared tolerance pass, others are shown with the place where they differ', () => {
  const within = ran(NOISY('1e-9', 'verify: { tolerance: { metrics.json: 1e-6, curve: 1e-6 } }'));
  expect(verify(within, ['--rerun'])).toMatchObject({ code: 0, statuses: { fit: 'tolerated' } });
  const beyond = ran(NOISY('1e-3', 'verify: { tolerance: { metrics.json: 1e-6, curve/steps.csv: 0.1 } }'));
  const found = verify(beyond, ['--rerun']);
  expect(found).toMatchObject({ code: 3, codes: { fit: ['E1310'] } });
  expect(found.checks.fit?.differences).toEqual([
    {
      output: 'curve',
      file: 'w.npy',
      how: [expect.stringMatching(/^element \[1, 0\]: 3\.00\d+ -> 3\.00\d+$/), '1 of 4 elements differ'],
    },
    { output: 'metrics.json', file: '', how: [expect.stringMatching(/^loss: 0\.50\d+ -> 0\.50\d+$/)] },
  ]);
  beyond.remove('cache');
  for (const each of ['curve', 'metrics.json']) beyond.remove(each);
  const cold = verify(beyond, ['--rerun']);
  expect(cold.checks.fit?.differences.map(({ file, how }) => [file, how[0]])).toEqual([
    ['', expect.stringContaining('the recorded bytes are not here')],
    ['', expect.stringMatching(/^loss: 0\.50\d+ -> 0\.50\d+$/)],
  ]);
});

test('a stage that asks for its inputs under other params is given them again, in a sandbox, too', () => {
  const schema = (properties: object) =>
    JSON.stringify({
      type: 'object',
      properties,
      'x-inputs': { text: { kind: 'any' } },
      'x-outputs': { text: { kind: 'any' } },
    });
  const project = ran({
    'pipeline.yaml': `
stages:
  first: { uses: repeat, with: { times: 1 } }
  tries: { uses: tries, from: { text: first }, with: { space: { first.times: { choice: [1, 2] } } } }
`,
    'schemas/stages/repeat.schema.json': JSON.stringify({
      type: 'object',
      properties: { times: { type: 'integer', default: 1 } },
      'x-outputs': { text: { kind: 'any' } },
    }),
    'schemas/stages/tries.schema.json': schema({ space: { type: 'object', 'x-reach': true } }),
    'stages/repeat.js':
      "import fs from 'node:fs'; export default async ({ params, outputs }) => fs.writeFileSync(outputs.text, 'ab'.repeat(params.times));",
    'stages/tries.js':
      "import fs from 'node:fs'; export default async ({ outputs, inputVariant }) => { const { path } = await inputVariant('text', { 'first.times': 2 }); fs.writeFileSync(outputs.text, fs.readFileSync(path)); };",
  });
  const sandbox = HAS_BWRAP ? ['--sandbox'] : [];
  expect(verify(project)).toMatchObject({ code: 0, statuses: { first: 'ok', tries: 'ok' } });
  expect(verify(project, ['--rerun', ...sandbox])).toMatchObject({ code: 0, statuses: { first: 'ok', tries: 'ok' } });
});

test('a tolerance for what the stage does not make, or that is no number, is refused before anything runs', () => {
  const project = testProject(NOISY('0', 'verify: { tolerance: { metric.json: 1e-6 } }'));
  const wrong = project.pipe(['verify']);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('E1330');
  expect(wrong.stderr).toContain('did you mean');
});

test('every line of --json is of the schema', () => {
  const project = ran(NOISY('1e-3', ''));
  const type = z.fromJSONSchema(
    JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'schemas/events.schema.json'), 'utf8')),
  );
  for (const args of [[], ['--rerun'], ['--twice']]) {
    const { stdout } = verify(project, args);
    for (const line of stdout.trim().split('\n')) expect(type.safeParse(JSON.parse(line)).error, line).toBeUndefined();
  }
});

test('JUnit, Markdown and annotations say the same as the terminal, and name stage and file', () => {
  const project = ran(NOISY('1e-3', ''));
  const summary = project.path('step-summary.md');
  const run = project.pipe(['verify', '--rerun', '--junit', 'out/report.xml', '--summary', 'out/report.md'], {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_WORKSPACE: path.dirname(project.root),
  });
  expect(run.code).toBe(3);
  expect(run.stdout).toMatch(/fit +differs/);
  expect(run.stdout).toContain('curve/steps.csv\n    line 2, `loss`: ');
  expect(run.stdout).toContain('first: `curve/steps.csv` of `fit`');
  const xml = project.read('out/report.xml');
  expect(xml).toContain('<testsuite name="pipe verify (rerun)" tests="1" failures="1" errors="0" skipped="0"');
  expect(xml).toContain('<failure type="E1310" message="`fit` gave another `curve/steps.csv`');
  expect(project.read('out/report.md')).toBe(fs.readFileSync(summary, 'utf8'));
  expect(project.read('out/report.md')).toContain('### ❌ pipe verify: 1 of 1 stage could not be verified');
  const file = `${path.basename(project.root)}/pipeline.yaml`;
  expect(run.stderr).toContain(`::error file=${file},line=3,col=3,title=pipe verify%3A fit (E1310)::E1310: `);
});

test('an interrupt ends the stages that run, tells what was not looked at, and leaves nothing behind', async () => {
  const project = ran({
    'pipeline.yaml':
      'stages:\n  slow: { cmd: "test -f started.flag || true; echo $PWD > TOLD; sleep $(test -f TOLD.again && echo 60 || echo 0); touch TOLD.again; echo x > x.txt", outs: [x.txt] }\n  after: { cmd: echo y > y.txt, outs: [y.txt] }\n'.replaceAll(
        'TOLD',
        path.join(fs.mkdtempSync(path.join(fs.realpathSync('/tmp'), 'pipe-told-')), 'told'),
      ),
  });
  const told = /\S+told(?=;)/.exec(project.read('pipeline.yaml'))?.[0] ?? '';
  fs.rmSync(told);
  const child = project.start(['verify', '--rerun', '--json']);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await until('the stage runs', () => fs.existsSync(told) && fs.readFileSync(told, 'utf8') !== '');
  const folder = fs.readFileSync(told, 'utf8').trim();
  child.kill('SIGINT');
  expect(await ended(child)).toBe(130);
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({
    status: 'interrupted',
    stages: { main: { slow: 'left-out', after: 'left-out' } },
  });
  expect(fs.existsSync(folder)).toBe(false);
  fs.rmSync(path.dirname(told), { recursive: true });
});

test('runs against a record and runs against each other cannot be asked for at once', () => {
  const wrong = ran().pipe(['verify', '--rerun', '--twice']);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('E0906');
});

/** Runs the program where a system program is not. */
function verifyWithout(project: TestProject, program: string) {
  const hidden = HAS_BWRAP ? ['bwrap', '--dev-bind', '/', '/', '--ro-bind', '/dev/null', program] : [];
  const [file = '', ...args] = [
    ...hidden,
    process.execPath,
    path.join(REPOSITORY, 'bin/pipe.cjs'),
    'verify',
    '--sandbox',
  ];
  return spawnSync(file, args, { cwd: project.root, encoding: 'utf8' });
}

test('a sandbox that cannot be had is an error, not a weaker check', () => {
  const refused = verifyWithout(ran(), '/usr/bin/bwrap');
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('E1320');
});

test.skipIf(!HAS_BWRAP || !HAS_STRACE)('without strace the sandbox stands, and says that it can name nothing', () => {
  const weaker = verifyWithout(ran(), '/usr/bin/strace');
  expect(weaker.stderr).toContain('warning[E1322]');
  expect(weaker.status).toBe(0);
});
