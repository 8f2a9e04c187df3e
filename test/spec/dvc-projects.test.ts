/**
 * Whole projects of DVC, unchanged: what they make here has the digests that DVC wrote into their `dvc.lock`.
 *
 * Each folder of `dvc-projects/` was run by DVC 3.67 once; its lock is kept as DVC wrote it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runInProcess } from '../support/in-process.ts';
import { type TestProject, testProject } from '../support/project.ts';

interface DvcLock {
  readonly stages: Readonly<
    Record<string, { readonly outs: readonly { readonly path: string; readonly md5: string }[] }>
  >;
}

const FOLDER = path.join(import.meta.dirname, 'dvc-projects');
const WDIR = { weather: { 'clean@north': 'cleaned', 'clean@south': 'cleaned' } as Record<string, string>, posts: {} };

function copyOf(name: keyof typeof WDIR): TestProject {
  const project = testProject();
  fs.cpSync(path.join(FOLDER, name), project.root, { recursive: true });
  project.remove('dvc.lock');
  return project;
}

function lockOf(name: keyof typeof WDIR): DvcLock {
  return parse(fs.readFileSync(path.join(FOLDER, name, 'dvc.lock'), 'utf8')) as DvcLock;
}

/** The MD5 by which DVC names a file, or a folder: that of the list of its files. */
function dvcDigest(place: string): string {
  const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('hex');
  if (fs.statSync(place).isFile()) return md5(fs.readFileSync(place));
  const files = fs.readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const listed = files
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)))
    .sort()
    .map((name) => `{"md5": "${md5(fs.readFileSync(path.join(place, name)))}", "relpath": "${name}"}`);
  return `${md5(`[${listed.join(', ')}]`)}.dir`;
}

function expectOutputsOf(name: keyof typeof WDIR, project: TestProject): void {
  for (const [stage, { outs }] of Object.entries(lockOf(name).stages)) {
    for (const out of outs) {
      const place = project.path(path.join(WDIR[name][stage as never] ?? '.', out.path));
      expect([stage, out.path, dvcDigest(place)]).toEqual([stage, out.path, out.md5]);
    }
  }
}

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test('weather: foreach, matrix, wdir, vars, lists and lines of commands', async () => {
  const project = copyOf('weather');
  const first = await runInProcess(project.root);
  expect(Object.keys(first.statuses).sort()).toEqual(Object.keys(lockOf('weather').stages).sort());
  expectOutputsOf('weather', project);

  project.write('conf.toml', project.read('conf.toml').replace('above = 20', 'above = 30'));
  const ran = (statuses: Readonly<Record<string, string>>) =>
    Object.keys(statuses).filter((each) => statuses[each] === 'ran');
  expect(ran((await runInProcess(project.root)).statuses)).toEqual(['warm', 'report']);
  project.write('params.yaml', project.read('params.yaml').replace('12|01|02', '12|01'));
  expect(ran((await runInProcess(project.root)).statuses)).toEqual([
    'season@north-winter',
    'season@north-summer',
    'season@south-winter',
    'season@south-summer',
    'report',
  ]);
  fs.cpSync(path.join(FOLDER, 'weather'), project.root, { recursive: true });
  const back = await runInProcess(project.root);
  expect([ran(back.statuses), back.problems]).toEqual([[], []]);
  expectOutputsOf('weather', project);
});

test('weather: moved here with the outputs and the lock of DVC in place', async () => {
  const project = copyOf('weather');
  await runInProcess(project.root);
  for (const name of ['cache', 'dvc.pipeline.lock']) project.remove(name);
  fs.cpSync(path.join(FOLDER, 'weather'), project.root, { recursive: true });
  const { statuses, problems } = await runInProcess(project.root);
  expect([new Set(Object.values(statuses)), problems]).toEqual([new Set(['ran']), []]);
  expectOutputsOf('weather', project);
  expect(new Set(Object.values((await runInProcess(project.root)).statuses))).toEqual(new Set(['cached']));
});

test.skipIf(!hasPython)('posts: prepare, featurize, train, evaluate', async () => {
  const project = copyOf('posts');
  const first = await runInProcess(project.root);
  expect(first.statuses).toEqual({ prepare: 'ran', featurize: 'ran', train: 'ran', evaluate: 'ran' });
  expectOutputsOf('posts', project);
  expect(first.summary.metrics).toEqual({
    evaluate: { 'eval/metrics.json': { train: { accuracy: 1 }, test: { accuracy: 0.975 } } },
  });
  const set = { 'params.train.n_est': 1 };
  // The scripts import `src/params.py`: with a value of its own a stage sees what it declares.
  expect((await runInProcess(project.root, { set })).statuses).toMatchObject({ train: 'failed' });
  const declared = project.read('dvc.yaml').replace('- src/train.py\n', '- src/train.py\n      - src/params.py\n');
  project.write('dvc.yaml', declared);
  expect((await runInProcess(project.root)).statuses).toMatchObject({ train: 'ran', evaluate: 'cached' });
  expect((await runInProcess(project.root, { set })).statuses).toEqual({
    prepare: 'cached',
    featurize: 'cached',
    train: 'ran',
    evaluate: 'ran',
  });
  expect((await runInProcess(project.root)).statuses).toMatchObject({ train: 'restored', evaluate: 'restored' });
  expect((await runInProcess(project.root, { set })).statuses).toMatchObject({
    train: 'restored',
    evaluate: 'restored',
  });
});
