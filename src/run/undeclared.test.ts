import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { planOf, stage } from '../../test/support/plans.ts';
import type { ProjectPath } from '../base/paths.ts';
import { openOwnedPaths } from '../record/owned-paths.ts';
import { findUndeclared, listWorkFolders } from './undeclared.ts';

test('of what appeared, only what is no output, holds none and is not the runner’s own is named, and owned from then on', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'undeclared-'));
  onTestFinished(() => fs.rmSync(root, { recursive: true }));
  const plan = planOf(
    stage('a', { outs: ['plain.txt', 'deep/er/out.txt'] }),
    ...Array.from({ length: 500 }, (_, i) => stage(`b${i}`, { outs: [`out-${i}`] })),
  );
  const session = { root, plan, owned: openOwnedPaths(path.join(root, 'cache/state')) };
  fs.writeFileSync(path.join(root, 'before.txt'), '');
  const before = listWorkFolders(session);
  fs.mkdirSync(path.join(root, 'deep/er'), { recursive: true });
  for (const name of ['plain.txt', 'out-499', 'out-500', 'artifacts', 'pipeline.lock', '__pycache__'])
    fs.writeFileSync(path.join(root, name), '');
  const ran = { status: 'ran', key: null, reasons: [], seconds: 0, action: null } as const;
  const problems = findUndeclared(session, before, { status: 'ok', records: new Map([[0, ran]]), variants: [] });
  expect(problems).toMatchObject([{ code: 'E0684', stage: 'a', path: 'out-500' }]);
  expect(session.owned.has('out-500' as ProjectPath)).toBe(true);
  expect(session.owned.has('before.txt' as ProjectPath)).toBe(false);
});
