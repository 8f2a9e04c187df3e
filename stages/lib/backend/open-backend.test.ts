import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chooseBackend, tryBackend } from './open-backend.ts';

let folder = '';

/** Optional backends lie in a folder of their own, so that what this machine has installed changes nothing. */
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-'));
  vi.stubEnv('PIPE_BACKENDS_FOLDER', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});

function install(backend: string, name: string, version: string, code: string): void {
  const place = path.join(folder, backend, 'node_modules', name);
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(path.join(place, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
  fs.writeFileSync(path.join(place, 'index.js'), code);
}

/** What `require('@tensorflow/tfjs-node-gpu')` does, on the kernels of nothing. */
const REGISTERS = `
  class Backend { isUsingGpuDevice = false; binding = { TF_Version: '2.9.1' }; setDataMover() {} dispose() {} }
  globalThis._tfengine.registerBackend('tensorflow', () => new Backend());`;

test('a backend that does not exist is refused, with those that do', async () => {
  await expect(chooseBackend('cuda', 1)).rejects.toMatchObject({
    code: 'E1150',
    message: expect.stringContaining('expected one of `auto`, `gpu`, `tensorflow`, `webgpu`, `wasm`, `cpu`'),
  });
});

test.each(['gpu', 'tensorflow', 'webgpu'] as const)(
  '`%s` that is not installed says how to install it',
  async (name) => {
    await expect(chooseBackend(name, 1)).rejects.toMatchObject({
      code: 'E1151',
      hint: `pipe backend install ${name}`,
    });
  },
);

test('packages of another version than tested are not loaded', async () => {
  install('tensorflow', '@tensorflow/tfjs-node', '4.21.0', 'throw new Error("loaded")');
  const tried = await tryBackend('tensorflow', 1);
  expect(tried).toMatchObject({
    ok: false,
    failure: { code: 'E1152', message: '`@tensorflow/tfjs-node` is 4.21.0, expected 4.22.0' },
  });
});

test('a package installed without its native addon says so', async () => {
  const message =
    'The Node.js native addon module (tfjs_binding.node) can not be found at path: lib/tfjs_binding.node.';
  install('tensorflow', '@tensorflow/tfjs-node', '4.22.0', `throw new Error(${JSON.stringify(message)})`);
  expect(await tryBackend('tensorflow', 1)).toMatchObject({
    ok: false,
    failure: { code: 'E1152', message: 'its native addon is missing: the package was installed without it' },
  });
});

test('an addon whose library is missing says which', async () => {
  const message = 'libtensorflow.so.2: cannot open shared object file: No such file or directory';
  install('tensorflow', '@tensorflow/tfjs-node', '4.22.0', `throw new Error(${JSON.stringify(message)})`);
  expect(await tryBackend('tensorflow', 1)).toMatchObject({
    ok: false,
    failure: { code: 'E1152', message: expect.stringContaining('libtensorflow.so.2: cannot open') },
  });
});

test('`auto` passes over a CUDA library that lists no GPU, and tells so beside the result', async () => {
  install('gpu', '@tensorflow/tfjs-node-gpu', '4.22.0', REGISTERS);
  expect(await tryBackend('gpu', 1)).toMatchObject({
    ok: false,
    failure: { code: 'E1158', hint: 'pipe backend install gpu --python python3' },
  });
  const backend = await chooseBackend('auto', 1);
  expect(backend.name).toBe('wasm');
  expect(tf.getBackend()).toBe('pipe-wasm');
  expect(backend.provenance).toMatchObject({
    name: 'wasm',
    threads: 1,
    passedOver: { gpu: 'TensorFlow 2.9.1 lists no GPU' },
  });
  tf.removeBackend('tensorflow');
});

test('`auto` says nothing of what is not installed', async () => {
  const { provenance } = await chooseBackend('auto', 2);
  expect(Object.keys(provenance)).not.toContain('passedOver');
});

test('a backend that fails its self-test is not used', async () => {
  expect(await tryBackend('cpu', 1)).toMatchObject({ ok: true });
  const own = tf.getKernel('MaxPoolGrad', 'cpu');
  tf.unregisterKernel('MaxPoolGrad', 'cpu');
  try {
    await expect(chooseBackend('cpu', 1)).rejects.toMatchObject({
      code: 'E1153',
      message: expect.stringContaining('the backend `cpu` cannot be used: a training step ends with'),
      hint: 'pipe run --backend wasm',
    });
  } finally {
    tf.registerKernel(own);
  }
});
