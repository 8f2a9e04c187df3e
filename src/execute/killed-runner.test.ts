import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { endLeftovers, openExecutor } from './open-executor.ts';
import { HAS_PROC, isRunning, processTree } from './proc.ts';
import { bundleMain, openRig, type Rig, runOnce, until, untilFile } from './testing/rig.ts';

let tools: Rig;
let runnerScript: string;
let rig: Rig;

beforeAll(async () => {
  tools = openRig();
  runnerScript = await bundleMain('testing/runner-main.ts', tools.root);
});

afterAll(() => tools.remove());

beforeEach(() => {
  rig = openRig();
});

afterEach(() => {
  const left = rig.left();
  for (const pid of left) process.kill(pid, 'SIGKILL');
  rig.remove();
  expect(left).toEqual([]);
});

function startRunner(command: string): ChildProcess {
  const args = [runnerScript, rig.file('state'), rig.root, rig.mark, command];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

async function killed(runner: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => runner.once('exit', resolve));
  runner.kill('SIGKILL');
  await exit;
}

function records(): string[] {
  return readdirSync(rig.file('state/runners'));
}

/** The guard is the child of the runner that is in no unit. */
function guardOf(runner: ChildProcess): number {
  const units = rig.left();
  const guard = processTree(runner.pid ?? 0).find((pid) => pid !== runner.pid && !units.includes(pid));
  if (guard === undefined) throw new Error('the runner has no guard');
  return guard;
}

test.runIf(HAS_PROC)('when the runner is killed, its guard ends what ran, in the group and out of it', async () => {
  const stubborn = "trap '' TERM; setsid sleep 1000 & (trap '' TERM; sleep 1000) & touch up; sleep 1000; :";
  const runner = startRunner(stubborn);
  await untilFile(rig.file('up'));
  await until('all run', () => rig.left().length >= 4);
  await killed(runner);
  await until('nothing is left', () => rig.left().length === 0);
});

test('when the runner is killed, its guard also ends what hides its environment in the group', async () => {
  const runner = startRunner('env -i sleep 1000 & echo $! > hidden; sleep 1000; :');
  await until('the hidden process is known', () => existsSync(rig.file('hidden')) && rig.read('hidden').endsWith('\n'));
  const hidden = Number(rig.read('hidden'));
  expect(isRunning(hidden)).toBe(HAS_PROC);
  // The guard hears only of groups that last, and nothing shows outside when it has heard.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await killed(runner);
  await until('nothing is left', () => !isRunning(hidden) && rig.left().length === 0);
});

test.runIf(HAS_PROC)('when the guard is killed too, the next run ends what was left', async () => {
  const runner = startRunner('setsid sleep 1000 & touch up; sleep 1000; :');
  await untilFile(rig.file('up'));
  await until('all run', () => rig.left().length >= 3);
  process.kill(guardOf(runner), 'SIGKILL');
  await killed(runner);
  expect(rig.left().length).toBeGreaterThanOrEqual(3);
  expect(await endLeftovers(rig.file('state'))).toBeGreaterThanOrEqual(3);
  expect(rig.left()).toEqual([]);
  expect(records()).toEqual([]);
});

test.runIf(HAS_PROC)('what a living runner runs is no leftover', async () => {
  const runner = startRunner('touch up; sleep 1000; :');
  await untilFile(rig.file('up'));
  expect(await endLeftovers(rig.file('state'))).toBe(0);
  expect(rig.left().length).toBeGreaterThan(0);
  await killed(runner);
  await until('nothing is left', () => rig.left().length === 0);
});

test('a record that was cut off is removed', async () => {
  rig.write('state/runners/1.json', '{"pid":');
  await endLeftovers(rig.file('state'));
  expect(HAS_PROC ? records() : []).toEqual([]);
});

test('a run that ended in order leaves neither record nor guard', async () => {
  await runOnce(rig, rig.command('true'));
  expect(HAS_PROC ? records() : []).toEqual([]);
});

test('without anything to run nothing is noted or started', async () => {
  await openExecutor({ stateFolder: rig.file('state'), hostScript: '', root: rig.root }).close();
  expect(readdirSync(rig.root)).toEqual([]);
  expect(await endLeftovers(rig.file('state'))).toBe(0);
});
