import { expect, test } from 'vitest';
import type { Probe } from '../backend/probe.ts';
import { problem } from '../base/problem.ts';
import { backendFooter, backendHeading, backendRow, speedText } from './backend-text.ts';
import { createPaint } from './paint.ts';
import { textWidth } from './text-width.ts';

const plain = createPaint(false);
const usable = { usable: true, isEmulated: false, imagesPerSecond: 1234.5 } as const;
const tensorflow: Probe = {
  ...usable,
  name: 'tensorflow',
  provenance: { device: `${'A Processor With A Long Name '.repeat(4)}`, tensorflow: '2.21.0' },
};

test('a backend is one row: how fast, on what', () => {
  const webgpu: Probe = { ...usable, name: 'webgpu', provenance: { device: 'SwiftShader' }, isEmulated: true };
  expect(backendHeading(plain) + backendRow(webgpu, 80, plain)).toBe(
    '  backend      images/s\n  webgpu          1,230  SwiftShader, emulated\n',
  );
});

test('one that cannot be used says why, and below it what to do, whole', () => {
  const hint = 'pipe backend install tensorflow --python python3   (fetches no native library)';
  const probe: Probe = { name: 'tensorflow', usable: false, problem: problem('E1151', 'not installed', { hint }) };
  expect(backendRow(probe, 60, plain)).toBe(
    `  tensorflow          -  not installed\n                         ${hint}\n`,
  );
});

test('rows fit the terminal, and what is shown cannot move its cursor', () => {
  for (const columns of [40, 80, 200]) {
    const [row = ''] = backendRow(tensorflow, columns, plain).split('\n');
    expect(textWidth(row)).toBeLessThanOrEqual(columns);
  }
  const odd: Probe = { name: 'gpu', usable: false, problem: problem('E1152', 'a\u001b[2J\nb') };
  expect(backendRow(odd, 80, plain)).toBe('  gpu                 -  a\\u001b[2J\\nb\n');
});

test('colours add and carry nothing', () => {
  const coloured = backendRow(tensorflow, 80, createPaint(true)) + backendHeading(createPaint(true));
  const bare = coloured.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '');
  expect(bare).toBe(backendRow(tensorflow, 80, plain) + backendHeading(plain));
});

test('speeds have the digits an estimate has', () => {
  expect([0.4867, 9.44, 10, 84.2, 245.8, 1805.9, 123456].map(speedText)).toEqual([
    '0.5',
    '9.4',
    '10',
    '84',
    '246',
    '1,810',
    '123,000',
  ]);
});

test('the last line says what stages use, and how to choose', () => {
  expect(backendFooter('wasm', false, 2)).toContain('stages use wasm; choose another: pipe run --backend NAME');
  expect(backendFooter('cpu', true, 2)).toContain('stages use cpu, as PIPE_BACKEND says');
  expect(backendFooter(null, false, 1)).toContain('no backend can be used');
});
