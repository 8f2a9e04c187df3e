import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StageError } from '../../../src/sdk/index.ts';
import { mapImages } from '../map-images.ts';
import { type PoolWork, type RunJob, withPool } from './pool.ts';

interface Job {
  readonly value: number;
  readonly busyMs: number;
  readonly bytes?: Uint8Array;
}
interface Result {
  readonly square: number;
  readonly isMain: boolean;
  readonly bytes: Uint8Array;
}

const RUN = `
  import { isMainThread } from 'node:worker_threads';
  import { StageError } from '${path.join(import.meta.dirname, '../../../src/sdk/stage-error.ts')}';
  export function run({ value, busyMs, bytes }) {
    for (const until = performance.now() + busyMs; performance.now() < until; );
    if (value === 13 && !isMainThread) throw new StageError('it is thirteen', { code: 'E0805', hint: 'take 14' });
    if (value === 666) process.exit(1);
    return { square: value * value, isMain: isMainThread, bytes: bytes ?? new Uint8Array(8).fill(value) };
  }
`;
let folder = '';
let work: PoolWork<Job, Result>;

/** Bundled, as the runner does it: from their sources threads do not start. */
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pool-'));
  const serve = path.join(import.meta.dirname, 'serve-jobs.ts');
  const entries = { worker: `${RUN} import { serveJobs } from '${serve}'; serveJobs(run);`, run: RUN };
  for (const [name, contents] of Object.entries(entries)) {
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      outfile: path.join(folder, `${name}.mjs`),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  }
  const { run } = (await import(path.join(folder, 'run.mjs'))) as { run: (job: Job) => Result };
  work = { run, script: pathToFileURL(path.join(folder, 'worker.mjs')) };
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const map = (threads: number, jobs: readonly Job[], signal = new AbortController().signal): Promise<Result[]> =>
  withPool({ threads }, work, (run) => mapImages({ threads, signal, progress() {} }, jobs, run));
const jobs = (count: number, busyMs: number): Job[] =>
  Array.from({ length: count }, (_, i) => ({ value: i + 1000, busyMs }));
const SLOW = jobs(150, 5);

async function untilThreads(run: RunJob<Job, Result>): Promise<void> {
  while ((await run({ value: 1, busyMs: 5 })).isMain) await new Promise((resolve) => setImmediate(resolve));
}

test('results are the same and in order with any number of threads', async () => {
  const alone = await map(1, SLOW);
  const many = await map(3, SLOW);
  expect(alone.every(({ isMain }) => isMain)).toBe(true);
  expect(many.some(({ isMain }) => !isMain)).toBe(true);
  const plain = (results: Result[]) => results.map(({ square, bytes }) => [square, ...bytes]);
  expect(plain(many)).toEqual(plain(alone));
});

test('a few quick jobs start no thread', async () => {
  expect((await map(4, jobs(8, 0))).every(({ isMain }) => isMain)).toBe(true);
});

test('one thread has one image in work', async () => {
  let [now, most] = [0, 0];
  const counted: PoolWork<number, number> = {
    ...work,
    async run(value) {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      if (value === 5) throw new Error('damaged');
      return value;
    },
  };
  const done = await withPool({ threads: 1 }, counted, (run) =>
    Promise.allSettled([1, 2, 3, 4, 5, 6].map((value) => run(value))),
  );
  expect(done.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, true, false, true]);
  expect(most).toBe(1);
});

test('an error of a job comes back as what it was, and the thread goes on', async () => {
  const outcomes = await withPool({ threads: 2 }, work, async (run) => {
    await untilThreads(run);
    return [await run({ value: 13, busyMs: 0 }).catch((error: unknown) => error), await run({ value: 3, busyMs: 0 })];
  });
  expect(outcomes[0]).toBeInstanceOf(StageError);
  expect(outcomes[0]).toMatchObject({ message: 'it is thirteen', code: 'E0805', hint: 'take 14' });
  expect(outcomes[1]).toMatchObject({ square: 9, isMain: false });
});

test('pixels go over without being copied, and come back', async () => {
  await withPool({ threads: 2 }, work, async (run) => {
    await untilThreads(run);
    const bytes = Uint8Array.of(1, 2, 3);
    const { bytes: returned } = await run({ value: 1, busyMs: 0, bytes });
    expect([bytes.length, ...returned]).toEqual([0, 1, 2, 3]);
    const part = new Uint8Array([4, 5, 6]).subarray(1);
    await run({ value: 1, busyMs: 0, bytes: part });
    expect([...part]).toEqual([5, 6]);
  });
});

test('a thread that ends in the middle of its work fails the stage instead of hanging it', async () => {
  const all = [...SLOW, { value: 666, busyMs: 0 }, ...jobs(20, 5)];
  await expect(map(2, all)).rejects.toThrow('a thread that works on images ended before it was done');
});

test('a thread that cannot be started fails the stage', async () => {
  const nowhere = { ...work, script: new URL('missing.mjs', work.script) };
  const done = withPool({ threads: 2 }, nowhere, (run) =>
    mapImages({ threads: 2, signal: new AbortController().signal, progress() {} }, jobs(1000, 5), run),
  );
  await expect(done).rejects.toThrow('missing.mjs');
});

test('an interruption ends the threads', async () => {
  const controller = new AbortController();
  const done = map(2, jobs(100_000, 1), controller.signal);
  setTimeout(() => controller.abort(new Error('interrupted')), 300);
  await expect(done).rejects.toThrow('interrupted');
});
