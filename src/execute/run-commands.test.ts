import { chmodSync, existsSync, statSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openExecutor } from './open-executor.ts';
import { openRig, type Rig, runOnce, until, untilFile } from './testing/rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = openRig();
});

afterEach(() => {
  const left = rig.left();
  for (const pid of left) process.kill(pid, 'SIGKILL');
  rig.remove();
  expect(left).toEqual([]);
});

async function problemOf(command: string): Promise<unknown> {
  const { outcome } = await runOnce(rig, rig.command(command));
  if (outcome.kind !== 'failed') throw new Error(`expected a failure, was ${outcome.kind}`);
  return outcome.problem;
}

test('commands run in order, in their folder, with their environment, and write to one log', async () => {
  const unit = rig.command(['echo "$COLOUR" here', 'pwd', 'echo error >&2'], { env: { COLOUR: 'grey' } });
  const { outcome } = await runOnce(rig, unit);
  expect(outcome).toEqual({ kind: 'done', note: null, provenance: {} });
  expect(rig.read('log')).toBe(`grey here\n${rig.root}\nerror\n`);
});

test('a command of several lines goes to one shell whole', async () => {
  await runOnce(rig, rig.command('word=two\nfor n in one $word; do\n  echo $n\ndone'));
  expect(rig.read('log')).toBe('one\ntwo\n');
});

test('start files of shells are not read', async () => {
  const start = rig.write('start', 'echo start file');
  const before = process.env.BASH_ENV;
  process.env.BASH_ENV = start;
  try {
    await runOnce(rig, rig.command('echo command'));
  } finally {
    if (before === undefined) delete process.env.BASH_ENV;
    else process.env.BASH_ENV = before;
  }
  expect(rig.read('log')).toBe('command\n');
});

test('the first command that fails ends the unit', async () => {
  const { outcome } = await runOnce(rig, rig.command(['exit 3', 'touch second']));
  expect(outcome).toMatchObject({
    kind: 'failed',
    problem: { code: 'E0701', message: '`exit 3` ended with exit code 3' },
  });
  expect(existsSync(rig.file('second'))).toBe(false);
});

test('a long command is shown by its beginning', async () => {
  expect(await problemOf(`false\n# ${'x'.repeat(200)}\nfalse`)).toMatchObject({
    message: '`false…` ended with exit code 1',
  });
});

test('a program that does not exist or is no program has its own code', async () => {
  expect(await problemOf('no-such-program')).toMatchObject({ code: 'E0702', message: expect.stringContaining('127') });
  chmodSync(rig.write('data.txt', 'x'), 0o644);
  expect(await problemOf('./data.txt')).toMatchObject({ code: 'E0702', message: expect.stringContaining('126') });
});

test('death by a signal is named, of the shell and of a program in it', async () => {
  expect(await problemOf('kill -TERM $$')).toMatchObject({
    code: 'E0704',
    message: expect.stringContaining('SIGTERM'),
  });
  expect(await problemOf("bash -c 'kill -SEGV $$'; exit $?")).toMatchObject({
    code: 'E0704',
    message: expect.stringContaining('SIGSEGV'),
  });
});

test('a kill nobody owns up to may have been memory', async () => {
  expect(await problemOf("bash -c 'kill -KILL $$'; exit $?")).toMatchObject({ code: 'E0706' });
});

test('what cannot be started says why', async () => {
  expect(await problemOf(`: ${'x'.repeat(3_000_000)}`)).toMatchObject({
    code: 'E0703',
    message: expect.stringContaining('too long'),
  });
  expect(await problemOf('echo \0')).toMatchObject({ code: 'E0703' });
  const { outcome } = await runOnce(rig, rig.command('true', { cwd: rig.file('nowhere') }));
  expect(outcome).toMatchObject({
    problem: { code: 'E0703', message: expect.stringContaining('folder does not exist') },
  });
});

test('a log that cannot be written is a problem', async () => {
  rig.write('file', '');
  const { outcome } = await runOnce(rig, rig.command('true', { log: rig.file('file/log') }));
  expect(outcome).toMatchObject({ problem: { code: 'E0703', message: expect.stringContaining('log') } });
});

test('a state folder that cannot be written is a problem, not a crash', async () => {
  const stateFolder = rig.write('state', 'a file');
  const { outcome } = await runOnce(rig, rig.command('true'), { stateFolder });
  expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'E0703' } });
  const stage = await runOnce(rig, await rig.stage('export default async () => {};'), { stateFolder });
  expect(stage.outcome).toMatchObject({ kind: 'failed', problem: { code: 'E0703' } });
});

test('a child that ignores TERM is gone after the time of grace', async () => {
  const stop = new AbortController();
  const unit = rig.command(`trap '' TERM; (trap '' TERM; touch up; while :; do sleep 0.1; done) & wait; sleep 1000`);
  const running = runOnce(rig, unit, { signal: stop.signal, graceMs: 100 });
  await untilFile(rig.file('up'));
  stop.abort();
  expect((await running).outcome).toEqual({ kind: 'cancelled' });
  expect(rig.left()).toEqual([]);
});

test('a child that ends in order has the time for it', async () => {
  const stop = new AbortController();
  const unit = rig.command(
    `trap 'echo tidied; end=1' TERM; touch up; until [ -n "$end" ]; do sleep 0.02; done; sleep 0.1`,
  );
  const running = runOnce(rig, unit, { signal: stop.signal });
  await untilFile(rig.file('up'));
  stop.abort();
  expect((await running).outcome).toEqual({ kind: 'cancelled' });
  expect(rig.read('log').match(/tidied/g)).toHaveLength(1);
});

test('a grandchild in its own session is gone too, also one of an earlier command of the unit', async () => {
  const stop = new AbortController();
  const commands = ['setsid sleep 1000 & sleep 0.05', 'setsid sleep 1000 & touch up; sleep 1000'];
  const running = runOnce(rig, rig.command(commands), { signal: stop.signal });
  await untilFile(rig.file('up'));
  await until('all run', () => rig.left().length >= 3);
  stop.abort();
  await running;
  expect(rig.left()).toEqual([]);
});

test('a second interrupt does not wait for anybody', async () => {
  const stop = new AbortController();
  const executor = openExecutor({ stateFolder: rig.file('state'), hostScript: '', root: rig.root, graceMs: 1_000_000 });
  const unit = rig.command(`trap 'touch asked' TERM; touch up; while :; do sleep 0.02; done`);
  const running = executor.run(unit, () => {}, stop.signal);
  await untilFile(rig.file('up'));
  stop.abort();
  await untilFile(rig.file('asked'));
  executor.killNow();
  expect((await running).outcome).toEqual({ kind: 'cancelled' });
  await executor.close();
});

test('closing cancels what still runs', async () => {
  const executor = openExecutor({ stateFolder: rig.file('state'), hostScript: '', root: rig.root });
  const running = executor.run(rig.command('touch up; sleep 1000'), () => {}, new AbortController().signal);
  await untilFile(rig.file('up'));
  await executor.close();
  expect((await running).outcome).toEqual({ kind: 'cancelled' });
});

test('nothing is started after an abort', async () => {
  const { outcome } = await runOnce(rig, rig.command('touch started'), { signal: AbortSignal.abort() });
  expect(outcome).toEqual({ kind: 'cancelled' });
  expect(existsSync(rig.file('started'))).toBe(false);
});

test('a background process that holds the output neither delays the unit nor outlives it', async () => {
  const { outcome } = await runOnce(rig, rig.command('sleep 1000 & echo done'));
  expect(outcome.kind).toBe('done');
  expect(rig.left()).toEqual([]);
  expect(rig.read('log')).toBe('done\n');
});

test('output of 100 MB reaches the log and not the memory of the runner', async () => {
  const before = process.memoryUsage.rss();
  await runOnce(rig, rig.command('head -c 100000000 /dev/zero'));
  expect(statSync(rig.file('log')).size).toBe(100_000_000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(50_000_000);
});

test('CPU time and peak memory are measured', async () => {
  const code = `const a = Buffer.alloc(200e6, 1);
    while (process.cpuUsage().user < 100e3);
    require('fs').writeFileSync('up', '');
    const timer = setInterval(() => { if (require('fs').existsSync('enough')) clearInterval(timer, a); }, 5);`;
  const running = runOnce(rig, rig.command(`"${process.execPath}" "${rig.write('hungry.cjs', code)}"; true`));
  await untilFile(rig.file('up'));
  // Longer than the longest time between two samples, whose timer is in this process too.
  await new Promise((resolve) => setTimeout(resolve, 300));
  rig.write('enough', '');
  const { cpuSeconds, peakBytes } = await running;
  expect(cpuSeconds).toBeGreaterThanOrEqual(0.1);
  expect(peakBytes).toBeGreaterThan(200e6);
  expect(peakBytes).toBeLessThan(1e9);
});
