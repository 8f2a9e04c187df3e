/** `pipe gc`: what goes, what stays, and that it never takes from under a run. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { ended, testProject, until } from '../support/project.ts';

const PIPELINE = (text: string) => `stages:\n  a: { cmd: 'echo ${text} > a.txt', outs: [a.txt] }\n`;
const OTHER = 'stages:\n  b: { cmd: echo two > b.txt, outs: [b.txt] }\n';

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

test('nothing is collected when the lock is damaged, empty or lost, because what it would keep is not known', () => {
  const project = testProject({
    'pipeline.yaml': `${PIPELINE('${word}')}params: { word: one }\nexperiments:\n  other: { params.word: two }\n`,
  });
  project.json(['run', '--all']);
  const lock = project.read('pipeline.lock');
  const results = () => fs.readdirSync(project.path('cache/actions'), { recursive: true }).length;
  const before = results();
  for (const damage of [
    () => project.write('pipeline.lock', `${lock}<<<<<<< HEAD\n`),
    () => project.write('pipeline.lock', ''),
    () => project.remove('pipeline.lock'),
  ]) {
    damage();
    for (const args of [
      ['gc', '--keep-runs', '1'],
      ['gc', '--dry', '--json', '--keep-runs', '1'],
    ]) {
      const refused = project.pipe(args);
      expect(refused.code).toBe(2);
      expect(refused.stdout + refused.stderr).toContain('E0687');
    }
    expect(results()).toBe(before);
  }
  project.json(['run', '--all']);
  expect(project.read('pipeline.lock')).toBe(lock);
  expect(project.pipe(['gc', '--keep-runs', '1']).stdout).toContain('nothing to delete');
  expect(results()).toBe(before);
});

test('what a real run leaves in the cache goes when it is old; a file of somebody else does not', () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE('one') });
  project.json(['run']);
  project.write('cache/runs/notes.txt', 'mine');
  project.write('cache/logs/mine/notes.txt', 'mine');
  const long = Date.now() / 1000 - 100 * 86400;
  const places = () => ['runs', 'logs'].flatMap((each) => fs.readdirSync(project.path(`cache/${each}`))).sort();
  const before = places();
  for (const folder of ['runs', 'logs'])
    for (const each of fs.readdirSync(project.path(`cache/${folder}`), { recursive: true }))
      fs.utimesSync(project.path(`cache/${folder}/${each}`), long, long);
  expect(before.length).toBeGreaterThan(3);
  project.write('pipeline.yaml', PIPELINE('two'));
  project.json(['run']);
  const after = places();
  expect(project.pipe(['gc', '--keep-runs', '1']).code).toBe(0);
  expect(places()).toEqual(after.filter((each) => !before.includes(each) || ['mine', 'notes.txt'].includes(each)));
});

test('what the lock of another pipeline file in the folder names stays, and a damaged one is named', () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE('one'), 'other.yaml': OTHER });
  project.json(['run', '--file', 'other.yaml']);
  project.json(['run']);
  expect(project.pipe(['gc', '--keep-runs', '1']).stdout).toContain('nothing to delete');
  project.remove('b.txt');
  expect(project.json(['run', '--file', 'other.yaml']).statuses).toEqual({ b: 'restored' });
  project.write('other.pipeline.lock', '');
  const refused = project.pipe(['gc']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('`other.pipeline.lock`')]);
});
