/**
 * Optional backends, installed for real: the addon built against the TensorFlow of a Python, WebGPU on an emulated device.
 *
 * `PIPE_INSTALLED` names a folder to keep them in from one time to the next; without it, all goes to a temporary one.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { REPOSITORY, TestProject } from '../support/project.ts';

const TENSORFLOW = 'tensorflow-cpu==2.21.0';
/** Of Debian's package `chromium-common`. */
const EMULATED_DEVICE = '/usr/lib/chromium/vk_swiftshader_icd.json';

const IMAGES_OF_A_CLASS = 16;

const kept = process.env.PIPE_INSTALLED;
const folder = kept ?? fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-installed-'));
const python = path.join(folder, 'venv', 'bin', 'python');
const env = {
  PIPE_BACKENDS_FOLDER: path.join(folder, 'backends'),
  VK_ICD_FILENAMES: EMULATED_DEVICE,
  PIPE_BACKEND: undefined,
};

let project: TestProject;

beforeAll(() => {
  if (!fs.existsSync(EMULATED_DEVICE))
    throw new Error(`there is no ${EMULATED_DEVICE}: apt-get install chromium-common`);
  if (!fs.existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', path.join(folder, 'venv')], { stdio: 'inherit' });
    // Its libraries and headers are all that is wanted; Python itself never loads it.
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', TENSORFLOW], { stdio: 'inherit' });
  }
  project = new TestProject({
    'pipeline.yaml': `
stages:
  ingest: { uses: ingest, with: { source: plates } }
  split: { uses: split, from: ingest, with: { seed: 1 } }
  train: { uses: train, from: split, with: { epochs: 2, batchSize: 8, seed: 0, model: { filters: 4 } } }
`,
  });
  // Few images: the emulated device trains less than ten a second.
  for (const label of ['ok', 'defective']) {
    const images = path.join(REPOSITORY, 'examples/plates/data', label);
    fs.mkdirSync(project.path(`plates/${label}`), { recursive: true });
    for (const name of fs.readdirSync(images).slice(0, IMAGES_OF_A_CLASS))
      fs.copyFileSync(path.join(images, name), project.path(`plates/${label}/${name}`));
  }
});

afterAll(() => {
  project.destroy();
  if (kept === undefined) fs.rmSync(folder, { recursive: true, force: true });
});

test('the TensorFlow of a Python is built into a backend that passes its test', () => {
  const installed = project.pipe(['backend', 'install', 'tensorflow', '--python', python], env);
  expect(installed.stderr).toContain('building the addon against');
  expect(installed.stdout).toMatch(/^tensorflow is installed, [\d,.]+ images\/s on /);
  expect(installed.code).toBe(0);
});

test('WebGPU is installed and trains on an emulated device', () => {
  const installed = project.pipe(['backend', 'install', 'webgpu'], env);
  expect(installed.stdout).toMatch(/^webgpu is installed, [\d,.]+ images\/s on SwiftShader/);
  expect(installed.code).toBe(0);
});

test('a CUDA backend on a machine without a GPU is installed, and says that it finds none', () => {
  const installed = project.pipe(['backend', 'install', 'gpu', '--python', python], env);
  expect(installed.stderr).toContain('warning[E1158]: TensorFlow 2.21.0 lists no GPU');
  expect(installed.code).toBe(0);
});

test('the list knows them, and `auto` takes neither TensorFlow on the processor nor an emulated device', () => {
  const lines = project
    .pipe(['backend', '--json'], env)
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  expect(lines).toMatchObject([
    { name: 'gpu', usable: false, problem: { code: 'E1158' } },
    { name: 'tensorflow', usable: true, provenance: { version: '4.22.0', tensorflow: '2.21.0' }, isEmulated: false },
    { name: 'webgpu', usable: true, isEmulated: true },
    { name: 'wasm', usable: true },
    { name: 'cpu', usable: true },
    { chosen: 'wasm' },
  ]);
});

/** By column, epoch after epoch. */
function trainedOn(backend: string): Record<string, number[]> {
  const run = project.json(['run', '--force', '--backend', backend, 'train'], env);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  const records = fs
    .readdirSync(project.path('cache/actions'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => (JSON.parse(project.read(`cache/actions/${name}`)) as { record: JsonObject }).record);
  const record = records.find(({ stage }) => stage === 'train');
  expect(record?.provenance).toMatchObject({ backend: { name: backend } });
  const [heading = '', ...lines] = project.read('artifacts/main/train/history.csv').trim().split('\n');
  return Object.fromEntries(
    heading.split(',').map((name, column) => [name, lines.map((line) => Number(line.split(',')[column]))]),
  );
}

test('every backend comes to the same losses from the same seed, up to the rounding of single precision', () => {
  const reference = trainedOn('wasm');
  expect(reference.epoch).toEqual([1, 2]);
  for (const backend of ['tensorflow', 'webgpu']) {
    const found = trainedOn(backend);
    for (const column of Object.keys(reference).filter((name) => /loss/i.test(name))) {
      for (const [epoch, value] of (reference[column] ?? []).entries()) {
        const other = found[column]?.[epoch] ?? Number.NaN;
        expect(
          Math.abs(other - value) / Math.max(1, value),
          `${backend} ${column} ${epoch}: ${other}, ${value}`,
        ).toBeLessThan(2e-3);
      }
    }
  }
});
