import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeStarterFiles } from './init.ts';
import { STARTER_FILES } from './starter-files.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'init-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder });

test('an empty folder gets a pipeline whose programs work, the same each time', () => {
  expect(writeStarterFiles(folder)).toEqual({ ok: true, value: Object.keys(STARTER_FILES) });
  const points = () => {
    node('scripts/points.mjs', '200', '0.5', '1');
    return readFileSync(path.join(folder, 'points.csv'), 'utf8');
  };
  expect(points()).toBe(points());
  node('scripts/fit.mjs');
  node('scripts/score.mjs');
  const { slope, meanError } = JSON.parse(readFileSync(path.join(folder, 'metrics.json'), 'utf8'));
  expect(slope).toBeCloseTo(3, 1);
  expect(meanError).toBeGreaterThan(0);
  expect(meanError).toBeLessThan(0.25);
});

test('every dependency of the pipeline is written or made by a stage', () => {
  const { stages } = parse(STARTER_FILES['pipeline.yaml'] ?? '') as {
    stages: Record<string, { deps: string[]; outs?: string[]; metrics?: string[] }>;
  };
  const made = Object.values(stages).flatMap(({ outs = [], metrics = [] }) => [...outs, ...metrics]);
  for (const { deps } of Object.values(stages))
    for (const each of deps) expect([...made, ...Object.keys(STARTER_FILES)]).toContain(each);
  for (const each of made) expect(STARTER_FILES['.gitignore']).toContain(each);
});

test('E0907: a folder that holds a pipeline is left as it is', () => {
  writeFileSync(path.join(folder, 'dvc.yaml'), 'stages: {}\n');
  expect(writeStarterFiles(folder)).toMatchObject({
    ok: false,
    failure: [{ code: 'E0907', hint: 'pipe run --file dvc.yaml' }],
  });
  expect(existsSync(path.join(folder, 'pipeline.yaml'))).toBe(false);
});

test('a file that is already there keeps its text', () => {
  writeFileSync(path.join(folder, '.gitignore'), 'mine\n');
  const written = writeStarterFiles(folder);
  expect(written.ok && written.value.includes('.gitignore')).toBe(false);
  expect(readFileSync(path.join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
});
