import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Execution, Progress, StageUnit } from './executor.ts';
import { type LocalExecutor, openExecutor } from './open-executor.ts';
import { bundleMain, openRig, type Rig, until, untilFile } from './testing/rig.ts';

let tools: Rig;
let hostScript: string;
let rig: Rig;
let executor: LocalExecutor;

beforeAll(async () => {
  tools = openRig();
  hostScript = await bundleMain('stage-host.ts', tools.root);
});

afterAll(() => tools.remove());

beforeEach(() => {
  rig = openRig();
  executor = open({});
});

afterEach(async () => {
  await executor.close();
  const left = rig.left();
  for (const pid of left) process.kill(pid, 'SIGKILL');
  rig.remove();
  expect(left).toEqual([]);
});

function open(more: { warmHosts?: number; graceMs?: number }): LocalExecutor {
  return openExecutor({ stateFolder: rig.file('state'), hostScript, root: rig.root, ...more });
}

const never = new AbortController().signal;

async function run(unit: StageUnit, onProgress: (progress: Progress) => void = () => {}): Promise<Execution> {
  return executor.run(unit, onProgress, never);
}

async function problemOf(code: string): Promise<unknown> {
  const { outcome } = await run(await rig.stage(code));
  if (outcome.kind !== 'failed') throw new Error(`expected a failure, was ${outcome.kind}`);
  return outcome.problem;
}

/** A stage that notes the pid of its process, with what else it is told to do. */
const NOTES_PID = `import fs from 'node:fs';
  let units = 0;
  export default async (context) => { fs.appendFileSync(context.params.pids, process.pid + ' ' + ++units + '\\n'); };`;

test('a stage gets its context and its answers come back with what it used', async () => {
  const unit = await rig.stage(
    `import fs from 'node:fs';
     export default async (context) => {
       fs.writeFileSync(context.outputs.copy, fs.readFileSync(context.inputs.text) + context.params.end);
       context.note('copied'); context.provenance('backend', 'none');
     };`,
    { params: { end: '!' }, inputs: { text: rig.write('text', 'hello') }, outputs: { copy: rig.file('copy') } },
  );
  const { outcome, cpuSeconds, peakBytes } = await run(unit);
  expect(outcome).toEqual({ kind: 'done', note: 'copied', provenance: { backend: 'none' } });
  expect(rig.read('copy')).toBe('hello!');
  expect(cpuSeconds).toBeGreaterThan(0);
  expect(peakBytes).toBeGreaterThan(10e6);
});

test('units of one bundle share a warm process, each with its own log and variables', async () => {
  const code = `import { execFileSync } from 'node:child_process';
    export default async () => {
      console.log(process.pid, process.env.PIPE_STAGE, process.env.PIPE_ONCE);
      console.error('error');
      execFileSync('sh', ['-c', 'echo child'], { stdio: 'inherit' });
    };`;
  const first = await rig.stage(code, { log: rig.file('1'), env: { PIPE_STAGE: 'a', PIPE_ONCE: 'x' } });
  await run(first);
  await run({ ...first, log: rig.file('2'), env: { PIPE_STAGE: 'b' } });
  const pid = Number(rig.read('1').split(' ')[0]);
  expect(rig.read('1')).toBe(`${pid} a x\nerror\nchild\n`);
  expect(rig.read('2')).toBe(`${pid} b undefined\nerror\nchild\n`);
});

test('units at the same time have processes of their own, and no more stay than were asked for', async () => {
  executor = open({ warmHosts: 1 });
  const unit = await rig.stage(NOTES_PID, { params: { pids: rig.file('pids') } });
  await Promise.all([run(unit), run({ ...unit, log: rig.file('other') })]);
  expect(new Set(rig.read('pids').match(/^\d+/gm)).size).toBe(2);
  const other = await rig.stage('export default async () => {};');
  await run(other);
  await until('one process is left', () => rig.left().length === 1);
});

test('other variables than those of the unit need another process', async () => {
  const unit = await rig.stage(NOTES_PID, { params: { pids: rig.file('pids') } });
  await run(unit);
  await run({ ...unit, env: { ...unit.env, CUDA_VISIBLE_DEVICES: '1' } });
  expect(new Set(rig.read('pids').match(/^\d+/gm)).size).toBe(2);
});

test("little of the runner's environment reaches a stage", async () => {
  process.env.SECRET_OF_RUNNER = 'x';
  process.env.TF_FOR_TEST = 'y';
  try {
    await run(
      await rig.stage('export default async () => console.log(process.env.SECRET_OF_RUNNER, process.env.TF_FOR_TEST);'),
    );
  } finally {
    delete process.env.SECRET_OF_RUNNER;
    delete process.env.TF_FOR_TEST;
  }
  expect(rig.read('log')).toBe('undefined y\n');
});

test('a refusal of the stage is shown as it is, a built-in one with its code', async () => {
  const refuse = (details: string) => `class StageError extends Error { name = 'StageError'; ${details} }
    export default async () => { throw new StageError('no images in the folder'); };`;
  expect(await problemOf(refuse("hint = 'add some'"))).toEqual({
    code: 'E0714',
    severity: 'error',
    message: 'no images in the folder',
    hint: 'add some',
  });
  expect(await problemOf(refuse("code = 'E0590'"))).toMatchObject({
    code: 'E0590',
    message: 'no images in the folder',
  });
  expect(rig.read('log')).toBe('');
});

test("any other error names the stage's own line in its source", async () => {
  const code = `import fs from 'node:fs';
    interface Ignored { a: number }
    export default async () => {
      fs.readFileSync('/no/such/file');
    };`;
  expect(await problemOf(code)).toMatchObject({
    code: 'E0715',
    message: expect.stringContaining(
      "the stage failed: Error: ENOENT: no such file or directory, open '/no/such/file'",
    ),
    at: { file: 'stages/1.ts', line: 4, column: 10 },
  });
  expect(rig.read('log')).toContain('stages/1.ts:4:10');
});

test('a stage that throws something else than an error fails too', async () => {
  expect(await problemOf("export default async () => { throw 'text'; };")).toMatchObject({
    code: 'E0715',
    message: 'text',
  });
});

test('an error in a callback or in a promise nobody waits for fails the unit', async () => {
  const callback = "export default () => new Promise(() => { setTimeout(() => { throw new TypeError('late'); }); });";
  expect(await problemOf(callback)).toMatchObject({ code: 'E0715', message: 'the stage failed: TypeError: late' });
  const rejection = "export default async () => { void Promise.reject(new RangeError('lost')); };";
  expect(await problemOf(rejection)).toMatchObject({ code: 'E0715', message: 'the stage failed: RangeError: lost' });
});

test('an entry without a function to run says so', async () => {
  expect(await problemOf('export const run = 1;')).toMatchObject({
    code: 'E0713',
    hint: expect.stringContaining('export default'),
  });
});

test('a stage that waits for nothing fails instead of waiting for ever', async () => {
  expect(await problemOf('export default () => new Promise(() => {});')).toMatchObject({ code: 'E0718' });
});

test('a process that ends itself fails the unit, whatever its exit code', async () => {
  expect(await problemOf('export default async () => process.exit(0);')).toMatchObject({
    code: 'E0716',
    message: expect.stringContaining('exit code 0'),
  });
  expect(await problemOf('export default async () => process.exit(9);')).toMatchObject({
    code: 'E0716',
    message: expect.stringContaining('exit code 9'),
  });
  expect(await problemOf("export default async () => process.kill(process.pid, 'SIGSEGV');")).toMatchObject({
    code: 'E0704',
    message: "the stage's process was ended by the signal SIGSEGV",
  });
});

test('a heap that ran full is told from other ends', async () => {
  const unit = await rig.stage(
    'export default async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };',
    {
      env: { RIG: rig.mark, NODE_OPTIONS: '--max-old-space-size=40' },
    },
  );
  const { outcome } = await run(unit);
  expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'E0717' } });
});

test('a unit after a failed one has a new process', async () => {
  const unit = await rig.stage(`${NOTES_PID.replace('};', "if (context.params.fail) throw new Error('x'); };")}`, {
    params: { pids: rig.file('pids'), fail: true },
  });
  expect((await run(unit)).outcome.kind).toBe('failed');
  expect((await run({ ...unit, params: { pids: rig.file('pids') } })).outcome.kind).toBe('done');
  expect(rig.read('pids')).toMatch(/^\d+ 1\n\d+ 1\n$/);
});

test('progress comes through, at most ten times a second', async () => {
  const seen: Progress[] = [];
  const unit = await rig.stage(
    'export default async (c) => { for (let i = 1; i <= 1000; i++) c.progress(i, 1000, "images"); };',
  );
  const { seconds } = await run(unit, (progress) => seen.push(progress));
  expect(seen[0]).toEqual({ done: 1, total: 1000, unit: 'images' });
  expect(seen.length).toBeLessThanOrEqual(1 + seconds * 10);
});

test('a stage that looks at its signal may end in order', async () => {
  const stop = new AbortController();
  const unit = await rig.stage(
    `import fs from 'node:fs';
    export default (context) => new Promise((resolve) => {
      const timer = setInterval(() => {}, 1000);
      context.signal.addEventListener('abort', () => { console.log('tidied'); clearInterval(timer); resolve(); });
      fs.writeFileSync(context.params.up, '');
    });`,
    { params: { up: rig.file('up') } },
  );
  const running = executor.run(unit, () => {}, stop.signal);
  await untilFile(rig.file('up'));
  stop.abort();
  expect((await running).outcome).toEqual({ kind: 'cancelled' });
  expect(rig.read('log')).toBe('tidied\n');
  expect(rig.left()).toEqual([]);
});

test('a stage too busy to listen is gone after the time of grace, with what it started', async () => {
  executor = open({ graceMs: 50 });
  const stop = new AbortController();
  const unit = await rig.stage(
    `import fs from 'node:fs'; import { spawn } from 'node:child_process';
    export default async (context) => {
      spawn('sleep', ['1000'], { detached: true });
      fs.writeFileSync(context.params.up, '');
      for (;;);
    };`,
    { params: { up: rig.file('up') } },
  );
  const running = executor.run(unit, () => {}, stop.signal);
  await untilFile(rig.file('up'));
  stop.abort();
  expect((await running).outcome).toEqual({ kind: 'cancelled' });
  expect(rig.left()).toEqual([]);
});

test('a host that cannot be started is a problem', async () => {
  executor = openExecutor({ stateFolder: rig.file('state'), hostScript: rig.file('no-host.mjs'), root: rig.root });
  const { outcome } = await run(await rig.stage('export default async () => {};'));
  expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'E0716' } });
  expect(readFileSync(rig.file('log'), 'utf8')).toContain('no-host.mjs');
});
