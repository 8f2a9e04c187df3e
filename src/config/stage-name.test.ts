import { expect, test } from 'vitest';
import { nameFault } from './stage-name.ts';
import { briefs, load, stageNames } from './test-project.ts';

test('a stage with a command may have any name DVC takes from a hand-written file', () => {
  const names = ['a.b', 'with space', "quo'te", 'é', 'a/b', '$x', 'a@b', '-x'];
  const text = `stages: {${names.map((name) => `${JSON.stringify(name)}: {cmd: x}`).join(', ')}}`;
  expect(stageNames(load({ 'dvc.yaml': text }))).toEqual(names);
});

test('names that break lines, are empty or longer than file systems take are refused (E0206)', () => {
  expect(briefs('stages: {"a\\nb": {cmd: x}, "": {cmd: x}, "..": {cmd: x}}').map((each) => each.slice(5))).toEqual([
    ' 1:10 stage name `a\\nb` holds a line break or another control character',
    ' 1:28 stage name `` is empty',
    ' 1:42 stage name `..` has a meaning of its own',
  ]);
  expect(briefs(`stages: {${'é'.repeat(101)}: {cmd: x}}`)[0]).toMatch(/^E0206 .* is longer than 200 bytes$/);
});

test('a stage whose results lie in a folder of its name has no separator in it (E0206)', () => {
  expect(briefs('stages: {a/b: {uses: ingest, with: {source: x}}}')).toEqual([
    'E0206 1:10 stage name `a/b` holds `/`, `\\` or `:`',
  ]);
});

test('control characters in items are shown escaped in the name', () => {
  expect(stageNames(load('stages: {s: {foreach: ["a\\nb"], do: {cmd: x}}}'))).toEqual(['s@a\\nb']);
});

test('names of folders and names of commands differ in separators only', () => {
  expect(nameFault('a/b', false)).toBeNull();
  expect(nameFault('a/b', true)).not.toBeNull();
  expect(nameFault('a b.c', true)).toBeNull();
});
