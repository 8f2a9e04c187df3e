import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { numbersIn, readMetrics } from './metric-values.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'metrics-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

test('JSON, YAML and TOML are read by their endings', async () => {
  expect(await readMetrics(file('a.json', '{"loss": 0.5}'))).toEqual({ loss: 0.5 });
  expect(await readMetrics(file('a.yaml', 'loss: 0.5'))).toEqual({ loss: 0.5 });
  expect(await readMetrics(file('a.toml', 'loss = 0.5'))).toEqual({ loss: 0.5 });
});

test('what is not readable is no metric, and no failure', async () => {
  expect(await readMetrics(file('b.json', '{"loss": '))).toBeNull();
  expect(await readMetrics(path.join(folder, 'absent.json'))).toBeNull();
});

test('numbers are found by dotted path; lists and texts are not metrics', () => {
  expect(numbersIn({ a: { b: 1, c: 'x' }, d: [1, 2], e: 0 })).toEqual({ 'a.b': 1, e: 0 });
});

test('a number with its interval is one number', () => {
  const accuracy = { value: 0.96, low: 0.87, high: 0.99 };
  expect(numbersIn({ accuracy, bounds: { low: 1, high: 2 } })).toEqual({
    accuracy: 0.96,
    'bounds.low': 1,
    'bounds.high': 2,
  });
});
