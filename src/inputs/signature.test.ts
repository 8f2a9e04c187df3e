import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scanPool } from './scan-pool.ts';
import { sharedTreeSignature } from './shared-signature.ts';
import { isRacy, treeSignature } from './signature.ts';
import { bundleScanWorker } from './worker-rig.ts';

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'signature-')));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const at = (place: string) => path.join(root, place);

function write(place: string, content: string): void {
  fs.mkdirSync(path.dirname(at(place)), { recursive: true });
  fs.writeFileSync(at(place), content);
}

test('every edit of a tree gives another signature, and no edit the same', () => {
  write('d/a', '1');
  write('d/s/b', '2');
  write('e/x', '3');
  fs.symlinkSync('../e', at('d/link'));
  const edits: [string, () => void][] = [
    ['content', () => write('d/a', 'other')],
    ['deep content', () => write('d/s/b', 'other')],
    ['a new file', () => write('d/s/c', '')],
    ['a removed file', () => fs.rmSync(at('d/s/c'))],
    ['a moved file', () => fs.renameSync(at('d/a'), at('d/s/a'))],
    ['an empty folder', () => fs.mkdirSync(at('d/empty'))],
    ['the execute bit', () => fs.chmodSync(at('d/s/a'), 0o755)],
    ['content behind a link', () => write('e/x', 'other')],
    ['a link', () => [fs.rmSync(at('d/link')), fs.symlinkSync('s/a', at('d/link'))]],
    ['all of it', () => fs.rmSync(at('d'), { recursive: true })],
  ];
  let before = treeSignature(at('d'), null);
  for (const [what, edit] of edits) {
    expect(treeSignature(at('d'), null), what).toEqual(before);
    edit();
    const after = treeSignature(at('d'), null);
    expect([after.count, after.a, after.b], what).not.toEqual([before.count, before.a, before.b]);
    before = after;
  }
  expect(before.count).toBe(-1);
});

test('ignored entries do not count', () => {
  write('d/a', '1');
  const before = treeSignature(at('d'), null);
  write('d/b.tmp', '2');
  write('d/skip/c', '3');
  expect(treeSignature(at('d'), (each) => each.endsWith('.tmp') || each === at('d/skip'))).toEqual(before);
});

test('links in a circle end', () => {
  write('d/a', '1');
  write('e/b', '1');
  fs.symlinkSync('.', at('d/self'));
  fs.symlinkSync('../e', at('d/e'));
  fs.symlinkSync('../d', at('e/d'));
  expect(treeSignature(at('d'), null).count).toBeGreaterThan(3);
});

test('a file read right after it was written is racy, and is not once the clock has moved on', () => {
  write('a', '1');
  const signature = treeSignature(at('a'), null);
  const { ctimeMs } = fs.statSync(at('a'));
  expect(isRacy(signature, ctimeMs + 1)).toBe(true);
  expect(isRacy(signature, ctimeMs + 21)).toBe(false);
});

test('several threads give the same signature as one', () => {
  for (let i = 0; i < 50; i++) for (const place of [`d/${i}/a`, `d/${i}/s/b`, `d/x${i}`]) write(place, place);
  const pool = scanPool(bundleScanWorker(root), 2);
  const before = treeSignature(at('d'), null);
  expect(sharedTreeSignature(at('d'), pool)).toEqual(before);
  write('e/y', '1');
  fs.symlinkSync('../e', at('d/link'));
  expect(sharedTreeSignature(at('d'), pool)).toEqual(treeSignature(at('d'), null));
  expect(sharedTreeSignature(at('nothing'), pool)).toEqual(treeSignature(at('nothing'), null));
  expect(sharedTreeSignature(at('e/y'), pool)).toEqual(treeSignature(at('e/y'), null));
});
