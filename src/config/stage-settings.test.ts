import { expect, test } from 'vitest';
import { memoryBytes } from './stage-settings.ts';
import { briefs, load, stage } from './test-project.ts';

const one = (fields: string) => `params: {n: 2, half: 0.5, gb: 3GB}\nstages: {a: {cmd: x, ${fields}}}`;

test('env passes variables through or gives them values', () => {
  const project = load(one('env: {A: , B: fixed, C: 1, D: true, E: "v${n}"}'), {
    environment: { A: 'here', B: 'not this' },
  });
  expect(stage(project, 'a').env).toEqual({ A: 'here', B: 'fixed', C: '1', D: 'true', E: 'v2' });
  expect(project.environment).toEqual(['A']);
});

test('a variable that is not set is null, whatever objects bring with them', () => {
  expect(stage(load(one('env: [NOPE]'), { environment: {} }), 'a').env).toEqual({ NOPE: null });
});

test('what is no name of a variable is refused (E0201)', () => {
  expect(briefs(one('env: ["A=B"]'))).toEqual(['E0201 2:27 `A=B` is not the name of a variable']);
  expect(briefs(one('env: {A: [1]}'))[0]).toContain('E0201');
});

test('resources have defaults, units and templates', () => {
  expect(stage(load(one('frozen: false')), 'a').resources).toEqual({ cpus: 1, memoryBytes: 0, gpus: 0 });
  expect(stage(load(one('resources: {cpus: 2.5, memory: 4GB, gpus: 1}')), 'a').resources).toEqual({
    cpus: 2.5,
    memoryBytes: 4e9,
    gpus: 1,
  });
  expect(stage(load(one('resources: {cpus: "${n}", memory: "${gb}"}')), 'a').resources).toEqual({
    cpus: 2,
    memoryBytes: 3e9,
    gpus: 0,
  });
});

test('memory is read in decimal and binary units', () => {
  expect(['4GB', '4 GiB', '512MiB', '1.5k', '100', 2048, '1TB'].map(memoryBytes)).toEqual([
    4e9,
    4 * 2 ** 30,
    512 * 2 ** 20,
    1500,
    100,
    2048,
    1e12,
  ]);
  expect(['', 'GB', '4XB', '-1GB', '1e3', 'four'].map(memoryBytes)).toEqual([null, null, null, null, null, null]);
});

test('amounts that cannot be read are reported (E0223)', () => {
  expect(briefs(one('resources: {cpus: "${half}", memory: lots, gpus: "${half}"}'))).toEqual([
    'E0223 2:40 `cpus` is the number `0.5`',
    'E0223 2:59 `memory` is the text `lots`',
    'E0223 2:71 `gpus` is the number `0.5`',
  ]);
});
