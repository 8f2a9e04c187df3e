import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem } from '../base/problem.ts';
import { type InstallRequest, installBackend } from './install.ts';
import type { Probe, Prober } from './probe.ts';

let folder = '';
const said: string[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-'));
  said.length = 0;
  vi.stubEnv('PATH', `${path.join(folder, 'bin')}${path.delimiter}${process.env.PATH}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A program of that name, found before any other. */
function program(name: string, script: string): void {
  fs.mkdirSync(path.join(folder, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'bin', name), `#!/usr/bin/env node\n${script}`, { mode: 0o755 });
}

/** Installs what the package.json asks for, with this as each package's install script. */
function npmInstalls(installScript = ''): void {
  program(
    'npm',
    `const fs = require('fs');
    for (const name of Object.keys(JSON.parse(fs.readFileSync('package.json')).dependencies)) {
      fs.mkdirSync('node_modules/' + name + '/scripts', { recursive: true });
      fs.writeFileSync('node_modules/' + name + '/scripts/install.js', ${JSON.stringify(installScript)});
      fs.writeFileSync('node_modules/' + name + '/arguments', process.argv.slice(2).join(' '));
    }`,
  );
}

function pythonHas(files: readonly string[]): string {
  const place = path.join(folder, 'python', 'tensorflow');
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
    fs.writeFileSync(path.join(place, file), '');
  }
  program('python-of-test', `console.log(${JSON.stringify(JSON.stringify(files.length === 0 ? null : place))})`);
  return 'python-of-test';
}

const WHEEL = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/eager/c_api.h'];

function prober(answer: Partial<Probe> = {}): Prober {
  const usable = { usable: true, provenance: {}, isEmulated: false, imagesPerSecond: 1 } as const;
  return { probe: async (name) => ({ name, ...usable, ...answer }) as Probe, close() {} };
}

const unusable = (code: 'E1152' | 'E1158') => prober({ usable: false, problem: problem(code, 'no') });

function install(request: Partial<InstallRequest> = {}, probes = prober(), signal = new AbortController().signal) {
  const defaults: InstallRequest = {
    name: 'tensorflow',
    backends: path.join(folder, 'backends'),
    python: null,
    threads: 1,
    timeoutMs: 60_000,
    onStep: () => {},
    onFailure: (output) => said.push(output),
  };
  return installBackend({ ...defaults, ...request }, probes, signal);
}

const installed = () => fs.readdirSync(path.join(folder, 'backends'));

test('packages are fetched without their scripts, then the one script that is wanted runs', async () => {
  npmInstalls("require('fs').writeFileSync('ran', process.argv.slice(2).join(' '))");
  const result = await install({ name: 'gpu' });
  expect(result).toMatchObject({ ok: true, value: { folder: path.join(folder, 'backends', 'gpu') } });
  const place = path.join(folder, 'backends', 'gpu', 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  expect(fs.readFileSync(path.join(place, 'arguments'), 'utf8')).toContain('--ignore-scripts');
  expect(fs.readFileSync(path.join(place, 'ran'), 'utf8')).toBe('gpu download');
  expect(installed()).toEqual(['gpu']);
});

test('a package manager that says it is done and has installed nothing is not believed', async () => {
  program('npm', "console.log('up to date')");
  expect(await install()).toMatchObject({ ok: false, failure: { code: 'E1154' } });
  expect(said).toEqual(['up to date']);
  expect(installed()).toEqual([]);
});

test('a failure is told with the reason the package manager gives', async () => {
  program('npm', "console.error('npm error code E404\\nnpm error 404 Not Found'); process.exit(1)");
  expect(await install()).toMatchObject({
    ok: false,
    failure: { code: 'E1154', message: '`npm install` failed: npm error code E404' },
  });
});

test('a download that never ends is stopped, and all it started with it', async () => {
  const pidFile = path.join(folder, 'pid');
  npmInstalls(
    `const child = require('child_process').spawn('sleep', ['1000']);
    require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
    setInterval(() => {}, 1000);`,
  );
  // Stopped when the script has started its child, not after a time: the limit itself is a timer of Node's.
  const controller = new AbortController();
  const watcher = setInterval(() => {
    if (fs.existsSync(pidFile) && fs.readFileSync(pidFile, 'utf8') !== '') controller.abort();
  }, 5);
  expect(await install({}, prober(), controller.signal)).toMatchObject({ ok: false, failure: { code: 'E1154' } });
  clearInterval(watcher);
  const child = Number(fs.readFileSync(pidFile, 'utf8'));
  await vi.waitFor(() => expect(isRunning(child)).toBe(false), 10_000);
  expect(installed()).toEqual([]);
});

test('a step that takes longer than its time is told as that', async () => {
  program('npm', 'setInterval(() => {}, 1000)');
  expect(await install({ timeoutMs: 50 })).toMatchObject({
    ok: false,
    failure: { code: 'E1155', hint: 'give it more time: --timeout 3' },
  });
});

test('what does not load is not put in place, and what was there stays', async () => {
  npmInstalls();
  expect(await install()).toMatchObject({ ok: true });
  const marker = path.join(folder, 'backends', 'tensorflow', 'first');
  fs.writeFileSync(marker, '');
  expect(await install({}, unusable('E1152'))).toMatchObject({ ok: false, failure: { code: 'E1152' } });
  expect(fs.existsSync(marker)).toBe(true);
  expect(await install()).toMatchObject({ ok: true });
  expect(fs.existsSync(marker)).toBe(false);
  expect(installed()).toEqual(['tensorflow']);
});

test('what loads and finds no device here is installed all the same', async () => {
  npmInstalls();
  expect(await install({ name: 'webgpu' }, unusable('E1158'))).toMatchObject({
    ok: true,
    value: { probe: { usable: false } },
  });
  expect(installed()).toEqual(['webgpu']);
});

test('the addon is built against the libraries and headers of a Python, by arguments and no shell', async () => {
  npmInstalls('throw new Error("the install script ran")');
  program('compiler', "require('fs').writeFileSync('../../../arguments.json', JSON.stringify(process.argv.slice(2)))");
  vi.stubEnv('CXX', 'compiler');
  vi.stubEnv('HOME', folder);
  const onStep = vi.fn();
  const result = await install({ python: pythonHas(WHEEL), onStep });
  expect(result).toMatchObject({ ok: true });
  const place = path.join(folder, 'python', 'tensorflow');
  const args = JSON.parse(fs.readFileSync(path.join(folder, 'arguments.json'), 'utf8'));
  expect(args).toEqual(
    expect.arrayContaining([
      path.join(place, 'include'),
      '-l:libtensorflow_cc.so.2',
      `-Wl,${place}`,
      '-DNAPI_VERSION=8',
    ]),
  );
  expect(onStep.mock.calls.map(([text]) => text)).toContain(`building the addon against ${place}`);
});

test('a compiler that refuses is told with its first error, and one that is not there as that', async () => {
  npmInstalls();
  const python = pythonHas(WHEEL);
  program('compiler', "console.error('note\\na.cc:3:1: error: no such thing\\nmore'); process.exit(1)");
  vi.stubEnv('CXX', 'compiler');
  expect(await install({ python })).toMatchObject({
    ok: false,
    failure: { code: 'E1157', message: '`compiler` cannot build the addon: a.cc:3:1: error: no such thing' },
  });
  vi.stubEnv('CXX', 'no-such-compiler');
  expect(await install({ python })).toMatchObject({
    ok: false,
    failure: { code: 'E1157', hint: 'apt-get install g++' },
  });
});

test('a Python that is not there, has no TensorFlow or one without its libraries is found before anything is fetched', async () => {
  program('npm', 'throw new Error("npm ran")');
  for (const [python, message] of [
    ['no-such-python', 'there is no such program'],
    [pythonHas([]), 'has no TensorFlow'],
  ] as const) {
    expect(await install({ python })).toMatchObject({
      ok: false,
      failure: { code: 'E1156', message: expect.stringContaining(message) },
    });
  }
  expect(await install({ python: pythonHas(WHEEL.slice(0, 2)) })).toMatchObject({
    ok: false,
    failure: { code: 'E1156', message: expect.stringContaining('comes without `include/tensorflow/c/eager/c_api.h`') },
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
