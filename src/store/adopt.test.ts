import fs from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Artifact } from '../inputs/artifact.ts';
import { makeRig, objectFiles, plant, type Rig, trees } from './store-rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.remove());

async function adopt(place: string): Promise<Artifact> {
  const adopted = await rig.store.adopt(rig.at(place));
  if (!adopted.ok) throw new Error(adopted.failure.message);
  return adopted.value;
}

test('any tree that is stored and put elsewhere has the listing it had, and the digest the reader gives it', async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (tree) => {
      plant(rig.at('out'), tree);
      const before = await rig.read('out');
      const artifact = await adopt('out');
      expect(artifact).toEqual(before);
      expect(await rig.read('out')).toEqual(before);
      expect(rig.store.has(artifact)).toBe(true);
      expect(await rig.store.materialise(artifact, rig.at('copy'))).toEqual({ ok: true, value: undefined });
      expect(await rig.read('copy')).toEqual(before);
      for (const each of ['out', 'copy']) fs.rmSync(rig.at(each), { recursive: true });
    }),
    { numRuns: 40 },
  );
});

test('whichever byte of whichever object is damaged, size and times kept, it is found, removed and not served', async () => {
  rig.write('out/a', 'first file');
  rig.write('out/sub/b', 'second', 0o755);
  const artifact = await adopt('out');
  const whole = objectFiles(rig.store.root).map((file) => ({ file, bytes: fs.readFileSync(file) }));
  expect(whole.length).toBe(4);
  for (const { file, bytes } of whole) {
    const stats = fs.statSync(file);
    for (let i = 0; i < bytes.length; i += 7) {
      const damaged = Buffer.from(bytes);
      damaged[i] = (damaged[i] ?? 0) ^ 1;
      fs.chmodSync(file, 0o644);
      fs.writeFileSync(file, damaged);
      fs.utimesSync(file, stats.atime, stats.mtime);
      const put = await rig.store.materialise(artifact, rig.at('copy'));
      expect(put.ok ? null : put.failure.damaged).toBe(true);
      expect(fs.existsSync(rig.at('copy'))).toBe(false);
      expect(fs.existsSync(file)).toBe(false);
      fs.writeFileSync(file, bytes, { mode: stats.mode });
    }
  }
  expect((await rig.store.materialise(artifact, rig.at('copy'))).ok).toBe(true);
});

test('a missing object is reported as missing, and nothing is left at the target', async () => {
  rig.write('out/a', 'x');
  const artifact = await adopt('out');
  for (const file of objectFiles(rig.store.root)) fs.rmSync(file);
  const put = await rig.store.materialise(artifact, rig.at('copy'));
  expect(put).toEqual({ ok: false, failure: { digest: artifact.digest, damaged: false } });
  expect(rig.store.has(artifact)).toBe(false);
  expect(fs.readdirSync(rig.at('.')).sort()).toEqual(['cache', 'out']);
});

test('stored files are read-only links to their objects, and keep their execute bit', async () => {
  rig.write('out/plain', 'same bytes');
  rig.write('out/program', 'same bytes', 0o755);
  await adopt('out');
  const plain = fs.statSync(rig.at('out/plain'));
  const program = fs.statSync(rig.at('out/program'));
  expect([plain.mode & 0o777, program.mode & 0o777]).toEqual([0o444, 0o555]);
  expect([plain.nlink, program.nlink]).toEqual([2, 2]);
});

test('a file with equal bytes elsewhere becomes a link to the object that is there', async () => {
  rig.write('one', 'equal');
  rig.write('two', 'equal');
  expect(await adopt('one')).toEqual(await adopt('two'));
  expect(fs.statSync(rig.at('one')).ino).toBe(fs.statSync(rig.at('two')).ino);
});

test('storing bytes whose object is damaged repairs the object instead of spreading the damage', async () => {
  rig.write('one', 'right bytes');
  const artifact = await adopt('one');
  const object = rig.store.objects.file(artifact.digest);
  fs.chmodSync(object, 0o644);
  fs.writeFileSync(object, 'wrong bytes');
  rig.write('two', 'right bytes');
  expect(await adopt('two')).toEqual(artifact);
  expect(fs.readFileSync(rig.at('two'), 'utf8')).toBe('right bytes');
  expect(fs.readFileSync(object, 'utf8')).toBe('right bytes');
});

test('a file that has another name outside the output is copied: writing to the other name harms no object', async () => {
  rig.write('data', 'bytes of the user');
  fs.mkdirSync(rig.at('out'));
  fs.linkSync(rig.at('data'), rig.at('out/data'));
  const artifact = await adopt('out');
  fs.writeFileSync(rig.at('data'), 'BYTES');
  expect(await rig.read('out')).toEqual(artifact);
  expect((await rig.store.materialise(artifact, rig.at('copy'))).ok).toBe(true);
});

test('an output file that is a link to an object is not read again', async () => {
  const bytes = Buffer.alloc(100, 1);
  rig.write('first', bytes);
  const known = await adopt('first');
  fs.mkdirSync(rig.at('out'));
  fs.linkSync(rig.store.objects.file(known.digest), rig.at('out/linked'));
  const object = rig.at('out/linked');
  const stats = fs.statSync(object);
  // Bytes that no longer match the name, with all that is looked at unchanged: only reading could find out.
  fs.chmodSync(object, 0o644);
  fs.writeFileSync(object, Buffer.alloc(100, 2));
  fs.utimesSync(object, stats.atimeMs / 1000, stats.mtimeMs / 1000);
  fs.chmodSync(object, 0o444);
  const row = `${stats.ino} 100 ${fs.statSync(object).mtimeMs} ${known.digest}\n`;
  fs.writeFileSync(rig.at('cache/known-inodes'), row);
  const before = await adopt('out');
  fs.rmSync(rig.at('cache/known-inodes'));
  const { openStore } = await import('./open-store.ts');
  const after = await openStore({ root: rig.at('cache') }).adopt(rig.at('out'));
  expect(before.digest).not.toBe(after.ok && after.value.digest);
});

test('a link to an object that was written to since is read again', async () => {
  rig.write('first', 'old bytes');
  const known = await adopt('first');
  fs.linkSync(rig.store.objects.file(known.digest), rig.at('out'));
  fs.chmodSync(rig.at('out'), 0o644);
  fs.writeFileSync(rig.at('out'), 'new bytes');
  fs.utimesSync(rig.at('out'), 1, 1);
  fs.chmodSync(rig.at('out'), 0o444);
  expect((await adopt('out')).digest).not.toBe(known.digest);
});

test('storing an output twice gives the same artifact', async () => {
  plant(rig.at('out'), { a: { bytes: '1', executable: false }, d: { b: { bytes: '2', executable: true } } });
  expect(await adopt('out')).toEqual(await adopt('out'));
});

test.each([
  ['/etc/hostname', 'is absolute'],
  ['../outside', 'leads out of it'],
  ['nowhere', 'points to nothing'],
  ['self', 'leads in a circle'],
])('a link to %s in an output is refused: it %s', async (target, why) => {
  rig.write('outside', 'x');
  rig.write('out/a', 'x');
  fs.symlinkSync(target, rig.at('out/self'));
  const adopted = await rig.store.adopt(rig.at('out'));
  expect(adopted.ok ? null : adopted.failure).toMatchObject({ code: 'E0603', path: rig.at('out/self') });
  expect(adopted.ok ? '' : adopted.failure.message).toContain(why);
});

test('an output that is not there is a problem, not a crash', async () => {
  const adopted = await rig.store.adopt(rig.at('nothing'));
  expect(adopted.ok ? null : adopted.failure).toMatchObject({ code: 'E0602', path: rig.at('nothing') });
});

test('an artifact is not put where something lies', async () => {
  rig.write('out', 'x');
  const artifact = await adopt('out');
  rig.write('target', 'mine');
  await expect(rig.store.materialise(artifact, rig.at('target'))).rejects.toMatchObject({
    problems: [{ code: 'E0602' }],
  });
  expect(fs.readFileSync(rig.at('target'), 'utf8')).toBe('mine');
});

test('a file that is written to while it is stored is a problem, and no object is left of it', async () => {
  rig.write('out', 'x'.repeat(9 * 1024 * 1024));
  const adopting = rig.store.adopt(rig.at('out'));
  fs.appendFileSync(rig.at('out'), 'more');
  const adopted = await adopting;
  expect(adopted.ok ? null : adopted.failure).toMatchObject({ code: 'E0604', path: rig.at('out') });
  expect(objectFiles(rig.store.root)).toEqual([]);
});
