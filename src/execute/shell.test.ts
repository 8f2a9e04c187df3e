import { expect, test } from 'vitest';
import { findShell } from './shell.ts';

test("the system's bash comes before one in PATH", () => {
  expect(findShell('/opt/bin', () => true).file).toBe('/bin/bash');
  expect(findShell('relative:/opt/bin', (file) => file.endsWith('opt/bin/bash')).file).toBe('/opt/bin/bash');
});

test("without bash the system's sh runs commands", () => {
  expect(findShell('/opt/bin', () => false)).toEqual({ file: '/bin/sh', args: ['-c'] });
});
