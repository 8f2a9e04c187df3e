import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ProjectPath } from '../base/paths.ts';
import { loadIgnore } from './ignore.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-ignore-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

function project(files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(root, 'p-'));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

function ignored(
  files: Record<string, string>,
  paths: readonly string[],
  dialect: 'pipe' | 'dvc' = 'pipe',
): readonly string[] {
  const rule = loadIgnore(project(files), dialect);
  return paths.filter((each) => rule(each.replace(/\/$/, '') as ProjectPath, each.endsWith('/')));
}

test('patterns are those of gitignore', () => {
  const patterns = '# comment\n*.tmp\n/top\nfolder/\n!keep.tmp\n';
  const paths = ['a.tmp', 'x/a.tmp', 'keep.tmp', 'top', 'x/top', 'folder/', 'folder', 'x/folder/', 'data/'];
  expect(ignored({ '.pipeignore': patterns }, paths)).toEqual(['a.tmp', 'x/a.tmp', 'top', 'folder/', 'x/folder/']);
});

test('without patterns nothing is ignored but the folder of Git', () => {
  expect(ignored({}, ['a', '.git/', '.git/config', '.gitignore', 'x/.github/', '.'])).toEqual(['.git/', '.git/config']);
});

test('what the runner keeps in a project is passed over, and read where an input lies in it', () => {
  const paths = ['cache/', 'artifacts/', 'pipeline.lock', 'dvc.pipeline.lock', 'pipeline.lock.7.tmp'];
  const others = ['artifacts/main/x', 'x/cache/', 'x/artifacts/', 'cache.txt', 'poetry.lock', 'my-pipeline.lock'];
  expect(ignored({}, [...paths, ...others])).toEqual(paths);
  expect(ignored({}, [...paths, ...others], 'dvc')).toEqual(paths.filter((each) => each !== 'artifacts/'));
});

test('patterns in a folder speak of that folder, and may take back what one above says', () => {
  const files = { '.pipeignore': '*.csv', 'data/.pipeignore': '!good.csv\n/raw', 'raw/x': '' };
  expect(ignored(files, ['a.csv', 'data/a.csv', 'data/good.csv', 'data/raw', 'raw', 'data/x/raw'])).toEqual([
    'a.csv',
    'data/a.csv',
    'data/raw',
  ]);
});

test('.dvcignore counts for a dvc.yaml only, .pipeignore for both', () => {
  const files = { '.dvcignore': '*.a', '.pipeignore': '*.b' };
  expect(ignored(files, ['x.a', 'x.b'], 'dvc')).toEqual(['x.a', 'x.b']);
  expect(ignored(files, ['x.a', 'x.b'], 'pipe')).toEqual(['x.b']);
});

test('odd names are asked about without harm', () => {
  expect(ignored({ '.pipeignore': '*.tmp' }, ['a b.tmp', "q'x", 'new\nline', '..x', 'é.tmp'])).toEqual([
    'a b.tmp',
    'é.tmp',
  ]);
});
