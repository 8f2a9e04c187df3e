import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AddRequest, addBackbone } from './add-backbone.ts';
import { parseSource } from './parse-source.ts';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const WEIGHTS = Buffer.alloc(5000, 'weights');
let root: string;
let server: http.Server;
let base: string;
const asked: string[] = [];

beforeAll(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'address-'));
  fs.mkdirSync(path.join(root, 'inside'));
  fs.writeFileSync(path.join(root, 'inside/net.tflite'), WEIGHTS);
  execFileSync('tar', ['czf', 'net.tgz', 'inside'], { cwd: root });
  const model = JSON.stringify({ weightsManifest: [{ paths: ['one.bin'], weights: [] }] });
  server = http.createServer((request, response) => {
    asked.push(`${request.url} ${JSON.stringify(request.headers.authorization ?? null)}`);
    const url = new URL(request.url ?? '/', 'http://x');
    const move = (to: string) => response.writeHead(302, { location: to }).end();
    if (url.pathname === '/net.onnx' || url.pathname === '/vgg/one.bin') response.end(WEIGHTS);
    else if (url.pathname === '/vgg/model.json') response.end(model);
    else if (url.pathname === '/net.tgz') response.end(fs.readFileSync(path.join(root, 'net.tgz')));
    else if (url.pathname === '/moved.onnx') move('/net.onnx');
    else if (url.pathname === '/round.onnx') move('/round.onnx');
    else if (url.pathname === '/away.onnx') move('http://example.org/net.onnx?key=secret');
    else if (url.pathname === '/user.onnx') move(`http://user:geheim@${request.headers.host}/net.onnx`);
    else if (url.pathname === '/endless.onnx') response.write(WEIGHTS.subarray(0, 100));
    else if (url.pathname === '/stream.onnx') {
      response.write(WEIGHTS);
      response.end();
    } else if (url.pathname === '/cut.onnx') {
      response.writeHead(200, { 'content-length': 9000 });
      response.write(WEIGHTS, () => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(root, { recursive: true, force: true });
});

async function add(address: string, changes: Partial<AddRequest> = {}) {
  const backbones = path.join(root, 'backbones');
  const parsed = parseSource(address, backbones, null);
  if (!parsed.ok) return parsed;
  return addBackbone({
    source: parsed.value,
    asked: address,
    backbones,
    archive: null,
    sha256: sha256(WEIGHTS),
    network: null,
    preprocessing: null,
    timeoutMs: 9000,
    signal: new AbortController().signal,
    onStep() {},
    ...changes,
  });
}

const here = (name: string) => path.join(root, 'backbones', name);

test('a file of an address is kept with its digest and its address, a query only used', async () => {
  const added = await add(`${base}/net.onnx?token=secret`);
  expect(added).toMatchObject({
    value: { name: 'net', file: 'net.onnx', source: `${base}/net.onnx`, sha256: { 'net.onnx': sha256(WEIGHTS) } },
  });
  expect(asked.at(-1)).toBe('/net.onnx?token=secret null');
  expect(fs.readFileSync(path.join(here('net'), 'net.onnx')).equals(WEIGHTS)).toBe(true);
  expect(fs.readFileSync(path.join(here('net'), 'backbone.json'), 'utf8')).not.toContain('secret');
});

test('an archive is known by its own digest or by that of the network in it; a model.json comes with its files', async () => {
  const archive = fs.readFileSync(path.join(root, 'net.tgz'));
  const refused = await add(`${base}/net.tgz`, { sha256: sha256('') });
  expect(refused).toMatchObject({ failure: { code: 'E0882', expected: sha256('') } });
  fs.rmSync(here('net'), { recursive: true });
  expect(await add(`${base}/net.tgz`, { sha256: sha256(archive) })).toMatchObject({ value: { file: 'net.tflite' } });
  expect(await add(`${base}/net.tgz`)).toMatchObject({ ok: true });
  const model = JSON.stringify({ weightsManifest: [{ paths: ['one.bin'], weights: [] }] });
  const listing = sha256(`${sha256(model)}  model.json\n${sha256(WEIGHTS)}  one.bin\n`);
  expect(await add(`${base}/vgg/model.json`, { sha256: listing })).toMatchObject({ value: { name: 'vgg' } });
  expect(fs.readdirSync(here('vgg')).sort()).toEqual(['backbone.json', 'model.json', 'one.bin']);
  // From its record alone.
  fs.rmSync(path.join(here('vgg'), 'one.bin'));
  const parsed = parseSource('vgg', path.join(root, 'backbones'), null);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  expect(await add('vgg', { sha256: null })).toMatchObject({ ok: true });
  expect(fs.existsSync(path.join(here('vgg'), 'one.bin'))).toBe(true);
});

test('redirects are followed, a few of them, and never away from https', async () => {
  expect(await add(`${base}/moved.onnx`)).toMatchObject({ value: { source: `${base}/moved.onnx` } });
  expect(await add(`${base}/round.onnx`)).toMatchObject({ failure: { code: 'E0881' } });
  const away = await add(`${base}/away.onnx`);
  expect(away).toMatchObject({
    failure: { code: 'E0888', message: expect.stringContaining('http://example.org/net.onnx') },
  });
  expect(JSON.stringify(away)).not.toContain('secret');
  const user = await add(`${base}/user.onnx`);
  expect(user).toMatchObject({ failure: { code: 'E0888' } });
  expect(JSON.stringify(user)).not.toContain('geheim');
});

test('from another machine nothing leads to this one', async () => {
  const moved = vi.spyOn(globalThis, 'fetch').mockResolvedValueOnce(Response.redirect(`${base}/net.onnx`, 302));
  const before = asked.length;
  try {
    expect(await add('https://example.org/net.onnx')).toMatchObject({
      failure: { code: 'E0888', message: expect.stringContaining('which is on this machine') },
    });
  } finally {
    moved.mockRestore();
  }
  expect(asked.length).toBe(before);
});

const FAILS: readonly [string, string, Partial<AddRequest>, string, string][] = [
  ['other bytes', '/net.onnx', { sha256: sha256('other') }, 'E0882', sha256(WEIGHTS)],
  ['a transfer that is cut', '/cut.onnx', {}, 'E0881', 'cannot be fetched'],
  ['a file that is too large by what is told of it', '/net.onnx', { mostBytes: 4999 }, 'E0881', 'more than 4999 bytes'],
  ['a file that is too large by what comes', '/stream.onnx', { mostBytes: 4999 }, 'E0881', 'more than 4999 bytes'],
  ['a file that is not there', '/no.onnx', {}, 'E0881', 'the server answered 404'],
  ['a transfer that does not end', '/endless.onnx', { timeoutMs: 300 }, 'E0883', 'had not come after 1 s'],
  ['an address without its digest', '/net.onnx', { sha256: null }, 'E0889', 'SHA-256'],
  ['an archive that is none', '/none.tgz', {}, 'E0881', '404'],
];

test.each(FAILS)('%s is a problem, and nothing is kept', async (_what, address, changes, code, text) => {
  const kept = fs.readdirSync(path.join(root, 'backbones'));
  const failed = await add(`${base}${address}`, changes);
  expect(failed).toMatchObject({
    ok: false,
    failure: { code, message: expect.stringContaining(text), hint: expect.stringMatching(/./) },
  });
  expect(fs.readdirSync(path.join(root, 'backbones'))).toEqual(kept);
});

test('the hint for more time is what was asked for, with more time', async () => {
  const late = await add(`${base}/endless.onnx`, { timeoutMs: 300, asked: 'net --sha256 0' });
  expect(late).toMatchObject({ failure: { hint: 'pipe backbone add net --sha256 0 --timeout 3' } });
});

test('a server that is not there is a problem, and so is an interruption', async () => {
  const gone = http.createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  expect(await add(`http://127.0.0.1:${port}/net.onnx`)).toMatchObject({ failure: { code: 'E0881' } });
  expect(await add(`${base}/endless.onnx`, { signal: AbortSignal.abort() })).toMatchObject({
    failure: { code: 'E0881', message: 'it was interrupted; nothing was changed' },
  });
});

test('only https is fetched, and http from this machine; no address holds a password', async () => {
  const secret = await add('https://user:geheim@example.org/net.onnx?x=geheim');
  expect(secret).toMatchObject({ failure: { code: 'E0888' } });
  expect(JSON.stringify(secret)).not.toContain('geheim');
  for (const address of ['https://user:ge@heim@example.org/net.onnx', 'https://user:ge/heim@example.org/net.onnx']) {
    expect(JSON.stringify(await add(address))).not.toContain('heim');
  }
  for (const address of ['http://example.org/net.onnx', 'ftp://127.0.0.1/net.onnx', 'file:///etc/passwd', 'https://']) {
    expect(await add(address)).toMatchObject({ failure: { code: 'E0888' } });
  }
});
