import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { download, makeFolder } from './fetch.mjs';

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a folder appears whole or not at all, nothing else is left, and one that is there is not touched', async () => {
  const root = temporaryFolder();
  const target = path.join(root, 'data');
  const broken = makeFolder(target, (folder) => {
    fs.writeFileSync(path.join(folder, 'first'), '1');
    throw new Error('broken off');
  });
  await expect(broken).rejects.toThrow('broken off');
  expect(fs.readdirSync(root)).toEqual([]);
  await makeFolder(target, (folder, scratch) => {
    fs.writeFileSync(path.join(scratch, 'archive'), 'fetched');
    fs.writeFileSync(path.join(folder, 'first'), '1');
  });
  expect(fs.readdirSync(root)).toEqual(['data']);
  await expect(makeFolder(target, () => undefined)).rejects.toThrow('is already there');
  expect(fs.readdirSync(target)).toEqual(['first']);
});

test('what has another digest than expected, or is not there, is refused', async () => {
  const server = http.createServer((request, response) => {
    response.statusCode = request.url === '/file' ? 200 : 404;
    response.end('content');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = path.join(temporaryFolder(), 'file');
  const digest = createHash('sha256').update('content').digest('hex');
  await download(`${address}/file`, digest, file);
  expect(fs.readFileSync(file, 'utf8')).toBe('content');
  await expect(download(`${address}/file`, digest.replace(/^./, 'x'), file)).rejects.toThrow(
    `file has the digest ${digest}`,
  );
  await expect(download(`${address}/other`, digest, file)).rejects.toThrow('answers 404');
});
