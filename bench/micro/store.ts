/**
 * How long storing and restoring many small files takes, and holding names.
 *
 *   npx esbuild bench/micro/store.ts --bundle --platform=node --format=esm --outfile=/tmp/store.mjs
 *   node /tmp/store.mjs FOLDER [FILES]
 *
 * FOLDER is made and removed. Peer: `cp -r` of the same files, which neither digests nor protects them.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openStore } from '../../src/store/open-store.ts';

const [folder = '', files = '100000'] = process.argv.slice(2);
const count = Number(files);
const root = path.resolve(folder);
const at = (place: string) => path.join(root, place);

async function time<T>(what: string, action: () => T | Promise<T>): Promise<T> {
  const begin = performance.now();
  const value = await action();
  process.stdout.write(`${what} ${Math.round(performance.now() - begin)} ms\n`);
  return value;
}

const bytes = Buffer.alloc(4096, 1);
for (let i = 0; i < count; i++) {
  if (i % 1000 === 0) fs.mkdirSync(at(`out/d${i / 1000}`), { recursive: true });
  bytes.writeUInt32LE(i);
  fs.writeFileSync(at(`out/d${Math.floor(i / 1000)}/image_${i}`), bytes);
}
await time(`cp -r of ${count} files`, () => execFileSync('cp', ['-r', at('out'), at('copied')]));
const store = openStore({ root: at('cache') });
const first = await time('stored first', () => store.adopt(at('out')));
if (!first.ok) throw new Error(first.failure.message);
await time('stored again, all links to objects (same process)', () => store.adopt(at('out')));
await time('stored again, all links to objects (new process)', () => openStore({ root: at('cache') }).adopt(at('out')));
await time('stored again, new files of equal bytes', () => store.adopt(at('copied')));
await time('has all objects', () => store.has(first.value));
await time('restored, every byte verified', () => store.materialise(first.value, at('restored')));
await time('1,000 names held and released', async () => {
  const { signal } = new AbortController();
  for (let i = 0; i < 1000; i++) (await store.hold([`key ${i}`], () => {}, signal)).release();
});
process.stdout.write(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`);
fs.rmSync(root, { recursive: true });
