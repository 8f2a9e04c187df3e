import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createContext } from './create-context.ts';
import type { HostMessage, RunMessage } from './protocol.ts';

function message(root: string): RunMessage {
  return {
    type: 'run',
    bundle: 'unused.mjs',
    params: { epochs: 3 },
    inputs: { dataset: '/in' },
    outputs: { model: '/out' },
    items: path.join(root, 'items/scope'),
    checkpoints: path.join(root, 'checkpoints'),
    threads: 2,
  };
}

test('the last note and every provenance entry are in the result', () => {
  const hosted = createContext(message(os.tmpdir()), () => {});
  hosted.context.note('first');
  hosted.context.note('kept 166 of 170 images');
  hosted.context.provenance('backend', 'wasm');
  expect(hosted.result()).toEqual({ note: 'kept 166 of 170 images', provenance: { backend: 'wasm' } });
  hosted.close();
});

test('a burst of progress sends one message', () => {
  const sent: HostMessage[] = [];
  const hosted = createContext(message(os.tmpdir()), (each) => sent.push(each));
  for (let done = 1; done <= 50; done++) hosted.context.progress(done, 50, 'images');
  expect(sent[0]).toEqual({ type: 'progress', done: 1, total: 50, unit: 'images' });
  expect(sent.length).toBeLessThan(50);
  hosted.close();
});

test('abort reaches the signal of the stage', () => {
  const hosted = createContext(message(os.tmpdir()), () => {});
  expect(hosted.context.signal.aborted).toBe(false);
  hosted.abort();
  expect(hosted.context.signal.aborted).toBe(true);
  hosted.close();
});

test('a folder for items or checkpoints is made when it is first asked for', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'context-'));
  const { context, close } = createContext(message(root), () => {});
  expect(fs.readdirSync(root)).toEqual([]);
  expect(fs.existsSync(context.checkpoints)).toBe(true);
  await context.items.bytes('key', () => Buffer.from('result'));
  expect(fs.readdirSync(root).sort()).toEqual(['checkpoints', 'items']);
  close();
  fs.rmSync(root, { recursive: true });
});

test('items of equal params are one cache, however often a stage asks for them', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'context-'));
  const { context, close } = createContext(message(root), () => {});
  expect(context.itemsFor({ a: 1, b: 2 })).toBe(context.itemsFor({ b: 2, a: 1 }));
  expect(context.itemsFor({ a: 1 })).not.toBe(context.itemsFor({ a: 2 }));
  close();
  fs.rmSync(root, { recursive: true });
});
