import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildPlan } from '../../src/plan/build-plan.ts';
import { exampleNames, loadExample } from '../support/examples.ts';
import { REPOSITORY } from '../support/project.ts';

const folderOf = (name: string) => path.join(REPOSITORY, 'examples', name);
const textOf = (...parts: string[]) => fs.readFileSync(path.join(...parts), 'utf8');

test.each(exampleNames())('%s: every experiment can be planned, and nothing in the file is warned of', (name) => {
  const project = loadExample(name);
  expect(project.warnings).toEqual([]);
  expect(buildPlan(project).ok).toBe(true);
});

test.each(exampleNames())('%s has a page that the README leads to', (name) => {
  expect(fs.existsSync(path.join(folderOf(name), 'README.md'))).toBe(true);
  expect(textOf(REPOSITORY, 'README.md')).toContain(`examples/${name}/README.md`);
});

test.each(exampleNames().filter((name) => fs.existsSync(path.join(folderOf(name), 'fetch.mjs'))))(
  '%s: what is fetched is pinned, its licence named, and kept out of Git',
  (name) => {
    const script = textOf(folderOf(name), 'fetch.mjs');
    expect(script).toMatch(/const (SHA256|COMMIT) = '([0-9a-f]{64}|[0-9a-f]{40})'/);
    expect(script).toMatch(/licen[cs]e|CC BY|GPL|free for research/i);
    const target = /import\.meta\.dirname, '([^']+)'/.exec(script)?.[1];
    expect(textOf(folderOf(name), '.gitignore').split('\n')).toContain(`${target}/`);
  },
);
