import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ProjectPath } from '../base/paths.ts';
import type { IgnoreRule } from '../config/ignore.ts';
import { placeFile, placeTree } from './place-tree.ts';

function project(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-place-'));
  onTestFinished(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

function place(root: string, to: string, ignore: IgnoreRule = () => false): void {
  placeTree({ project: root, folder: 'from' as ProjectPath, ignore }, `${root}/${to}`);
}

test('a placed folder holds true folders and files, with their modes', () => {
  const root = project();
  fs.mkdirSync(`${root}/from/inner/empty`, { recursive: true });
  fs.writeFileSync(`${root}/from/inner/tool`, 'x', { mode: 0o755 });
  place(root, 'to');
  expect(fs.lstatSync(`${root}/to/inner/empty`).isDirectory()).toBe(true);
  expect(fs.lstatSync(`${root}/to/inner/tool`).isFile()).toBe(true);
  expect(fs.statSync(`${root}/to/inner/tool`).mode & 0o777).toBe(0o755);
});

test('a placed file shares nothing with its original, whose stat stays as it was', () => {
  const root = project();
  fs.mkdirSync(`${root}/from`);
  fs.writeFileSync(`${root}/from/a`, 'a');
  const before = fs.statSync(`${root}/from/a`, { bigint: true });
  place(root, 'to');
  placeFile(`${root}/from/a`, `${root}/deep/b`);
  for (const copy of ['to/a', 'deep/b']) fs.appendFileSync(`${root}/${copy}`, 'more');
  const after = fs.statSync(`${root}/from/a`, { bigint: true });
  expect([after.ctimeNs, after.nlink, after.size]).toEqual([before.ctimeNs, before.nlink, before.size]);
});

test('links that stay inside stay links inside, what others lead to is placed itself; the folder may be a link', () => {
  const root = project();
  fs.mkdirSync(`${root}/real/inner`, { recursive: true });
  fs.mkdirSync(`${root}/shared`);
  fs.writeFileSync(`${root}/shared/file`, 'outside');
  fs.writeFileSync(`${root}/real/a`, 'a');
  fs.symlinkSync('../a', `${root}/real/inner/in`);
  fs.symlinkSync('../shared/file', `${root}/real/out`);
  fs.symlinkSync('../shared', `${root}/real/folder`);
  fs.symlinkSync('real', `${root}/from`);
  place(root, 'deep/to');
  const real = fs.realpathSync(`${root}/deep/to`);
  expect(fs.realpathSync(`${real}/inner/in`)).toBe(`${real}/a`);
  expect(fs.realpathSync(`${real}/out`)).toBe(`${real}/out`);
  expect(fs.realpathSync(`${real}/folder/file`)).toBe(`${real}/folder/file`);
  expect(fs.readFileSync(`${real}/out`, 'utf8')).toBe('outside');
});

test('what is not read is not placed, named as the rule knows it', () => {
  const root = project();
  for (const name of ['from/kept', 'from/skipped', 'from/inner/skipped', 'from/no/x']) {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, name);
  }
  fs.symlinkSync('kept', `${root}/from/link`);
  place(root, 'to', (target) => ['from/skipped', 'from/inner/skipped', 'from/no', 'from/link'].includes(target));
  expect(fs.readdirSync(`${root}/to`, { recursive: true }).sort()).toEqual(['inner', 'kept']);
});

test('what is there already stays, and what is missing beside it is added', () => {
  const root = project();
  for (const name of ['from/a', 'from/b', 'to/a']) {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, name);
  }
  place(root, 'to');
  expect([fs.readFileSync(`${root}/to/a`, 'utf8'), fs.readFileSync(`${root}/to/b`, 'utf8')]).toEqual([
    'to/a',
    'from/b',
  ]);
});
