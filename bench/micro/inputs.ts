/**
 * How long looking at inputs takes, beside `find -printf` in the same run.
 *
 *   npx esbuild bench/micro/inputs.ts --bundle --platform=node --format=esm --outfile=/tmp/inputs.mjs
 *   npx esbuild src/inputs/scan-worker.ts --bundle --platform=node --format=cjs --outfile=/tmp/scan-worker.cjs
 *   node /tmp/inputs.mjs FOLDER /tmp/scan-worker.cjs [FILES]
 *
 * FOLDER is made and removed. Every figure is the median of five, in milliseconds; `find` runs before each.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../../src/base/paths.ts';
import { openInputReader } from '../../src/inputs/input-reader.ts';
import { scanPool } from '../../src/inputs/scan-pool.ts';
import { sharedTreeSignature } from '../../src/inputs/shared-signature.ts';
import { treeSignature } from '../../src/inputs/signature.ts';

const [folder = '', workerScript = '', files = '100000'] = process.argv.slice(2);
const count = Number(files);
const root = path.resolve(folder);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function time(action: () => unknown): Promise<number> {
  const begin = performance.now();
  await action();
  return performance.now() - begin;
}

async function median(action: () => unknown): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < 5; i++) all.push(await time(action));
  return all.sort((a, b) => a - b)[2] ?? 0;
}

function make(place: string, perFolder: number): void {
  const bytes = Buffer.alloc(4096, 1);
  for (let i = 0; i < count; i++) {
    const inner = path.join(root, place, perFolder === 0 ? '' : `d${Math.floor(i / perFolder)}`);
    if (perFolder === 0 ? i === 0 : i % perFolder === 0) fs.mkdirSync(inner, { recursive: true });
    bytes.writeUInt32LE(i);
    fs.writeFileSync(path.join(inner, `image_${i}.jpg`), bytes);
  }
}

async function read(place: string, threads: number): Promise<void> {
  const reader = openInputReader({ root, stateFolder: path.join(root, 'state'), ignore: null, threads, workerScript });
  const answer = await reader.read(place as ProjectPath);
  if (!answer.ok) throw new Error(answer.failure.message);
  reader.save();
}

const round = (value: number) => Math.round(value);
for (const [place, perFolder] of [
  ['flat', 0],
  ['nested', 1000],
] as const) {
  make(place, perFolder);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const first = await time(() => read(place, 2));
  const changed = path.join(root, place, perFolder === 0 ? '' : 'd3', `image_${perFolder === 0 ? 5 : 3005}.jpg`);
  const top = path.join(root, place);
  const find = await median(() => execFileSync('find', [top, '-printf', '%s %T@\n'], { maxBuffer: 1e9 }));
  for (const threads of [1, 2]) {
    const unchanged = await median(() => read(place, threads));
    const one = await median(async () => {
      fs.writeFileSync(changed, `${Math.random()}`);
      await read(place, threads);
    });
    const sign = await median(() =>
      threads === 1 ? treeSignature(top, null) : sharedTreeSignature(top, scanPool(workerScript, 2)),
    );
    say(
      `${place} ${count} files, ${threads} thread(s): find ${round(find)}, first ${round(first)}, unchanged ${round(unchanged)} ` +
        `(${(unchanged / find).toFixed(2)} of find), one changed ${round(one)} (${(one / unchanged).toFixed(2)} of unchanged), signature ${round(sign)}`,
    );
  }
  say(`peak memory ${round(process.resourceUsage().maxRSS / 1024)} MiB`);
  fs.rmSync(top, { recursive: true });
}
fs.rmSync(root, { recursive: true });
