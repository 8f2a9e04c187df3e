import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { problem, warning } from '../base/problem.ts';
import { createPaint } from './paint.ts';
import { renderProblem, renderProblems } from './problem-text.ts';
import { createReadLine } from './source-lines.ts';

const FILE = ['version: 1', 'stages:', '  train:', '    with: { epochs: many }', '\tx: \u001b[31mred'];
const readLine = (_file: string, line: number) => FILE[line - 1] ?? null;

test('a problem shows its line with a caret, what was expected, and a hint', () => {
  const text = renderProblem(
    problem('E0904', '`epochs` is `many`', {
      at: { file: 'pipeline.yaml', line: 4, column: 21, length: 4 },
      expected: 'a whole number',
      hint: 'epochs: 30',
      stage: 'train',
    }),
    readLine,
  );
  expect(text).toBe(
    [
      'error[E0904]: `epochs` is `many`',
      '  --> pipeline.yaml:4:21',
      '   |',
      ' 4 |     with: { epochs: many }',
      '   |                     ^^^^',
      '   = stage: `train`',
      '   = expected: a whole number',
      '',
      'hint: epochs: 30',
      '',
    ].join('\n'),
  );
});

test('a second place is shown with what it has to do with the first', () => {
  const text = renderProblem(
    problem('E0906', 'two stages are named `train`', {
      at: { file: 'pipeline.yaml', line: 3, column: 3, length: 5 },
      related: { at: { file: 'pipeline.yaml', line: 1, column: 1, length: 7 }, message: 'the first is here' },
    }),
    readLine,
  );
  expect(text).toContain(
    '   |   ^^^^^\n  --> pipeline.yaml:1:1\n   |\n 1 | version: 1\n   | ^^^^^^^ the first is here\n',
  );
});

test('a problem without a place is one line and a hint', () => {
  expect(renderProblem(warning('E0901', 'there is no command `rnu`', { hint: 'pipe run' }), readLine)).toBe(
    'warning[E0901]: there is no command `rnu`\nhint: pipe run\n',
  );
});

test('a line that cannot be read still leaves the place', () => {
  const at = { file: 'gone.yaml', line: 900, column: 1 };
  expect(renderProblem(problem('E0901', 'x', { at }), () => null)).toBe('error[E0901]: x\n   --> gone.yaml:900:1\n');
});

test('control characters of the file reach the terminal as escapes', () => {
  const text = renderProblem(
    problem('E0901', 'bad \u001b[2J', { at: { file: 'a', line: 5, column: 2, length: 1 } }),
    readLine,
  );
  expect(text).toContain('bad \\u001b[2J');
  expect(text).toContain(' 5 |   x: \\u001b[31mred\n   |   ^\n');
});

test('of a very long line the part around the caret is shown, in place under wide characters', () => {
  const line = `${'a'.repeat(500)}日本${'b'.repeat(500)}`;
  const text = renderProblem(problem('E0901', 'x', { at: { file: 'a', line: 1, column: 503, length: 3 } }), () => line);
  const [, , , shown = '', caret = ''] = text.split('\n');
  expect(shown).toBe(` 1 | …${'a'.repeat(38)}日本${'b'.repeat(60)}…`);
  expect(caret).toBe(`   | ${' '.repeat(1 + 38 + 4)}^^^`);
});

test('a column beyond the end of the line points just behind it', () => {
  const text = renderProblem(problem('E0901', 'x', { at: { file: 'a', line: 1, column: 99, length: 9 } }), () => 'ab');
  expect(text).toContain(' 1 | ab\n   |   ^\n');
});

test('of very many problems the first are shown and the rest counted', () => {
  const problems = Array.from({ length: 12 }, (_, index) => problem('E0901', `x${index}`));
  const text = renderProblems(problems, readLine);
  expect(text).toContain('error[E0901]: x0\n\nerror[E0901]: x1\n');
  expect(text.endsWith('error[E0901]: x9\n\nand 2 more\n')).toBe(true);
  expect(renderProblems(problems.slice(0, 1), readLine)).toBe('error[E0901]: x0\n');
});

test('without its colours the text is the same', () => {
  const it = problem('E0904', 'm', { at: { file: 'p', line: 3, column: 3, length: 5 }, hint: 'h', expected: 'e' });
  const coloured = renderProblem(it, readLine, createPaint(true));
  expect(coloured).toContain('\u001b[31m');
  expect(stripVTControlCharacters(coloured)).toBe(renderProblem(it, readLine));
});

test('lines are read from the file below the root, whatever its line ends; what is not there is null', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'lines-'));
  try {
    writeFileSync(path.join(root, 'a.yaml'), '\ufeffone\r\ntwo\nthree');
    const read = createReadLine(root);
    expect([read('a.yaml', 1), read('a.yaml', 2), read('a.yaml', 3), read('a.yaml', 4), read('b.yaml', 1)]).toEqual([
      'one',
      'two',
      'three',
      null,
      null,
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
