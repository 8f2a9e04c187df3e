import { expect, test } from 'vitest';
import { output, stage } from '../../test/support/plans.ts';
import type { Digest } from '../base/digest.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { CommandAction, Stage } from '../config/stage.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { keyOf } from './stage-key.ts';
import { manifestOf } from './visit.ts';

const artifact = (letter: string): Artifact => ({
  kind: 'file',
  digest: letter.repeat(64) as Digest,
  sizeBytes: 1,
  files: 1,
  executable: false,
});
const inputs = new Map([['data', artifact('a')]]);
const base = stage('train', { cmd: 'python train.py', deps: ['data'], outs: ['model'] });
const key = (each: Stage, given = inputs) => keyOf(manifestOf(each, given, null));
const action = (each: Partial<CommandAction>): Stage => ({
  ...base,
  action: { ...(base.action as CommandAction), ...each },
});
const param = (value: Json) =>
  action({ params: [{ file: 'params.yaml' as never, key: 'lr', value, overridden: false }] });

test('the name of a stage and its place in the file are not part of its key', () => {
  expect(key({ ...base, name: 'fit', at: { file: 'other.yaml', line: 9, column: 9 }, desc: 'x', meta: 1 })).toBe(
    key(base),
  );
});

test.each([
  ['the command', action({ commands: ['python train.py  '] })],
  ['the order of commands', action({ commands: ['a', 'b'] })],
  ['the working folder', action({ wdir: 'src' as never })],
  ['an added param', param(1)],
  ['a declared output more', { ...base, outs: [...base.outs, output('extra')] }],
  ['an environment variable', { ...base, env: { SEED: '1' } }],
])('%s is part of the key', (_, changed) => {
  expect(key(changed)).not.toBe(key(base));
});

test('an input counts by name, kind, content and mode', () => {
  const keys = [
    inputs,
    new Map([['data', artifact('b')]]),
    new Map([['other', artifact('a')]]),
    new Map([['data', { ...artifact('a'), kind: 'folder' as const }]]),
    new Map([['data', { ...artifact('a'), executable: true }]]),
    new Map([['data', null]]),
  ].map((each) => key(base, each as typeof inputs));
  expect(new Set(keys).size).toBe(keys.length);
});

test('values that differ in kind have different keys; equal numbers have one', () => {
  const values: Json[] = [
    1,
    '1',
    true,
    null,
    '',
    0,
    false,
    [1],
    { a: 1 },
    [],
    {},
    'null',
    Number.NaN,
    'NaN',
    Number.POSITIVE_INFINITY,
  ];
  expect(new Set(values.map((each) => key(param(each)))).size).toBe(values.length);
  expect(key(param(Number('1.0')))).toBe(key(param(1)));
  expect(key(param(-0))).toBe(key(param(0)));
  expect(key(param(Number.NaN))).toBe(key(param(Number.NaN)));
});

test('the order of members does not count, the order of a list does', () => {
  expect(key(param({ a: 1, b: 2 }))).toBe(key(param({ b: 2, a: 1 })));
  expect(key(param([1, 2]))).not.toBe(key(param([2, 1])));
});

test('the value of an environment variable is not written into the manifest', () => {
  const manifest = manifestOf({ ...base, env: { TOKEN: 'very secret' } }, inputs, null);
  expect(JSON.stringify(manifest)).not.toContain('very secret');
  expect(key({ ...base, env: { TOKEN: 'other' } })).not.toBe(keyOf(manifest));
});

test('each value inside `with` is a fact of its own', () => {
  const uses: Stage = {
    ...base,
    action: { kind: 'uses', uses: 'train', entry: '/x', with: { model: { filters: 4 }, layers: [1, 2], empty: {} } },
  };
  const facts = manifestOf(uses, new Map(), null).facts.filter((fact) => fact.kind === 'param');
  expect(facts.map((fact) => [fact.name, fact.value])).toEqual([
    ['empty', {}],
    ['layers', [1, 2]],
    ['model.filters', 4],
  ]);
});

test('names that hold dots are not confused with nested values', () => {
  const uses = (given: JsonObject): Stage => ({
    ...base,
    action: { kind: 'uses', uses: 'x', entry: '/x', with: given },
  });
  const keys = [{ 'm.f': 1 }, { m: { f: 1 } }, { '"m.f"': 1 }, { '"m': { 'f"': 1 } }, { '': { m: 1 } }].map((each) =>
    key(uses(each)),
  );
  expect(new Set(keys).size).toBe(keys.length);
});
