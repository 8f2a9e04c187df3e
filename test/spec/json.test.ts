/** For programs: `--json`, exit codes, which stream gets what, and readers that go away. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { COMMAND_NAMES } from '../../src/cli/commands.ts';
import { ended, REPOSITORY, readEvents, type TestProject, testProject, until } from '../support/project.ts';

const PROGRAM = path.join(REPOSITORY, 'bin/pipe.cjs');
const schema = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'schemas/events.schema.json'), 'utf8'));
const eventType = z.fromJSONSchema(schema);

const PIPELINE = `
stages:
  a: { cmd: cat in.txt > a.txt, deps: [in.txt], outs: [a.txt] }
  b: { cmd: cat a.txt > b.txt, deps: [a.txt], outs: [b.txt] }
  c: { cmd: echo c > c.txt, outs: [c.txt] }
experiments: { other: { stages: {} } }
`.replace(/experiments.*\n/, '');

const project = () => testProject({ 'pipeline.yaml': PIPELINE, 'in.txt': '1\n' });

/** Every line is an event of the schema, the last one and only the last one the summary; nothing is on stderr. */
function summaryOf(each: TestProject, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const run = each.json(args, env);
  for (const event of run.events) expect(eventType.safeParse(event).error, JSON.stringify(event)).toBeUndefined();
  expect(run.events.filter((event) => event.event === 'summary')).toHaveLength(1);
  expect(run.stderr).toBe('');
  expect(Object.keys(run.summary)).toEqual(
    expect.arrayContaining(['event', 'status', 'experiment', 'stages', 'seconds']),
  );
  for (const stage of Object.values(run.summary.stages))
    expect(Object.keys({ ...stage, restorable: true }).sort()).toEqual([
      'key',
      'reasons',
      'restorable',
      'seconds',
      'status',
    ]);
  return { code: run.code, status: run.summary.status, stages: run.statuses, summary: run.summary, events: run.events };
}

test('the summary of run, status and --dry has the documented shape in every case', () => {
  const each = project();
  expect(summaryOf(each, ['run', '--dry'])).toMatchObject({
    code: 0,
    status: 'ok',
    stages: { a: 'stale', b: 'unknown', c: 'stale' },
  });
  expect(summaryOf(each, ['status'])).toMatchObject({ code: 3, status: 'ok', stages: { a: 'stale' } });
  const ran = summaryOf(each, ['run']);
  expect(ran).toMatchObject({ code: 0, status: 'ok', stages: { a: 'ran', b: 'ran', c: 'ran' } });
  expect(ran.summary.experiment).toBe('main');
  expect(ran.summary.stages.a?.key).toMatch(/^[0-9a-f]{64}$/);
  for (let again = 0; again < 3; again++) {
    expect(summaryOf(each, ['run'])).toMatchObject({ code: 0, stages: { a: 'cached', b: 'cached', c: 'cached' } });
    expect(summaryOf(each, ['status'])).toMatchObject({ code: 0, stages: { a: 'fresh', b: 'fresh', c: 'fresh' } });
  }
  each.remove('b.txt');
  expect(summaryOf(each, ['status'])).toMatchObject({ code: 3, stages: { a: 'fresh', b: 'stale', c: 'fresh' } });
  expect(summaryOf(each, ['run'])).toMatchObject({ code: 0, stages: { a: 'cached', b: 'restored', c: 'cached' } });
  each.write('in.txt', '2\n');
  each.write('pipeline.yaml', PIPELINE.replace('cat a.txt > b.txt', 'exit 7').replace('echo c', 'echo d'));
  const failed = summaryOf(each, ['run', '--keep-going']);
  expect(failed).toMatchObject({ code: 1, status: 'failed', stages: { a: 'ran', b: 'failed', c: 'ran' } });
  each.write('pipeline.yaml', PIPELINE.replace('cat in.txt > a.txt', 'exit 7'));
  expect(summaryOf(each, ['run', 'b'])).toMatchObject({ code: 1, stages: { a: 'failed', b: 'blocked' } });
});

test('a stage left out is skipped', () => {
  const each = testProject({
    'pipeline.yaml':
      'params: { on: false }\nstages:\n  a: { cmd: echo 1 > a, outs: [a], when: "${on}" }\n  b: { cmd: echo 2 > b, outs: [b] }\n',
  });
  expect(summaryOf(each, ['run'])).toMatchObject({ code: 0, stages: { a: 'skipped', b: 'ran' } });
  expect(summaryOf(each, ['status'])).toMatchObject({ code: 0, stages: { b: 'fresh' } });
});

test('wrong usage and a wrong file end with exit code 2, the problems as data, and a summary', () => {
  const each = project();
  for (const args of [
    ['run', '--nonsense'],
    ['run', '--jobs', '0'],
    ['status', 'nothing'],
    ['run', '--set', 'x'],
    ['run', '--experiment', 'none'],
    ['runn'],
  ]) {
    const { code, events, summary } = summaryOf(each, args);
    expect(code, args.join(' ')).toBe(2);
    expect(events[0]).toMatchObject({
      event: 'problem',
      problem: { severity: 'error', code: expect.stringMatching(/^E\d{4}$/) },
    });
    expect(summary).toMatchObject({ status: 'failed', stages: {} });
  }
  each.write('pipeline.yaml', 'stages:\n  a: { cmmd: x }\n');
  expect(summaryOf(each, ['run']).events[0]).toMatchObject({ problem: { at: { file: 'pipeline.yaml', line: 2 } } });
  each.remove('in.txt');
  each.write('pipeline.yaml', PIPELINE);
  expect(summaryOf(each, ['run', '--dry'])).toMatchObject({ code: 2, status: 'failed' });
});

test('an interrupted run ends with exit code 130 and says so in the summary', async () => {
  const each = testProject({
    'pipeline.yaml':
      'stages:\n  a: { cmd: echo 1 > a, outs: [a] }\n  b: { cmd: "touch started; sleep 100", deps: [a], outs: [b] }\n  c: { cmd: "cat b > c", deps: [b], outs: [c] }\n',
  });
  const child = each.start(['run', '--json']);
  let stdout = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  const gone = ended(child);
  await until('the second stage runs', () => each.exists('started'));
  child.kill('SIGINT');
  expect(await gone).toBe(130);
  const { summary, statuses } = readEvents({ code: 130, stdout, stderr: '' });
  expect(summary.status).toBe('interrupted');
  expect(statuses).toMatchObject({ a: 'ran' });
  expect(eventType.safeParse(summary).error).toBeUndefined();
});

test('results are on stdout, progress and problems on stderr, and neither has colours unless asked', () => {
  const each = project();
  const run = each.pipe(['run'], { FORCE_COLOR: undefined });
  expect(run.stderr).toContain('ran');
  expect(run.stdout + run.stderr).not.toContain('\u001b');
  expect(each.pipe(['status']).stdout).toContain('up to date');
  expect(each.pipe(['status']).stderr).toBe('');
  const wrong = each.pipe(['run', '--nonsense']);
  expect(wrong.stdout).toBe('');
  expect(wrong.stderr).toContain('E0902');
});

test('--quiet prints problems and nothing else, again and again', () => {
  const each = project();
  for (let again = 0; again < 3; again++) {
    expect(each.pipe(['run', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(each.pipe(['status', '-q'])).toEqual({ code: 0, stdout: '', stderr: '' });
  }
  each.write('pipeline.yaml', PIPELINE.replace('echo c', 'exit 1;'));
  const failed = each.pipe(['run', '--quiet']);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('E0701');
});

test('--quiet and --json together are refused, whatever was remembered', () => {
  const each = project();
  for (let again = 0; again < 3; again++) each.pipe(['run']);
  expect(each.pipe(['run', '--json', '--quiet']).code).toBe(2);
});

test('a reader that goes away neither breaks the run nor is an error', () => {
  const wide = Array.from(
    { length: 60 },
    (_, index) => `  s${index}: { cmd: echo ${index} > o${index}, outs: [o${index}] }\n`,
  );
  const each = testProject({ 'pipeline.yaml': `stages:\n${wide.join('')}` });
  const shell = (script: string) =>
    spawnSync('bash', ['-c', script, 'bash', process.execPath, PROGRAM], { cwd: each.root, encoding: 'utf8' });
  const first = shell('"$1" "$2" run --json | head -n 1; echo "code ${PIPESTATUS[0]}"');
  expect(first.stdout).toContain('"event":"started"');
  expect(first.stdout).toContain('code 0');
  expect(first.stderr).toBe('');
  expect(each.json(['status']).code).toBe(0);
  for (const script of [
    '"$1" "$2" run --json | head -c 10; echo "code ${PIPESTATUS[0]}"',
    '"$1" "$2" run 2>&1 | head -c 10; echo "code ${PIPESTATUS[0]}"',
    '"$1" "$2" run 2>&1 >/dev/null | true; echo "code ${PIPESTATUS[0]}"',
    '"$1" "$2" dag | head -n 1; echo "code ${PIPESTATUS[0]}"',
    '"$1" "$2" run --force 2>&1 | head -n 1; echo "code ${PIPESTATUS[0]}"',
  ]) {
    const { stdout, stderr } = shell(script);
    expect(stdout, script).toContain('code 0');
    expect(stderr, script).toBe('');
  }
});

test('an answer of many stages arrives whole at a slow reader', () => {
  const wide = Array.from({ length: 1500 }, (_, index) => `  s${index}: { cmd: x, outs: [o${index}], frozen: true }\n`);
  const each = testProject({ 'pipeline.yaml': `stages:\n${wide.join('')}` });
  for (let index = 0; index < 1500; index++) each.write(`o${index}`, '');
  for (let again = 0; again < 3; again++) {
    const text = execFileSync(
      'bash',
      ['-c', '"$1" "$2" status --json | (sleep 0.3; cat)', 'bash', process.execPath, PROGRAM],
      {
        cwd: each.root,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    expect(Object.keys(JSON.parse(text.trim().split('\n').at(-1) as string).stages)).toHaveLength(1500);
  }
});

test('every command explains itself, and what it does not know is exit code 2', () => {
  const each = testProject();
  expect(each.pipe([])).toMatchObject({ code: 0, stderr: '' });
  expect(each.pipe(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const name of COMMAND_NAMES) {
    const help = each.pipe([name, '--help']);
    expect(help.code, name).toBe(0);
    expect(help.stdout, name).toContain(`pipe ${name}`);
    expect(help.stderr, name).toBe('');
  }
});

test('completion scripts load in a strict bash without a word', () => {
  const each = project();
  const script = each.pipe(['completion', 'bash']);
  expect(script.code).toBe(0);
  each.write('completion.bash', script.stdout);
  const loaded = spawnSync('bash', ['--norc', '-euc', 'source ./completion.bash; complete -p pipe'], {
    cwd: each.root,
    encoding: 'utf8',
  });
  expect(loaded.stderr).toBe('');
  expect(loaded.stdout).toContain('pipe');
});

const CHANGED: readonly [name: string, change: (each: TestProject) => void, why: readonly (string | RegExp)[]][] = [
  ['a param', (p) => p.write('params.yaml', 'rate: 0.2\n'), ['rate: 0.1 -> 0.2']],
  [
    'a param more',
    (p) =>
      p.write('pipeline.yaml', p.read('pipeline.yaml').replace('[rate]', '[rate, depth]')) ??
      p.write('params.yaml', 'rate: 0.1\ndepth: 3\n'),
    ['depth: 3 (new)'],
  ],
  [
    'a param less',
    (p) => p.write('pipeline.yaml', p.read('pipeline.yaml').replace('params: [rate], ', '')),
    ['rate: removed (was 0.1)'],
  ],
  [
    'a command',
    (p) => p.write('pipeline.yaml', p.read('pipeline.yaml').replace('cat in.txt', 'tac in.txt')),
    ['cat', '->', 'tac'],
  ],
  ['an input', (p) => p.write('in.txt', 'other\n'), [/in\.txt changed: [0-9a-f]{12} -> [0-9a-f]{12}/]],
  [
    'an input more',
    (p) =>
      p.write('pipeline.yaml', p.read('pipeline.yaml').replace('[in.txt]', '[in.txt, more.txt]')) ??
      p.write('more.txt', ''),
    ['more.txt added'],
  ],
  [
    'an input turned into a folder',
    (p) => {
      p.remove('in.txt');
      p.write('in.txt/x', '1');
    },
    ['in.txt', 'file -> folder'],
  ],
  ['a mode', (p) => fs.chmodSync(p.path('in.txt'), 0o755), ['in.txt: now executable']],
  [
    'an output more',
    (p) => p.write('pipeline.yaml', p.read('pipeline.yaml').replace('[out.txt]', '[out.txt, two.txt]')),
    ['two.txt'],
  ],
];

for (const [name, change, words] of CHANGED) {
  test(`why and status name what changed, old and new: ${name}`, () => {
    const each = testProject({
      'pipeline.yaml':
        'stages:\n  make: { cmd: "cat in.txt > out.txt || true; echo $SECRET >> out.txt", params: [rate], deps: [in.txt], env: [SECRET], outs: [out.txt] }\n',
      'params.yaml': 'rate: 0.1\n',
      'in.txt': '1\n',
    });
    each.pipe(['run'], { SECRET: 'one' });
    change(each);
    const why = each.pipe(['why', 'make'], { SECRET: 'one' });
    expect(why.code, why.stderr).toBe(0);
    for (const word of words)
      expect(why.stdout).toMatch(word instanceof RegExp ? word : new RegExp(word.replace(/[.()[\]]/g, '\\$&')));
    expect(each.json(['status'], { SECRET: 'one' }).summary.stages.make?.reasons).toMatchObject([{ kind: 'changed' }]);
    const secret = each.pipe(['why', 'make'], { SECRET: 'two' });
    expect(secret.stdout).toContain('environment variable SECRET changed');
    expect(secret.stdout).not.toMatch(/one|two /);
  });
}
