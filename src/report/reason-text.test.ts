import { expect, test } from 'vitest';
import type { Json } from '../base/json.ts';
import type { Reason } from '../decide/reason.ts';
import type { Fact } from '../key/manifest.ts';
import { reasonsText, reasonText } from './reason-text.ts';

function changed(fact: Fact['kind'], name: string, old?: Json, now?: Json): string {
  return reasonText({
    kind: 'changed',
    fact,
    name,
    ...(old === undefined ? {} : { old }),
    ...(now === undefined ? {} : { new: now }),
  });
}

test('a param shows its old and its new value', () => {
  expect(changed('param', 'copies', 2, 4)).toBe('copies: 2 -> 4');
  expect(changed('param', 'params.yaml:train.lr', 0.003, 0.0021)).toBe('params.yaml:train.lr: 0.003 -> 0.0021');
  expect(changed('param', 'seed', undefined, 0)).toBe('seed: 0 (new)');
  expect(changed('param', 'seed', 7, undefined)).toBe('seed: removed (was 7)');
});

test('a number and the text that looks like it can be told apart', () => {
  expect(changed('param', 'x', 1, '1')).toBe('x: 1 -> "1"');
  expect(changed('param', 'x', null, 'null')).toBe('x: null -> "null"');
  expect(changed('param', 'x', true, 'yes')).toBe('x: true -> "yes"');
  expect(changed('param', 'x', Number.NaN, 'a b')).toBe('x: NaN -> "a b"');
});

test('of an object the members that differ are named', () => {
  expect(changed('param', 'params.yaml:', { a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1, c: 9 }, d: 4, e: 5 })).toBe(
    'params.yaml.a.c: 2 -> 9 and 2 more',
  );
});

test('long values stay on one short line', () => {
  const text = changed('param', 'x', 'a'.repeat(10_000), `b\n${'c'.repeat(10_000)}`);
  expect(text).toBe(`x: ${'a'.repeat(39)}… -> "b\\n${'c'.repeat(35)}…`);
});

test('code is named by module, packages by version', () => {
  expect(changed('code', 'stages/lib/x.ts', 'aa', 'bb')).toBe('code changed: stages/lib/x.ts');
  expect(changed('code', 'stages/lib/x.ts', undefined, 'bb')).toBe('code added: stages/lib/x.ts');
  expect(changed('code', 'stages/lib/x.ts', 'aa', undefined)).toBe('code removed: stages/lib/x.ts');
  expect(changed('code', 'package sharp', '0.34.1', '0.35.5')).toBe('package sharp: 0.34.1 -> 0.35.5');
  expect(changed('code', 'package sharp', undefined, '0.35.5')).toBe('package sharp added');
});

test('inputs say what became of them', () => {
  expect(changed('input', 'data/a.csv', ['file', 'aa', false], ['file', 'bb', false])).toBe('data/a.csv changed');
  expect(changed('input', 'data/a.csv', undefined, ['file', 'bb', false])).toBe('data/a.csv added');
  expect(changed('input', 'data/a.csv', ['file', 'aa', false], null)).toBe('data/a.csv removed');
  expect(changed('input', 'run.sh', ['file', 'aa', false], ['file', 'aa', true])).toBe('run.sh: now executable');
  expect(changed('input', 'run.sh', ['file', 'aa', true], ['file', 'aa', false])).toBe('run.sh: no longer executable');
  expect(changed('input', 'data', ['file', 'aa', false], ['folder', 'bb', false])).toBe('data: file -> folder');
});

test('of a command the words that differ are shown', () => {
  expect(changed('command', '0', 'python train.py --lr 0.1 --out model', 'python train.py --lr 0.2 --out model')).toBe(
    'command: … --lr 0.1 … -> … --lr 0.2 …',
  );
  expect(changed('command', '0', 'make', 'ninja')).toBe('command: make -> ninja');
  expect(changed('command', '1', undefined, 'echo b')).toBe('command added: "echo b"');
});

test('the value of an environment variable is never shown', () => {
  expect(changed('env', 'TOKEN', 'hunter2', 'hunter3')).toBe('environment variable TOKEN changed');
  expect(changed('env', 'TOKEN', undefined, 'hunter3')).toBe('environment variable TOKEN declared');
  expect(changed('env', 'TOKEN', 'hunter2', undefined)).toBe('environment variable TOKEN no longer declared');
});

test('outputs and the working folder have their own words', () => {
  expect(changed('output', 'model', undefined, [])).toBe('output declared: model');
  expect(changed('output', 'model', [], undefined)).toBe('output no longer declared: model');
  expect(changed('output', 'model', ['artifact', true, false], ['metrics', true, false])).toBe(
    'output declared otherwise: model',
  );
  expect(changed('wdir', '', '.', 'sub')).toBe('wdir: . -> sub');
});

test('every other reason has a text', () => {
  const reasons: readonly Reason[] = [
    { kind: 'never-ran' },
    { kind: 'producer-stale', stage: 'split' },
    { kind: 'output-missing', output: 'model' },
    { kind: 'output-edited', output: 'model' },
    { kind: 'result-lost', output: 'model', damaged: true },
    { kind: 'result-lost', output: 'model', damaged: false },
    { kind: 'always-changed' },
    { kind: 'forced' },
    { kind: 'kept-out-of-store', output: 'log.txt' },
    { kind: 'frozen' },
  ];
  expect(reasons.map(reasonText)).toEqual([
    'never ran',
    'after split',
    'output missing: model',
    'output edited by hand: model',
    'damaged in the store: model',
    'gone from the store: model',
    'always runs',
    'forced',
    'not kept in the store: log.txt',
    'frozen',
  ]);
});

test('several reasons are one line, and those left out are counted', () => {
  expect(reasonsText([])).toBe('');
  expect(reasonsText([{ kind: 'forced' }, { kind: 'frozen' }, { kind: 'always-changed' }, { kind: 'never-ran' }])).toBe(
    'forced; frozen; 2 more',
  );
});

test('a name with a line break stays on one line', () => {
  expect(changed('input', 'a\nb', ['file', 'x', false], ['file', 'y', false])).toBe('a\\nb changed');
});
