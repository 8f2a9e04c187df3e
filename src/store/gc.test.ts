import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestBytes, type Key } from '../base/digest.ts';
import { ok } from '../base/result.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { collectGarbage } from './gc-collect.ts';
import { type GcRoots, planGc } from './gc-plan.ts';
import { openStore } from './open-store.ts';
import { newToken } from './process-identity.ts';
import type { ActionRecord } from './store.ts';
import { makeRig, objectFiles, type Rig } from './store-rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.remove());

const never = new AbortController().signal;

type Stored = ActionRecord & { readonly outputs: { readonly out: Artifact } };

/** Stores a folder of the given files as the result of a stage. */
async function store(stage: string, files: Readonly<Record<string, string>>): Promise<Stored> {
  for (const [name, text] of Object.entries(files)) rig.write(`${stage}/${name}`, text);
  const adopted = await rig.store.adopt(rig.at(stage));
  if (!adopted.ok) throw new Error(adopted.failure.message);
  const record: Stored = {
    version: 1,
    key: digestBytes(stage) as string as Key,
    stage,
    reasons: [],
    manifest: { version: 1, facts: [] },
    outputs: { out: adopted.value },
    metrics: {},
    seconds: 10,
    cpuSeconds: null,
    peakBytes: null,
    run: 'run-of-today',
    log: rig.store.putText(`log of ${stage}`),
    provenance: {},
    finishedAt: '2026-01-01T00:00:00Z',
  };
  rig.store.writeAction(record);
  return record;
}

function roots(kept: readonly ActionRecord[], more: Partial<GcRoots> = {}): GcRoots {
  const base = { keys: kept.map((each) => each.key), runs: new Set<string>(), olderThanMs: 0, graceMs: -1000 };
  return { ...base, experimentOf: (record) => `experiment of ${record.stage}`, ...more };
}

test('a plan names each result that would go, what it is for, its bytes and the time to make it again', async () => {
  const kept = await store('kept', { a: 'shared by both', b: 'only kept' });
  await store('gone', { a: 'shared by both', c: '12345' });
  const plan = planGc(rig.store, roots([kept]));
  expect(plan.results).toMatchObject([{ stage: 'gone', experiment: 'experiment of gone', seconds: 10 }]);
  const listing = rig.store.readText((await rig.read('gone'))?.digest ?? kept.outputs.out.digest) ?? '';
  expect(plan.results[0]?.sizeBytes).toBe(5 + 'log of gone'.length + Buffer.byteLength(listing));
  expect(plan.objects.length).toBe(3);
  expect(plan.sizeBytes).toBe(plan.results[0]?.sizeBytes);
  expect(plan.seconds).toBe(10);
});

test('what is kept can be put in place again after a collection, what is not is gone', async () => {
  const kept = await store('kept', { a: 'shared', 'deep/b': 'x' });
  const gone = await store('gone', { a: 'shared', c: 'y' });
  const collected = await collectGarbage(rig.store, () => ok(roots([kept])), never);
  expect(collected.ok).toBe(true);
  expect(rig.store.readAction(gone.key)).toBe(null);
  expect(rig.store.has(gone.outputs.out)).toBe(false);
  expect(rig.store.readAction(kept.key)).toEqual(kept);
  expect(rig.store.readText(kept.log ?? digestBytes(''))).toBe('log of kept');
  expect((await rig.store.materialise(kept.outputs.out, rig.at('copy'))).ok).toBe(true);
  expect(planGc(rig.store, roots([kept]))).toMatchObject({ results: [], objects: [], files: [] });
});

test('objects that were just made stay, though nothing names them yet', async () => {
  rig.write('out', 'being stored by an execution');
  await rig.store.adopt(rig.at('out'));
  expect(planGc(rig.store, roots([], { graceMs: 60_000 })).objects).toEqual([]);
  expect(planGc(rig.store, roots([])).objects.length).toBe(1);
});

test('nothing is removed while a run uses the store, and its process is named', async () => {
  const record = await store('a', { a: 'x' });
  const user = await openStore({ root: rig.store.root }).use(() => {}, never);
  const refused = await collectGarbage(rig.store, () => ok(roots([])), never);
  expect(refused.ok ? null : refused.failure).toMatchObject({
    code: 'E0605',
    message: expect.stringContaining(`process ${process.pid}`),
  });
  expect(rig.store.has(record.outputs.out)).toBe(true);
  user.release();
  expect((await collectGarbage(rig.store, () => ok(roots([])), never)).ok).toBe(true);
  expect(objectFiles(rig.store.root)).toEqual([]);
});

test('a run that was killed does not keep the store in use', async () => {
  fs.mkdirSync(rig.at('cache/users'), { recursive: true });
  fs.writeFileSync(rig.at(`cache/users/${newToken().replace(/^\d+\.\d+/, '1.999')}`), '.');
  expect((await collectGarbage(rig.store, () => ok(roots([])), never)).ok).toBe(true);
});

test('a run that begins while things are removed waits, and several runs use the store at once', async () => {
  const removing = await rig.store.exclusive(never);
  if (!removing.ok) throw new Error(removing.failure.message);
  const told: string[] = [];
  const other = openStore({ root: rig.store.root });
  const waiting = other.use((name) => told.push(name), never);
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  removing.value.release();
  const both = [await waiting, await rig.store.use(() => {}, never)];
  for (const each of both) each.release();
  expect(told.length).toBe(1);
});

test('old run records, logs and items go; young ones, those of kept runs and what is no run’s stay', () => {
  const long = Date.now() / 1000 - 100 * 86400;
  const [old, kept] = ['20260101T000000Z-0a1b2c', '20260102T000000Z-0a1b2c'];
  const [scope, used] = [digestBytes('scope'), digestBytes('used')];
  for (const [place, isOld] of [
    [`runs/${old}.json`, true],
    [`runs/${old}.events.jsonl`, true],
    [`runs/${kept}.json`, true],
    [`runs/${kept}.events.jsonl`, true],
    ['runs/20260103T000000Z-0a1b2c.json', false],
    ['runs/notes.txt', true],
    [`logs/${old}/a.log`, true],
    [`logs/${kept}/a.log`, true],
    ['logs/mine/a.log', true],
    [`edited/${old}/a.txt`, true],
    ['edited/backup/a.txt', true],
    [`items/${scope}/shard`, true],
    [`items/${used}/shard`, false],
    ['items/mine/shard', true],
    [`checkpoints/${scope}/state`, true],
    ['failed/train/out', true],
    ['failed/notes.txt', true],
  ] as const) {
    const file = rig.write(`cache/${place}`, 'x');
    for (const each of [file, path.dirname(file)]) if (isOld) fs.utimesSync(each, long, long);
  }
  const plan = planGc(rig.store, roots([], { runs: new Set([kept]), olderThanMs: Date.now() - 30 * 86400_000 }));
  const names = plan.files.map((each) => path.relative(rig.store.root, each.path)).sort();
  expect(names).toEqual([
    `checkpoints/${scope}`,
    `edited/${old}`,
    'failed/train',
    `items/${scope}`,
    `logs/${old}`,
    `runs/${old}.events.jsonl`,
    `runs/${old}.json`,
  ]);
});

test('a record that cannot be read goes', async () => {
  rig.write(`cache/actions/ab/${digestBytes('x')}.json`, '{"check":');
  expect(planGc(rig.store, roots([])).files.map((each) => path.basename(each.path))).toEqual([
    `${digestBytes('x')}.json`,
  ]);
});

test('what dead processes left under tmp is removed, the own folder stays', async () => {
  const own = rig.store.privateFolder('work');
  const dead = rig.at(`cache/tmp/${newToken().replace(/^\d+\.\d+/, '1.999')}`);
  fs.mkdirSync(path.join(dead, 'stage/out'), { recursive: true });
  await collectGarbage(rig.store, () => ok(roots([])), never);
  expect([fs.existsSync(own), fs.existsSync(dead)]).toEqual([true, false]);
});
