import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCodeReader } from '../code/open-code-reader.ts';
import { openProber, type Prober } from './probe.ts';

const PACKAGE_ROOT = path.resolve(import.meta.dirname, '../..');
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-'));
let prober: Prober;

beforeAll(async () => {
  prober = await openProber(root, PACKAGE_ROOT);
});

afterAll(() => {
  prober.close();
  fs.rmSync(root, { recursive: true, force: true });
});

/** What `require('@tensorflow/tfjs-node')` does in a project. */
function install(code: string): void {
  const place = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(
    path.join(place, 'package.json'),
    JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0' }),
  );
  fs.writeFileSync(path.join(place, 'index.js'), code);
}

const never = new AbortController().signal;
const probe = (timeoutMs = 60_000, signal = never) =>
  prober.probe('tensorflow', { threads: 1, timeoutMs, measure: false, folder: path.join(root, 'none') }, signal);

test('a backend that is usable is told with what a stage records of it', async () => {
  const found = await prober.probe('cpu', { threads: 3, timeoutMs: 60_000, measure: false }, never);
  expect(found).toMatchObject({
    usable: true,
    provenance: { name: 'cpu', version: '4.22.0', threads: 3 },
    isEmulated: false,
    imagesPerSecond: null,
  });
});

test('a library that crashes takes nothing with it', async () => {
  install("process.kill(process.pid, 'SIGSEGV')");
  expect(await probe()).toMatchObject({
    usable: false,
    problem: { code: 'E1152', message: 'its process ended with signal SIGSEGV' },
  });
});

test('a library that ends the process is told with its last words', async () => {
  install("require('fs').writeSync(2, 'first\\ncudart is missing\\n'); process.exit(3)");
  expect(await probe()).toMatchObject({
    problem: { code: 'E1152', message: 'its process ended with exit code 3: cudart is missing' },
  });
});

test('a library that hangs is stopped, and so is one when the command is interrupted', async () => {
  install('while (true);');
  expect(await probe(1000)).toMatchObject({ problem: { code: 'E1152', message: 'no answer after 1 s' } });
  const interrupted = new AbortController();
  interrupted.abort();
  expect(await probe(60_000, interrupted.signal)).toMatchObject({ usable: false });
});

test('what is installed does not enter the digest of a stage that may use it', async () => {
  const site = { root, packageRoot: PACKAGE_ROOT };
  const entry = path.join(PACKAGE_ROOT, 'stages/train/index.ts');
  const read = async (state: string) => {
    const code = await openCodeReader({ ...site, stateFolder: path.join(root, state) }).read(entry);
    if (!code.ok) throw new Error(code.failure.message);
    return { modules: code.value.modules, packages: code.value.packages };
  };
  fs.rmSync(path.join(root, 'node_modules'), { recursive: true, force: true });
  const without = await read('without');
  install('module.exports = {}');
  expect(await read('with')).toEqual(without);
  expect(Object.keys(without.packages)).toContain('@tensorflow/tfjs-core');
  expect(Object.keys(without.packages)).not.toContain('@tensorflow/tfjs-node');
});
