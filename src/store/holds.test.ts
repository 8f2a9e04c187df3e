import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundleChild, type Child, start } from './child-rig.ts';
import { Holds } from './holds.ts';
import { newToken } from './process-identity.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'holds-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const holds = () => new Holds(path.join(folder, 'locks'));

/** Leaves a lock as another process would have it; returns the lock's file. */
async function plantHolding(name: string, token: string): Promise<string> {
  const hold = await holds().hold([name], () => {}, never);
  const lock = lockFiles()[0] as string;
  hold.release();
  fs.writeFileSync(lock, token);
  return lock;
}

function lockFiles(): string[] {
  const names = fs.readdirSync(path.join(folder, 'locks'));
  return names.filter((name) => !name.startsWith('own.')).map((name) => path.join(folder, 'locks', name));
}

test('eight processes that take one name, and are killed at random moments, are never two inside', async () => {
  const script = bundleChild('holds.child.ts', folder);
  const started = () => start(script, [folder, '1000']);
  const children: Child[] = Array.from({ length: 8 }, started);
  const rounds = () => (fs.existsSync(path.join(folder, 'rounds')) ? fs.statSync(path.join(folder, 'rounds')).size : 0);
  let kills = 0;
  while (kills < 16) {
    const before = rounds();
    while (rounds() < before + 1 + (kills % 5)) await new Promise((resolve) => setTimeout(resolve, 2));
    const victim = children[kills % 8] as Child;
    victim.process.kill('SIGKILL');
    await victim.ended;
    children[kills % 8] = started();
    kills++;
  }
  for (const child of children) child.process.kill('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
  expect(
    fs.existsSync(path.join(folder, 'violations')) ? fs.readFileSync(path.join(folder, 'violations'), 'utf8') : '',
  ).toBe('');
  const after = await holds().hold(['the name'], () => {}, never);
  after.release();
}, 60_000);

test('two tasks of one process wait for each other, and the second is told once', async () => {
  const all = holds();
  const first = await all.hold(['b', 'a'], () => {}, never);
  const told: string[] = [];
  let isSecondIn = false;
  const second = all
    .hold(['a', 'b'], (name) => told.push(name), never)
    .then((hold) => {
      isSecondIn = true;
      return hold;
    });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isSecondIn).toBe(false);
  first.release();
  (await second).release();
  expect(told).toEqual(['a']);
});

test('two stores on one folder exclude each other as two processes do', async () => {
  const first = await holds().hold(['x'], () => {}, never);
  const told: string[] = [];
  const second = holds().hold(['x'], (name) => told.push(name), never);
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  first.release();
  (await second).release();
  expect(told).toEqual(['x']);
});

test('waiting ends when it is aborted, and what was taken until then is free again', async () => {
  const all = holds();
  const held = await all.hold(['z'], () => {}, never);
  const stop = new AbortController();
  const waiting = all.hold(['a', 'z'], () => stop.abort(new Error('stopped')), stop.signal);
  await expect(waiting).rejects.toThrow('stopped');
  (await all.hold(['a'], () => {}, never)).release();
  held.release();
  expect(lockFiles()).toEqual([]);
});

test('names that differ do not wait for each other', async () => {
  const all = holds();
  const both = await Promise.all([all.hold(['a'], () => {}, never), all.hold(['b'], () => {}, never)]);
  for (const hold of both) hold.release();
});

test('a name whose holder is dead is free at once', async () => {
  await plantHolding('x', newToken().replace(/^\d+\.\d+/, '1.999'));
  const told: string[] = [];
  (await holds().hold(['x'], (name) => told.push(name), never)).release();
  expect(told).toEqual([]);
});

test('a holder on another machine is believed while it shows life, and not for ever', async () => {
  const lock = await plantHolding('x', '1.1.elsewhere.0');
  const told: string[] = [];
  const stop = new AbortController();
  const waiting = holds().hold(['x'], (name) => told.push(name), stop.signal);
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const long = Date.now() / 1000 - 3600;
  fs.utimesSync(lock, long, long);
  (await waiting).release();
});
