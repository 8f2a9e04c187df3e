/** A full disk while storing: a clear error, nothing half-written, earlier results in place, and success once there is room. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TestProject } from '../support/project.ts';

const MEGABYTE = 1 << 20;
/** Mounting takes rights that not everybody has; `src/store/disk-full.test.ts` limits the size of files instead, which anybody may. */
const MAY_MOUNT = process.platform === 'linux' && process.getuid?.() === 0;

test.runIf(MAY_MOUNT)(
  'a disk that fills up while a result is stored fails the stage, loses nothing, and is no trouble afterwards',
  () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', folder]);
      fs.rmdirSync(folder);
    });
    const project = new TestProject(
      {
        'pipeline.yaml': `
stages:
  small: { cmd: head -c 100000 /dev/zero > small.bin, outs: [small.bin] }
  large: { cmd: 'cat small.bin > large.bin; head -c 3000000 /dev/urandom >> large.bin', deps: [small.bin], outs: [large.bin] }
`,
      },
      folder,
    );
    project.write('ballast', new Uint8Array(4 * MEGABYTE));
    const full = project.json(['run']);
    expect(full.code).toBe(1);
    expect(full.statuses).toEqual({ small: 'ran', large: 'failed' });
    expect(project.exists('large.bin')).toBe(false);
    project.remove('ballast');
    const after = project.json(['run']);
    expect(after.statuses).toEqual({ small: 'cached', large: 'ran' });
    expect(fs.statSync(project.path('large.bin')).size).toBe(3_100_000);
  },
);

test.runIf(MAY_MOUNT)('without room for anything, the error says what is full and the lock stays as it was', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    fs.rmdirSync(folder);
  });
  const project = new TestProject(
    {
      'pipeline.yaml': 'stages:\n  a: { cmd: cat in.txt > out.txt, deps: [in.txt], outs: [out.txt] }\n',
      'in.txt': 'x',
    },
    folder,
  );
  expect(project.pipe(['run']).code).toBe(0);
  const lock = project.read('pipeline.lock');
  project.write('in.txt', 'y');
  try {
    project.write('ballast', new Uint8Array(4 * MEGABYTE));
  } catch {
    // As much as fits: that is the point.
  }
  const run = project.pipe(['run']);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toMatch(/full|space/);
  expect(project.read('pipeline.lock')).toBe(lock);
  project.remove('ballast');
  expect(project.pipe(['run']).code).toBe(0);
  expect(project.read('out.txt')).toBe('y');
});
