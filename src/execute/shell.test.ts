import { expect, test } from 'vitest';
import { findShell, shellArguments } from './shell.ts';

test("the system's bash comes before one in PATH", () => {
  expect(findShell('/opt/bin', () => true).file).toBe('/bin/bash');
  expect(findShell('relative:/opt/bin', (file) => file.endsWith('opt/bin/bash')).file).toBe('/opt/bin/bash');
});

test("without bash the system's sh runs commands", () => {
  expect(findShell('/opt/bin', () => false)).toEqual({ file: '/bin/sh', args: [] });
});

test('a text of several lines ends at the first line that fails, one line keeps the shell as it is', () => {
  const shell = { file: '/bin/sh', args: [] };
  expect(shellArguments(shell, 'a; b\n')).toEqual(['-c', 'a; b\n']);
  expect(shellArguments(shell, 'a\nb')).toEqual(['-ec', 'a\nb']);
});
