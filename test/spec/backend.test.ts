/** Numeric backends: which there are, choosing one, and what is recorded of it. */
import path from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { REPOSITORY, testProject } from '../support/project.ts';

/** Where nothing is installed. */
const nowhere = { PIPE_BACKENDS_FOLDER: path.join(REPOSITORY, 'no-such-folder'), PIPE_BACKEND: undefined };

const STAGE = {
  'pipeline.yaml':
    'stages:\n  say: { uses: say }\n  ask: { cmd: echo "$PIPE_BACKEND" > asked.txt, outs: [asked.txt] }\n',
  'stages/say/index.ts': `
    import fs from 'node:fs';
    import type { StageRun } from 'pipe-runner/sdk';
    const run: StageRun = async ({ outputs }) => fs.writeFileSync(outputs.said ?? '', String(process.env.PIPE_BACKEND));
    export default run;`,
  'schemas/stages/say.schema.json': JSON.stringify({
    type: 'object',
    properties: {},
    additionalProperties: false,
    'x-inputs': {},
    'x-outputs': { said: { kind: 'any' } },
  }),
};

test('the list tries every backend, says why not, measures the others, and what `auto` takes', () => {
  const project = testProject();
  const listed = project.pipe(['backend', '--json'], nowhere);
  expect(listed.stderr).toBe('');
  const lines = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  const byName = new Map(lines.map((line) => [line.name, line]));
  for (const name of ['gpu', 'tensorflow', 'webgpu']) {
    expect(byName.get(name)).toMatchObject({
      usable: false,
      problem: { code: 'E1151', hint: `pipe backend install ${name}` },
    });
  }
  for (const name of ['wasm', 'cpu'])
    expect(byName.get(name)).toMatchObject({ usable: true, provenance: { name }, imagesPerSecond: expect.any(Number) });
  expect(lines.at(-1)).toEqual({ event: 'backends', chosen: 'wasm' });
  expect(project.exists('cache')).toBe(false);
});

test('--backend reaches stages and commands, beats the environment, and makes nothing stale', () => {
  const project = testProject(STAGE);
  expect(project.pipe(['run', '--backend', 'cpu'], { PIPE_BACKEND: 'wasm' })).toMatchObject({ code: 0 });
  expect(project.read('artifacts/main/say/said')).toBe('cpu');
  expect(project.read('asked.txt')).toBe('cpu\n');
  expect(project.json(['run', '--backend', 'wasm']).statuses).toEqual({ say: 'cached', ask: 'cached' });
  expect(project.json(['status'], { PIPE_BACKEND: 'tensorflow' }).statuses).toEqual({ say: 'fresh', ask: 'fresh' });
});

test('a backend that does not exist is found wherever it is named', () => {
  const project = testProject();
  expect(project.pipe(['run', '--backend', 'cuda']).stderr).toContain('E0904');
  const listed = project.pipe(['backend'], { PIPE_BACKEND: 'cuda' });
  expect(listed).toMatchObject({ code: 2, stderr: expect.stringContaining('E1150') });
});

test('what `install` cannot install is refused with what it can', () => {
  const project = testProject();
  for (const operands of [['install'], ['install', 'install'], ['tensorflow'], ['tensorflow', 'install']]) {
    const { code, stderr } = project.pipe(['backend', ...operands]);
    expect(code).toBe(2);
    expect(stderr).toContain('`install gpu`, `install tensorflow`, `install webgpu`');
  }
});
