import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { backendsFolder } from './install-folder.ts';

test('backends go where the environment says, else to the project, else beside this program', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-'));
  onTestFinished(() => fs.rmSync(root, { recursive: true }));
  const clone = path.resolve('/opt/pipe-runner');
  const global = path.resolve('/usr/lib/node_modules/pipe-runner');
  expect(backendsFolder(root, clone, { PIPE_BACKENDS_FOLDER: '/srv/backends' })).toBe(path.resolve('/srv/backends'));
  expect(backendsFolder(root, clone, {})).toBe(path.join(clone, 'node_modules', '.pipe-backends'));
  expect(backendsFolder(root, global, {})).toBe(path.resolve('/usr/lib/node_modules/.pipe-backends'));
  fs.writeFileSync(path.join(root, 'package.json'), '{}');
  expect(backendsFolder(root, global, {})).toBe(path.join(root, 'node_modules', '.pipe-backends'));
});
