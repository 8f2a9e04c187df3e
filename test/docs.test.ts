import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commandsPage } from '../build/docs/commands-page.ts';
import { filesPage, pipelinePage, stagesPage } from '../build/docs/schema-pages.ts';
import { ROOT } from './sources.ts';

const DOCS = path.join(ROOT, 'docs');

/** `npm run docs` writes the pages anew; here they are only compared. */
test.each([
  ['commands', commandsPage],
  ['pipeline', pipelinePage],
  ['stages', stagesPage],
  ['files', filesPage],
])('docs/reference/%s.md is as the program says', async (name, page) => {
  await expect(page()).toMatchFileSnapshot(path.join(DOCS, 'reference', `${name}.md`));
});

const pages = [
  'README.md',
  ...readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).map((each) => `docs/${each.split(path.sep).join('/')}`),
].filter((each) => each.endsWith('.md'));

test('every link of the documentation leads to something', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, page), 'utf8').replace(/```.*?```/gs, '');
    return [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(path.resolve(ROOT, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  expect(broken).toEqual([]);
});

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const match of readFileSync(path.join(ROOT, page), 'utf8').matchAll(/\]\(([^)#:]+\.md)(?:#[^)]*)?\)/g)) {
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(page), match[1] ?? ''));
      if (existsSync(path.join(ROOT, target))) reached.add(target);
    }
  }
  expect(pages.filter((each) => !reached.has(each))).toEqual([]);
});
