import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestBytes, type Key } from '../base/digest.ts';
import { actionFile } from './action-records.ts';
import type { ActionRecord } from './store.ts';
import { makeRig, type Rig } from './store-rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.remove());

const key = (text: string) => digestBytes(text) as string as Key;

const record: ActionRecord = {
  version: 1,
  key: key('a'),
  stage: 'train "quoted"',
  reasons: [],
  manifest: { version: 1, facts: [{ kind: 'param', name: 'x', value: [1, null, 'a\nb'] }] },
  outputs: {},
  metrics: { accuracy: 0.5 },
  seconds: 1.5,
  cpuSeconds: null,
  peakBytes: 5,
  run: 'r',
  log: null,
  provenance: { backend: 'cpu' },
  finishedAt: '2026-01-01T00:00:00Z',
};

test('a record is read back as it was written, and a later one replaces it', () => {
  rig.store.writeAction(record);
  expect(rig.store.readAction(record.key)).toEqual(record);
  rig.store.writeAction({ ...record, seconds: 2 });
  expect(rig.store.readAction(record.key)?.seconds).toBe(2);
  expect(rig.store.readAction(key('other'))).toBe(null);
});

test('a record that is cut off or changed anywhere is no record', () => {
  rig.store.writeAction(record);
  const file = actionFile(rig.store.root, record.key);
  const bytes = fs.readFileSync(file);
  for (let i = 0; i < bytes.length; i++) {
    fs.writeFileSync(file, bytes.subarray(0, i));
    expect(rig.store.readAction(record.key), `cut at ${i}`).toBe(null);
    fs.writeFileSync(
      file,
      bytes.map((byte, j) => (i === j ? byte ^ 1 : byte)),
    );
    expect(rig.store.readAction(record.key), `changed at ${i}`).toBe(null);
  }
});

test('a record that lies under another key is no record of that key', () => {
  rig.store.writeAction(record);
  const other = actionFile(rig.store.root, key('b'));
  fs.mkdirSync(other.slice(0, other.lastIndexOf('/')), { recursive: true });
  fs.copyFileSync(actionFile(rig.store.root, record.key), other);
  expect(rig.store.readAction(key('b'))).toBe(null);
});
