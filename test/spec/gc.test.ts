/** `pipe gc`: what goes, what stays, and that it never takes from under a run. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { ended, testProject, until } from '../support/project.ts';

const PIPELINE = (text: string) => `stages:\n  a: { cmd: 'echo ${text} > a.txt', outs: [a.txt] }\n`;

test('what the lock and the last runs refer to stays; a dry run deletes nothing', () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE('one') });
  project.json(['run']);
  project.write('pipeline.yaml', PIPELINE('two'));
  project.json(['run']);
  expect(JSON.parse(project.pipe(['gc', '--dry', '--json']).stdout).results).toEqual([]);
  const dry = JSON.parse(project.pipe(['gc', '--dry', '--json', '--keep-runs', '1']).stdout);
  expect(dry.results).toMatchObject([{ stage: 'a', experiment: 'main' }]);
  const before = fs.readdirSync(project.path('cache/actions'), { recursive: true }).length;
  expect(project.pipe(['gc', '--dry', '--keep-runs', '1']).stdout).toContain('main/a');
  expect(fs.readdirSync(project.path('cache/actions'), { recursive: true }).length).toBe(before);
});

test('a result that goes is made again when it is wanted; one that stays is restored', () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE('one') });
  project.json(['run']);
  project.write('pipeline.yaml', PIPELINE('two'));
  project.json(['run']);
  expect(project.pipe(['gc', '--keep-runs', '1']).code).toBe(0);
  project.remove('a.txt');
  expect(project.json(['run']).statuses).toEqual({ a: 'restored' });
  project.write('pipeline.yaml', PIPELINE('one'));
  expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
});

test('nothing is collected while a run uses the store', async () => {
  const project = testProject({
    'pipeline.yaml': "stages:\n  a: { cmd: 'touch started; sleep 3; echo x > a.txt', outs: [a.txt] }\n",
  });
  const runner = project.start(['run']);
  await until('the stage runs', () => project.exists('started'));
  const gc = project.pipe(['gc']);
  expect(gc.code).toBe(2);
  expect(gc.stderr).toContain('E0605');
  expect(await ended(runner)).toBe(0);
  expect(project.pipe(['gc']).code).toBe(0);
});
