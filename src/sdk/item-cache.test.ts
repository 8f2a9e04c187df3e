import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openItemCache } from './item-cache.ts';
import { RECORD_BYTES } from './item-shard.ts';

let root: string;
let folder: string;
let objects: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'items-'));
  folder = path.join(root, 'items');
  objects = path.join(root, 'objects');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** Asks a freshly opened cache for items and says which of them had to be computed. */
async function ask(keys: readonly string[]): Promise<{ results: string[]; computed: string[] }> {
  const cache = openItemCache(folder, objects);
  const computed: string[] = [];
  const results: string[] = [];
  for (const key of keys) {
    const bytes = await cache.bytes({ key }, () => {
      computed.push(key);
      return Buffer.from(`result of ${key}`);
    });
    results.push(text(bytes));
  }
  cache.close();
  return { results, computed };
}

function shardFile(suffix: string): string {
  const name = fs.readdirSync(folder).find((each) => each.endsWith(suffix));
  if (name === undefined) throw new Error(`no ${suffix} in ${folder}`);
  return path.join(folder, name);
}

test('an item is computed once, also across openings', async () => {
  expect((await ask(['a', 'b'])).computed).toEqual(['a', 'b']);
  const again = await ask(['a', 'b', 'c']);
  expect(again.computed).toEqual(['c']);
  expect(again.results).toEqual(['result of a', 'result of b', 'result of c']);
});

test('an empty result is a result', async () => {
  const first = openItemCache(folder, objects);
  await first.bytes('empty', () => new Uint8Array(0));
  first.close();
  const second = openItemCache(folder, objects);
  const bytes = await second.bytes('empty', () => Buffer.from('computed again'));
  second.close();
  expect(bytes.length).toBe(0);
});

test('a torn record at the end is ignored and the items before it are kept', async () => {
  await ask(['a', 'b', 'c']);
  fs.truncateSync(shardFile('.index'), RECORD_BYTES * 3 - 10);
  expect((await ask(['a', 'b', 'c'])).computed).toEqual(['c']);
});

test('a result cut short or changed on disk is computed again, never served', async () => {
  await ask(['a', 'b', 'c']);
  const data = shardFile('.data');
  const bytes = fs.readFileSync(data);
  bytes[0] = (bytes[0] as number) ^ 1;
  fs.writeFileSync(data, bytes.subarray(0, bytes.length - 1));
  const again = await ask(['a', 'b', 'c']);
  expect(again.computed).toEqual(['a', 'c']);
  expect(again.results).toEqual(['result of a', 'result of b', 'result of c']);
  expect((await ask(['a', 'b', 'c'])).computed).toEqual([]);
});

test('a record with damaged fields is ignored', async () => {
  await ask(['a']);
  const index = shardFile('.index');
  const bytes = fs.readFileSync(index);
  bytes[16] = (bytes[16] as number) + 1;
  fs.writeFileSync(index, bytes);
  expect((await ask(['a'])).computed).toEqual(['a']);
});

test('keys are compared by value: 1 is not "1", and the order of members does not matter', async () => {
  const cache = openItemCache(folder, objects);
  const made: string[] = [];
  const make = (name: string) => () => {
    made.push(name);
    return Buffer.from(name);
  };
  await cache.bytes({ a: 1, b: 2 }, make('number'));
  await cache.bytes({ b: 2, a: 1 }, make('same'));
  await cache.bytes({ a: '1', b: 2 }, make('string'));
  cache.close();
  expect(made).toEqual(['number', 'string']);
});

test('a file result is linked to its target, with its digest, and not computed again', async () => {
  const compute = () => Buffer.from('picture');
  const first = openItemCache(folder, objects);
  const digest = await first.file('key', path.join(root, 'one'), compute);
  first.close();
  const second = openItemCache(folder, objects);
  const again = await second.file('key', path.join(root, 'two'), () => Buffer.from('another picture'));
  second.close();
  expect(again).toBe(digest);
  expect(fs.readFileSync(path.join(root, 'two'), 'utf8')).toBe('picture');
  expect(fs.statSync(path.join(root, 'two')).ino).toBe(fs.statSync(path.join(root, 'one')).ino);
  expect(fs.statSync(path.join(root, 'two')).mode & 0o222).toBe(0);
});

test('a kept file whose bytes were changed, size and times kept, is made anew', async () => {
  const first = openItemCache(folder, objects);
  await first.file('key', path.join(root, 'one'), () => Buffer.from('picture'));
  first.close();
  const kept = path.join(root, 'one');
  const { atime, mtime } = fs.statSync(kept);
  fs.chmodSync(kept, 0o644);
  fs.writeFileSync(kept, 'PICTURE');
  fs.utimesSync(kept, atime, mtime);
  const second = openItemCache(folder, objects);
  await second.file('key', path.join(root, 'two'), () => Buffer.from('picture'));
  second.close();
  expect(fs.readFileSync(path.join(root, 'two'), 'utf8')).toBe('picture');
});

test('a file result is the object of its digest, and one that is no longer there is made again', async () => {
  const first = openItemCache(folder, objects);
  const digest = await first.file('key', path.join(root, 'one'), () => Buffer.from('picture'));
  first.close();
  const object = path.join(objects, digest.slice(0, 2), digest.slice(2));
  expect(fs.statSync(object).ino).toBe(fs.statSync(path.join(root, 'one')).ino);
  fs.rmSync(object);
  const second = openItemCache(folder, objects);
  await second.file('key', path.join(root, 'two'), () => Buffer.from('picture'));
  second.close();
  expect(fs.readFileSync(object, 'utf8')).toBe('picture');
});

test('two items with equal bytes share one file', async () => {
  const cache = openItemCache(folder, objects);
  await cache.file('a', path.join(root, 'one'), () => Buffer.from('same'));
  await cache.file('b', path.join(root, 'two'), () => Buffer.from('same'));
  cache.close();
  expect(fs.statSync(path.join(root, 'one')).ino).toBe(fs.statSync(path.join(root, 'two')).ino);
});

test('an item whose computation fails is not remembered', async () => {
  const cache = openItemCache(folder, objects);
  await expect(
    cache.bytes('key', () => {
      throw new Error('unreadable');
    }),
  ).rejects.toThrow('unreadable');
  expect(text(await cache.bytes('key', () => Buffer.from('now')))).toBe('now');
  cache.close();
});

test('what a process finished before kill -9 is there for the next one', async () => {
  const program = path.join(root, 'program.mjs');
  buildSync({
    stdin: {
      contents: `
        import fs from 'node:fs';
        import { openItemCache } from './item-cache.ts';
        const cache = openItemCache(${JSON.stringify(folder)}, ${JSON.stringify(objects)});
        for (let i = 0; ; i++) {
          await cache.bytes({ key: String(i) }, () => Buffer.from('result of ' + i));
          if (i === 50) fs.writeSync(1, 'fifty');
        }`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: program,
  });
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  child.kill('SIGKILL');
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  const keys = Array.from({ length: 51 }, (_, i) => String(i));
  expect((await ask(keys)).computed).toEqual([]);
});

test('two caches open on one folder at the same time do not disturb each other', async () => {
  const one = openItemCache(folder, objects);
  const two = openItemCache(folder, objects);
  for (let i = 0; i < 20; i++) {
    await one.bytes({ key: `one ${i}` }, () => Buffer.from(`result of one ${i}`));
    await two.bytes({ key: `two ${i}` }, () => Buffer.from(`result of two ${i}`));
  }
  one.close();
  two.close();
  const keys = Array.from({ length: 20 }, (_, i) => [`one ${i}`, `two ${i}`]).flat();
  const again = await ask(keys);
  expect(again.computed).toEqual([]);
  expect(again.results).toEqual(keys.map((key) => `result of ${key}`));
});
