import { expect, test } from 'vitest';
import { output, stage } from '../../test/support/plans.ts';
import type { Digest, Key } from '../base/digest.ts';
import type { Artifact } from '../inputs/artifact.ts';
import type { Manifest } from '../key/manifest.ts';
import type { ActionRecord } from '../store/store.ts';
import { judge, type Known } from './verdict.ts';

const artifact = (letter: string): Artifact => ({
  kind: 'file',
  digest: letter.repeat(64) as Digest,
  sizeBytes: 1,
  files: 1,
  executable: false,
});
const manifest = (size: number): Manifest => ({ version: 1, facts: [{ kind: 'param', name: 'size', value: size }] });
const record = (key: string, size: number): ActionRecord => ({
  version: 1,
  key: key as Key,
  stage: 'make',
  manifest: manifest(size),
  reasons: [],
  outputs: { out: artifact('a') },
  metrics: {},
  seconds: 1,
  cpuSeconds: null,
  peakBytes: null,
  run: 'r',
  log: null,
  provenance: {},
  finishedAt: '',
});

function known(changes: Partial<Known> = {}): Known {
  return {
    stage: stage('make', { outs: ['out'], deps: ['in'] }),
    key: 'k' as Key,
    manifest: manifest(1),
    action: record('k', 1),
    previous: record('k', 1),
    inPlace: new Map([['out', artifact('a')]]),
    stored: () => true,
    forced: false,
    ...changes,
  };
}

test('a recorded result in place is fresh', () => {
  expect(judge(known()).kind).toBe('fresh');
});

test('a result in place is fresh even when its objects are gone', () => {
  expect(judge(known({ stored: () => false })).kind).toBe('fresh');
});

test('a missing output is restored, an edited one too', () => {
  expect(judge(known({ inPlace: new Map([['out', null]]) }))).toMatchObject({
    kind: 'restore',
    reasons: [{ kind: 'output-missing', output: 'out' }],
  });
  expect(judge(known({ inPlace: new Map([['out', artifact('b')]]) }))).toMatchObject({
    kind: 'restore',
    reasons: [{ kind: 'output-edited' }],
  });
});

test('going back to an earlier variant restores it and names the value that went back', () => {
  const verdict = judge(known({ previous: record('other', 2), inPlace: new Map([['out', artifact('b')]]) }));
  expect(verdict).toMatchObject({ kind: 'restore', reasons: [{ kind: 'changed', name: 'size', old: 2, new: 1 }] });
});

test('a result that is neither in place nor in the store has to be made again', () => {
  const verdict = judge(known({ inPlace: new Map([['out', null]]), stored: () => false }));
  expect(verdict).toEqual({ kind: 'run', reasons: [{ kind: 'result-lost', output: 'out', damaged: false }] });
});

test('without a record it runs, and the reason is what changed since the last result', () => {
  expect(judge(known({ action: null, previous: null }))).toEqual({ kind: 'run', reasons: [{ kind: 'never-ran' }] });
  expect(judge(known({ action: null, previous: record('other', 2) }))).toEqual({
    kind: 'run',
    reasons: [{ kind: 'changed', fact: 'param', name: 'size', old: 2, new: 1 }],
  });
});

test('what is declared to run every time does, and so does a command with neither inputs nor outputs', () => {
  expect(judge(known({ stage: { ...stage('make', { outs: ['out'] }), alwaysChanged: true } })).kind).toBe('run');
  expect(judge(known({ stage: stage('notify') })).kind).toBe('run');
});

test('an output kept out of the store can not be restored', () => {
  const plain = { ...stage('make', { deps: ['in'] }), outs: [{ ...output('out'), cache: false }] };
  expect(judge(known({ stage: plain, inPlace: new Map([['out', null]]) }))).toEqual({
    kind: 'run',
    reasons: [{ kind: 'kept-out-of-store', output: 'out' }],
  });
});

test('forced means run', () => {
  expect(judge(known({ forced: true }))).toEqual({ kind: 'run', reasons: [{ kind: 'forced' }] });
});
