import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { placeTree } from './place-tree.ts';

function folder(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-place-'));
  onTestFinished(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a placed folder holds true folders and files, with their modes', () => {
  const root = folder();
  fs.mkdirSync(`${root}/from/inner/empty`, { recursive: true });
  fs.writeFileSync(`${root}/from/inner/tool`, 'x', { mode: 0o755 });
  placeTree(`${root}/from`, `${root}/to`);
  expect(fs.lstatSync(`${root}/to/inner/empty`).isDirectory()).toBe(true);
  expect(fs.lstatSync(`${root}/to/inner/tool`).isFile()).toBe(true);
  expect(fs.statSync(`${root}/to/inner/tool`).mode & 0o777).toBe(0o755);
});

test('links that stay inside stay links inside, others lead where they led; the folder itself may be a link', () => {
  const root = folder();
  fs.mkdirSync(`${root}/real/inner`, { recursive: true });
  fs.writeFileSync(`${root}/outside`, 'outside');
  fs.writeFileSync(`${root}/real/a`, 'a');
  fs.symlinkSync('../a', `${root}/real/inner/in`);
  fs.symlinkSync('../outside', `${root}/real/out`);
  fs.symlinkSync('real', `${root}/from`);
  placeTree(`${root}/from`, `${root}/deep/to`);
  expect(fs.realpathSync(`${root}/deep/to/inner/in`)).toBe(fs.realpathSync(`${root}/deep/to/a`));
  expect(fs.readFileSync(`${root}/deep/to/out`, 'utf8')).toBe('outside');
});

test('what is there already stays, and what is missing beside it is added', () => {
  const root = folder();
  for (const name of ['from/a', 'from/b', 'to/a']) {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, name);
  }
  placeTree(`${root}/from`, `${root}/to`);
  expect([fs.readFileSync(`${root}/to/a`, 'utf8'), fs.readFileSync(`${root}/to/b`, 'utf8')]).toEqual([
    'to/a',
    'from/b',
  ]);
});
