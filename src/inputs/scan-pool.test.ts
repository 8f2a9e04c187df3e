import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestBytes } from '../base/digest.ts';
import type { ProjectPath } from '../base/paths.ts';
import { LARGE_FILE_BYTES } from './hash-file.ts';
import { openInputReader } from './input-reader.ts';
import { SHARE_FROM_ENTRIES, scanPool } from './scan-pool.ts';
import { bundleScanWorker } from './worker-rig.ts';

let root: string;
let workerScript: string;
beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pool-')));
  workerScript = bundleScanWorker(root);
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

test('a folder so large that threads share it has the digest one thread gives', async () => {
  fs.mkdirSync(path.join(root, 'many/deep'), { recursive: true });
  for (let i = 0; i < SHARE_FROM_ENTRIES + 10; i++)
    fs.writeFileSync(path.join(root, i % 2 ? 'many' : 'many/deep', `${i}`), '');
  const read = async (threads: number) => {
    const stateFolder = path.join(root, `state${threads}`);
    const answer = await openInputReader({ root, stateFolder, ignore: null, threads, workerScript }).read(
      'many' as ProjectPath,
    );
    return answer.ok ? answer.value : answer.failure;
  };
  const alone = await read(1);
  expect(alone).toMatchObject({ kind: 'folder', files: SHARE_FROM_ENTRIES + 10 });
  expect(await read(2)).toEqual(alone);
});

test('large files are digested by other threads, several at once, with their errors', async () => {
  const bytes = Buffer.alloc(LARGE_FILE_BYTES + 5, 7);
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(path.join(root, name), bytes);
  const pool = scanPool(workerScript, 2);
  const digests = await Promise.all(['a', 'b', 'c'].map((name) => pool.hash(path.join(root, name))));
  expect(digests.map((each) => each.toString('hex'))).toEqual(Array(3).fill(digestBytes(bytes)));
  await expect(pool.hash(path.join(root, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('large files are digested by another thread even where only one may be busy, so that events are served', async () => {
  fs.writeFileSync(path.join(root, 'sparse'), '');
  fs.truncateSync(path.join(root, 'sparse'), 300 * 1024 * 1024);
  let served = 0;
  const ticks = setInterval(() => served++, 1);
  await scanPool(workerScript, 1).hash(path.join(root, 'sparse'));
  clearInterval(ticks);
  expect(served).toBeGreaterThan(1);
});

test('a worker script that is not there, or does not start, costs speed and nothing else', async () => {
  const broken = path.join(root, 'broken.cjs');
  fs.writeFileSync(broken, 'throw new Error("does not start")');
  fs.writeFileSync(path.join(root, 'small'), 'x');
  for (const script of [path.join(root, 'missing.cjs'), broken]) {
    const digest = await scanPool(script, 2).hash(path.join(root, 'small'));
    expect(digest.toString('hex')).toBe(digestBytes('x'));
  }
});
