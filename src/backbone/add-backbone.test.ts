import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AddRequest, addBackbone } from './add-backbone.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { parseSource } from './parse-source.ts';
import { readTarball } from './read-tarball.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const LONG = `${'deep/'.repeat(30)}weights/`;
const WEIGHTS = { 'a.onnx': 'one', 'b.onnx': 'two' };
const LISTING = sha256(`${sha256('one')}  a.onnx\n${sha256('two')}  b.onnx\n`);
const ENTRY: CatalogueEntry = {
  about: 'a network of two files',
  package: 'some-network',
  version: '1.0.0',
  folder: LONG,
  files: /\.onnx$/,
  digest: LISTING,
  sizeMB: 1,
  backbone: { file: 'a.onnx', license: 'MIT' },
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
  fs.writeFileSync(path.join(root, 'package/package.json'), '{"license": "ISC"}');
  archive = path.join(root, 'some-network-1.0.0.tgz');
  execFileSync('tar', ['czf', archive, 'package'], { cwd: root });
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const backbones = () => path.join(root, 'backbones');
const add = (changes: Partial<AddRequest> = {}) =>
  addBackbone({
    source: { kind: 'known', name: 'some', entry: ENTRY },
    asked: 'some',
    backbones: backbones(),
    archive,
    sha256: null,
    network: null,
    preprocessing: null,
    timeoutMs: 9000,
    signal: new AbortController().signal,
    onStep() {},
    ...changes,
  });
const source = (text: string, name: string | null = null) => {
  const parsed = parseSource(text, backbones(), name);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
};

test('weights and licence are taken out of a package, and nothing else; what was there before is replaced', async () => {
  const folder = path.join(backbones(), 'some');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'a.onnx'), 'damaged');
  const added = await add();
  expect(added).toMatchObject({ ok: true, value: { name: 'some', source: 'npm some-network@1.0.0' } });
  expect(fs.readdirSync(folder).sort()).toEqual(['LICENSE', 'a.onnx', 'b.onnx', 'backbone.json']);
  expect(fs.readFileSync(path.join(folder, 'a.onnx'), 'utf8')).toBe('one');
  const about = JSON.parse(fs.readFileSync(path.join(folder, 'backbone.json'), 'utf8'));
  expect(about).toMatchObject({ file: 'a.onnx', sha256: { 'a.onnx': sha256('one'), 'b.onnx': sha256('two') } });
  expect(fs.readdirSync(path.dirname(folder))).toEqual(['some']);
});

test('other bytes than those expected are refused, and leave what is there alone', async () => {
  const other = { kind: 'known', name: 'other', entry: ENTRY } as const;
  const refused = await add({ source: { ...other, entry: { ...ENTRY, digest: sha256('') } } });
  expect(refused).toMatchObject({ ok: false, failure: { code: 'E0882', expected: sha256('') } });
  const text = path.join(root, 'text.tgz');
  fs.writeFileSync(text, 'no archive');
  expect(await add({ source: other, archive: text })).toMatchObject({ ok: false, failure: { code: 'E0882' } });
  const missing = { source: other, archive: path.join(root, 'no.tgz') };
  expect(await add(missing)).toMatchObject({ failure: { code: 'E0881' } });
  expect(fs.existsSync(path.join(backbones(), 'other'))).toBe(false);
});

test('an archive that ends too early is none', () => {
  const whole = fs.readFileSync(archive);
  expect(readTarball(whole)).toMatchObject({ ok: true });
  expect(readTarball(whole.subarray(0, whole.length >> 1))).toMatchObject({ ok: false });
});

test('of any package one network is taken, the one that is named where there are several', async () => {
  const any = { source: source('some-network@1.0.0') };
  expect(any.source).toMatchObject({ kind: 'package', name: 'some-network' });
  const several = await add(any);
  expect(several).toMatchObject({ failure: { code: 'E0886', message: 'it holds several networks' } });
  expect(await add({ ...any, network: 'c.onnx' })).toMatchObject({ failure: { code: 'E0886' } });
  expect(await add({ ...any, network: 'b.onnx', sha256: sha256('one') })).toMatchObject({ failure: { code: 'E0882' } });
  const added = await add({ ...any, network: 'b.onnx', sha256: sha256('two'), preprocessing: 'caffe' });
  expect(added).toMatchObject({
    value: {
      file: 'b.onnx',
      license: 'package: ISC',
      sha256: { 'b.onnx': sha256('two') },
      preprocessing: { order: 'bgr', mean: [123.68, 116.779, 103.939], deviation: [1, 1, 1] },
    },
  });
});

test('a network of the project whose weights are not here comes from where its record says, by its digests', async () => {
  const folder = path.join(backbones(), 'some-network');
  fs.rmSync(path.join(folder, 'b.onnx'));
  const before = fs.readFileSync(path.join(folder, 'backbone.json'), 'utf8');
  const recorded = source('some-network');
  expect(recorded.kind).toBe('recorded');
  expect(await add({ source: recorded })).toMatchObject({ ok: true });
  expect(fs.readFileSync(path.join(folder, 'b.onnx'), 'utf8')).toBe('two');
  expect(fs.readFileSync(path.join(folder, 'backbone.json'), 'utf8')).toBe(before);
  fs.writeFileSync(path.join(folder, 'backbone.json'), before.replace(sha256('two'), sha256('three')));
  expect(await add({ source: source('some-network') })).toMatchObject({
    failure: { code: 'E0882', expected: sha256('three') },
  });
  fs.writeFileSync(path.join(folder, 'backbone.json'), before);
});

test('a name is not given twice', async () => {
  const file = path.join(root, 'Some Network.onnx');
  fs.writeFileSync(file, 'four');
  expect(source(file).name).toBe('some-network');
  expect(await add({ source: source(file) })).toMatchObject({
    failure: { code: 'E0887', hint: expect.stringContaining('--as some-network-2') },
  });
  expect(await add({ source: source(file, 'four') })).toMatchObject({ value: { source: 'file Some Network.onnx' } });
  const again = await add({ source: { kind: 'recorded', name: 'four', record: { file: '', source: 'file x.onnx' } } });
  expect(again).toMatchObject({ failure: { code: 'E0881', hint: 'pipe backbone add FILE --as four' } });
});

test('a record that names files elsewhere, or more than a package, is not followed', async () => {
  const folder = path.join(backbones(), 'some-network');
  const record = JSON.parse(fs.readFileSync(path.join(folder, 'backbone.json'), 'utf8'));
  const recorded = (changes: object) =>
    add({ source: { kind: 'recorded', name: 'led', record: { ...record, ...changes } } });
  const digest = sha256('two');
  for (const name of ['../../b.onnx', '/tmp/b.onnx', 'a//b.onnx', 'https://example.org/b.onnx', '..\\b.onnx']) {
    expect(await recorded({ sha256: { [name]: digest } })).toMatchObject({ failure: { code: 'E0886' } });
    expect(await recorded({ file: name })).toMatchObject({ failure: { code: 'E0886' } });
  }
  for (const spec of ['--registry=http://example.org', 'some-network@latest', 'git+ssh://example.org/x.git']) {
    expect(await recorded({ source: `npm ${spec}` })).toMatchObject({ failure: { code: 'E0881' } });
  }
  expect(fs.existsSync(path.join(root, 'b.onnx'))).toBe(false);
  expect(fs.existsSync(path.join(backbones(), 'led'))).toBe(false);
});

test('a folder with files that no record speaks of is not replaced', async () => {
  const folder = path.join(backbones(), 'mine/notes');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'why.txt'), 'months of work');
  const refused = await add({ source: { kind: 'known', name: 'mine', entry: ENTRY } });
  expect(refused).toMatchObject({ failure: { code: 'E0887', message: expect.stringContaining('`notes/why.txt`') } });
  expect(fs.readFileSync(path.join(folder, 'why.txt'), 'utf8')).toBe('months of work');
  fs.rmSync(path.join(backbones(), 'mine'), { recursive: true });
});

test('a folder is taken with what its record says, and a model.json with the files it names, which lie below it', async () => {
  const folder = path.join(root, 'nets');
  fs.mkdirSync(path.join(folder, 'weights'), { recursive: true });
  const model = (...paths: string[]) => JSON.stringify({ weightsManifest: [{ paths, weights: [] }] });
  fs.writeFileSync(path.join(folder, 'model.json'), model('weights/one.bin'));
  fs.writeFileSync(path.join(folder, 'weights/one.bin'), 'one');
  fs.writeFileSync(path.join(folder, 'backbone.json'), '{"preprocessing": {"mean": [1], "deviation": [2]}}');
  const added = await add({ source: source(folder) });
  expect(added).toMatchObject({ value: { name: 'nets', file: 'model.json', preprocessing: { mean: [1] } } });
  expect(fs.readFileSync(path.join(backbones(), 'nets/weights/one.bin'), 'utf8')).toBe('one');
  for (const name of ['../one.bin', '/etc/passwd', 'no.bin', 'a/../../b']) {
    fs.writeFileSync(path.join(folder, 'model.json'), model(name));
    expect(await add({ source: source(path.join(folder, 'model.json')) })).toMatchObject({
      failure: { code: 'E0886' },
    });
  }
  fs.writeFileSync(path.join(folder, 'model.json'), 'text');
  expect(await add({ source: source(folder) })).toMatchObject({ failure: { code: 'E0886' } });
});

test('what names nothing, or cannot be a name, is refused', () => {
  const refused = (text: string, name: string | null = null) => parseSource(text, backbones(), name);
  expect(refused('mobilenet')).toMatchObject({ failure: { code: 'E0880', hint: 'pipe backbone add mobilenet-v1' } });
  expect(refused('efficientnet')).toMatchObject({ failure: { hint: 'pipe backbone add efficientnet@VERSION' } });
  expect(refused('resnet50', '../up')).toMatchObject({ failure: { code: 'E0880' } });
  expect(refused('@scope/net@^1.0.0')).toMatchObject({ failure: { code: 'E0880' } });
});
