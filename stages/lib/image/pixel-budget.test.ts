import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { PixelBudget } from './pixel-budget.ts';

test('images of several threads are in work at once only as far as their pixels fit together', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'budget-'));
  const script = path.join(folder, 'worker.mjs');
  await build({
    stdin: {
      contents: `
        import { parentPort, workerData } from 'node:worker_threads';
        import { PixelBudget } from './pixel-budget.ts';
        void new PixelBudget(10, workerData.pixels).within(8, () => {
          parentPort.postMessage('holds 8');
          Atomics.wait(workerData.done, 0, 0);
          Atomics.wait(workerData.done, 0, 1, 50);
          Atomics.store(workerData.done, 0, 2);
        });`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const [pixels, done] = [0, 1].map(() => new Int32Array(new SharedArrayBuffer(4))) as [Int32Array, Int32Array];
  const worker = new Worker(script, { workerData: { pixels, done } });
  await new Promise((resolve) => worker.once('message', resolve));
  const budget = new PixelBudget(10, pixels);
  expect(await budget.within(2, () => done[0])).toBe(0);
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
  expect(await budget.within(3, () => done[0])).toBe(2);
  expect(pixels[0]).toBe(0);
  await worker.terminate();
  fs.rmSync(folder, { recursive: true });
});
