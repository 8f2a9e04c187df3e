import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PROBLEM_CODES } from '../src/base/problem-codes.ts';
import { ROOT, relativeImports, sourceFiles } from './sources.ts';

/** A module imports only from itself and from modules before it. */
const ORDER = [
  'base',
  'generated',
  'sdk',
  'config',
  'plan',
  'code',
  'inputs',
  'key',
  'store',
  'decide',
  'schedule',
  'execute',
  'backend',
  'backbone',
  'search',
  'record',
  'run',
  'analyse',
  'report',
  'cli',
];
/** What a stage may use of `src/`: what stage authors see, and types made from schemas. */
const OPEN_TO_STAGES = ['base', 'generated', 'sdk'];
const LONGEST = 400;

const moduleOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1] ?? null;
const sources = sourceFiles([
  'src',
  'stages',
  'build',
  'bin',
  'test',
  ...(existsSync(path.join(ROOT, 'bench')) ? ['bench'] : []),
]);
const programs = sources.filter((each) => !each.isTest);

test('every folder of src has its place in the order of modules', () => {
  for (const each of readdirSync(path.join(ROOT, 'src'))) expect(ORDER).toContain(each);
});

test('a module imports only from modules above it', () => {
  const wrong = programs.flatMap((file) => {
    const own = moduleOf(file.path);
    if (own === null) return [];
    return relativeImports(file)
      .filter(({ from, isType }) => !isType && ORDER.indexOf(moduleOf(from) ?? '') > ORDER.indexOf(own))
      .map(({ from }) => `${file.path} imports ${from}`);
  });
  expect(wrong).toEqual([]);
});

test('src imports nothing but src and schemas', () => {
  const wrong = programs
    .filter(({ path: file }) => file.startsWith('src/'))
    .flatMap((file) => relativeImports(file).map(({ from }) => [file.path, from] as const))
    .filter(([, from]) => !from.startsWith('src/') && !from.startsWith('schemas/'));
  expect(wrong).toEqual([]);
});

test('stages use what stage authors see, and nothing of the runner', () => {
  const wrong = programs
    .filter(({ path: file }) => file.startsWith('stages/'))
    .flatMap((file) => relativeImports(file).map(({ from }) => [file.path, from] as const))
    .filter(
      ([, from]) =>
        !from.startsWith('stages/') && !from.startsWith('schemas/') && !OPEN_TO_STAGES.includes(moduleOf(from) ?? ''),
    );
  expect(wrong).toEqual([]);
});

test('no file that people edit is longer than the ceiling', () => {
  const edited = sources.filter(({ path: file }) => !file.startsWith('src/generated/'));
  const long = edited.filter(({ text }) => text.split('\n').length > LONGEST + 1).map((each) => each.path);
  expect(long).toEqual([]);
});

test('every source file begins by saying what it is', () => {
  const silent = programs
    .filter(({ text }) => !/^(#!.*\n)?\/(\*\*|\/) \S|^\/\*\*\n \* \S/.test(text))
    .map((each) => each.path);
  expect(silent).toEqual([]);
});

test('nothing is left to do in comments, and nothing is switched off', () => {
  const banned = new RegExp(
    ['TODO', 'FIXME', 'XXX', '@ts-ignore', '@ts-expect-error', 'biome-ignore', 'eslint-disable']
      .map((each) => `\\b${each}\\b|${each}`)
      .join('|'),
  );
  const found = sources
    .filter((each) => each.path !== 'test/architecture.test.ts' && banned.test(each.text))
    .map((each) => each.path);
  expect(found).toEqual([]);
});

const codes = Object.keys(PROBLEM_CODES);

test('every problem code is reported by the program, and by nothing else', () => {
  const table = 'src/base/problem-codes.ts';
  const used = new Set(
    programs.filter((each) => each.path !== table).flatMap((each) => each.text.match(/\bE[01]\d{3}\b/g) ?? []),
  );
  expect(codes.filter((code) => !used.has(code))).toEqual([]);
  expect([...used].filter((code) => !codes.includes(code))).toEqual([]);
});

test('every problem code is produced in a test', () => {
  const tested = new Set(
    sources.filter((each) => each.isTest).flatMap((each) => each.text.match(/\bE[01]\d{3}\b/g) ?? []),
  );
  expect(codes.filter((code) => !tested.has(code))).toEqual([]);
});

test('every problem code has its meaning and a paragraph in the reference', () => {
  const page = readFileSync(path.join(ROOT, 'docs/reference/errors.md'), 'utf8');
  const sections = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((each) => [each.slice(0, 5), each] as const),
  );
  expect(
    codes.filter(
      (code) => !sections.get(code)?.startsWith(`${code}: ${PROBLEM_CODES[code as keyof typeof PROBLEM_CODES]}\n\n`),
    ),
  ).toEqual([]);
  expect([...sections.keys()].filter((code) => !codes.includes(code))).toEqual([]);
  expect(
    [...sections].filter(([, text]) => (text.split('\n\n')[1]?.trim().length ?? 0) < 40).map(([code]) => code),
  ).toEqual([]);
});
