import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestBytes } from '../base/digest.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { bundleChild } from './child-rig.ts';
import { openStore } from './open-store.ts';
import { makeRig, objectFiles, type Rig } from './store-rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.remove());

const KEY = digestBytes('key');
const FULL = { code: 'E0601', hint: 'pipe gc' };

/** Every regular file below a folder. */
function filesIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile());
}

test('with no room for a file of that size, everything that writes says so and leaves nothing half-written', async () => {
  rig.write('source', 'y'.repeat(2_000_000));
  const adopted = await openStore({ root: rig.store.root }).adopt(rig.at('source'));
  const objects = objectFiles(rig.store.root);
  // A second name elsewhere makes storing copy, and another file system makes placing copy: both must write.
  rig.write('other', 'z'.repeat(2_000_000));
  fs.mkdirSync(rig.at('out'));
  fs.linkSync(rig.at('other'), rig.at('out/file'));
  const elsewhere = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'target-'));
  const script = bundleChild('disk-full.child.ts', rig.root);
  const args = [
    rig.store.root,
    rig.at('out'),
    path.join(elsewhere, 'target'),
    JSON.stringify(adopted.ok ? adopted.value : null),
    KEY,
  ];
  // A limit on the size of files is a full disk that needs no privileges. Blocks of 1 KiB.
  const child = spawnSync(
    'bash',
    ['-c', `trap '' XFSZ; ulimit -f 1000; exec "$@"`, 'bash', process.execPath, script, ...args],
    { encoding: 'utf8' },
  );
  const outcomes = JSON.parse(child.stdout);
  expect(outcomes.adopt).toMatchObject({ ok: false, failure: { ...FULL, path: rig.at('out/file') } });
  expect(outcomes.text).toMatchObject({ problems: [FULL] });
  expect(outcomes.record).toMatchObject({ problems: [FULL] });
  const isOtherSystem = fs.statSync(elsewhere).dev !== fs.statSync(rig.root).dev;
  if (isOtherSystem) expect(outcomes.materialise).toMatchObject({ problems: [FULL] });
  expect(isOtherSystem ? fs.readdirSync(elsewhere) : []).toEqual([]);
  expect(objectFiles(rig.store.root)).toEqual(objects);
  expect(filesIn(rig.at('cache/tmp'))).toEqual([]);
  expect(filesIn(rig.at('cache/actions'))).toEqual([]);
  expect(fs.readFileSync(rig.at('out/file'), 'utf8')).toBe('z'.repeat(2_000_000));
  fs.rmSync(elsewhere, { recursive: true });
});

/** A file system of 1 MiB, where this user may mount one; null elsewhere (the test above needs no mount). */
function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('on a full file system storing is a problem, the output stays, and with room again it works', async (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'small-'));
  if (!mountSmall(folder))
    context.skip('mounting is not permitted here; the test of the size limit covers the same paths');
  try {
    rig.write('elsewhere/a', 'a'.repeat(700_000));
    rig.write('elsewhere/b', 'b'.repeat(700_000));
    const store = openStore({ root: path.join(folder, 'cache') });
    const refused = await store.adopt(rig.at('elsewhere'));
    expect(refused.ok ? null : refused.failure).toMatchObject({ code: 'E0601', path: rig.at('elsewhere/b') });
    expect(fs.readFileSync(rig.at('elsewhere/b'), 'utf8')).toBe('b'.repeat(700_000));
    expect(filesIn(path.join(folder, 'cache/tmp'))).toEqual([]);
    rig.write('elsewhere/b', 'small');
    const adopted = await store.adopt(rig.at('elsewhere'));
    expect(adopted.ok).toBe(true);
    expect((await store.materialise((adopted as { value: Artifact }).value, rig.at('copy'))).ok).toBe(true);
    expect(await rig.read('copy')).toEqual(await rig.read('elsewhere'));
  } finally {
    execFileSync('umount', [folder]);
    fs.rmdirSync(folder);
  }
});
