import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorkFolders } from './work-folders.ts';

/** A folder as a verification of that process would have left it. */
function leftBy(pid: number, agoMs: number): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `pipe-verify-${pid}-`));
  const then = new Date(Date.now() - agoMs);
  fs.utimesSync(folder, then, then);
  return folder;
}

test('what a killed verification left is removed by a later one, what another still uses is not', () => {
  const dead = spawnSync('true').pid;
  const old = leftBy(dead, 7_200_000);
  const kept = [leftBy(process.pid, 7_200_000), leftBy(dead, 0)];
  const folders = openWorkFolders();
  const own = folders.make(null);
  expect([old, ...kept, own].map((each) => fs.existsSync(each))).toEqual([false, true, true, true]);
  folders.close();
  expect(fs.existsSync(own)).toBe(false);
  for (const each of kept) fs.rmSync(each, { recursive: true });
});

test('what a stage left without permission to write is removed, too', () => {
  const folders = openWorkFolders();
  const folder = folders.make(null);
  fs.mkdirSync(path.join(folder, 'locked'));
  fs.writeFileSync(path.join(folder, 'locked/file'), '');
  fs.chmodSync(path.join(folder, 'locked'), 0o500);
  folders.close();
  expect(fs.existsSync(folder)).toBe(false);
});
