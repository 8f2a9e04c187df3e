/** Comparing experiments, runs and revisions; tables of them; keeping, renaming, promoting; and what all that costs. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { ExportedRecord } from '../../src/analyse/export-record.ts';
import type { Problem } from '../../src/base/problem.ts';
import type { Diff } from '../../src/generated/diff.ts';
import type { ExperimentList } from '../../src/generated/experiments.ts';
import type { Table } from '../../src/generated/table.ts';
import { experimentFiles } from '../support/experiment-project.ts';
import { runInProcess } from '../support/in-process.ts';
import { REPOSITORY, TestProject, testProject } from '../support/project.ts';

/** What another schema defines is put in its place; the reasons have a test of their own. */
function typeOf(name: string) {
  const read = (file: string) => JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'schemas', file), 'utf8'));
  const others = ['diff.schema.json', 'table.schema.json'].map((file) => read(file).$defs);
  const whole = read(`${name}.schema.json`);
  const text = JSON.stringify({
    ...whole,
    $defs: Object.assign({ reason: { type: 'object' } }, ...others, whole.$defs),
  });
  return z.fromJSONSchema(JSON.parse(text.replaceAll(/"[a-z]+\.schema\.json#/g, '"#')));
}
const diffType = typeOf('diff');

const EXPERIMENTS = `  short: { params.train.epochs: 2 }
  same: { params.train.epochs: 10 }
  wider: { params.train.filters: 17 }
  seeds: { repeats: 3 }
  deep: { matrix: { params.train.filters: [4, 64] }, repeats: 3 }
`;

let project: TestProject;
let firstRun = '';
let fullRun = '';
let git: (...args: string[]) => string;

/** The first commit has the results of `main` with 2 epochs; then 10 epochs, and all experiments. */
beforeAll(async () => {
  project = new TestProject(experimentFiles(EXPERIMENTS));
  git = (...args) => execFileSync('git', args, { cwd: project.root, encoding: 'utf8' });
  project.write('.gitignore', 'cache/\nartifacts/\n');
  project.write('params.json', project.read('params.json').replace('"epochs": 10', '"epochs": 2'));
  firstRun = (await runInProcess(project.root)).summary.run ?? '';
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'first');
  project.write('params.json', project.read('params.json').replace('"epochs": 2', '"epochs": 10'));
  fullRun = (await runInProcess(project.root, { experiments: 'all' })).summary.run ?? '';
});

afterAll(() => project.destroy());

function diff(...args: string[]): Diff {
  const { code, stdout, stderr } = project.pipe(['diff', ...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const made = JSON.parse(stdout) as Diff;
  expect(diffType.safeParse(made).error).toBeUndefined();
  return made;
}

function problemOf(...args: string[]): Problem {
  const { code, stdout } = project.pipe([...args, '--json']);
  expect(code).toBe(2);
  return (JSON.parse(stdout.split('\n')[0] ?? '') as { problem: Problem }).problem;
}

test('a comparison names the param, what had to run for it and why, and the samples that turned', () => {
  const { subjects, comparisons } = diff('short');
  expect(subjects.map(({ name }) => name)).toEqual(['main', 'short']);
  const [made] = comparisons;
  expect(made?.params).toEqual([{ stage: 'train', name: 'params.json:train.epochs', old: 10, new: 2 }]);
  expect(made?.stages).toMatchObject([
    { stage: 'train', status: 'rerun', reasons: [{ kind: 'changed', fact: 'param' }] },
    { stage: 'evaluate', status: 'rerun', reasons: [{ kind: 'changed', fact: 'input', name: 'model.json' }] },
  ]);
  const accuracy = made?.metrics[0];
  const flips = made?.predictions;
  expect(accuracy?.difference).toBeCloseTo(((flips?.gained.length ?? 0) - (flips?.lost.length ?? 0)) / 400, 12);
  expect(accuracy?.tested).toMatchObject({ test: 'mcnemar-mid-p' });
  expect(made?.verdict).toMatchObject({ kind: 'distinguishable', metric: 'accuracy' });
  expect(made?.curves.map(({ name, first, second }) => [name, first.length, second.length])).toEqual([
    ['loss', 10, 2],
    ['validation.loss', 10, 2],
  ]);
});

test('a difference that is noise is called so, and the very same results are called that', () => {
  expect(diff('wider').comparisons[0]?.verdict.kind).toBe('indistinguishable');
  const same = diff('same').comparisons[0];
  expect(same?.verdict.kind).toBe('same');
  expect(same?.stages.map(({ status }) => status)).toEqual(['reused', 'reused']);
});

test('several are compared with the first, their p-values corrected together', () => {
  const { comparisons } = diff('main', 'short', 'wider');
  const accuracies = comparisons.map(({ metrics }) => metrics[0]?.tested);
  expect(comparisons.map(({ second }) => second)).toEqual(['short', 'wider']);
  expect(accuracies[0]?.corrected).toBeCloseTo(2 * (accuracies[0]?.p ?? 0), 12);
  expect(accuracies[1]?.corrected).toBe(accuracies[1]?.p);
});

test('repetitions are compared by their means, with Welch', () => {
  const { subjects, comparisons } = diff('seeds', 'deep@64');
  expect(subjects.map(({ members }) => members)).toEqual([
    ['seeds@1', 'seeds@2', 'seeds@3'],
    ['deep@64-1', 'deep@64-2', 'deep@64-3'],
  ]);
  const accuracy = comparisons[0]?.metrics.find(({ name }) => name === 'accuracy');
  expect(accuracy).toMatchObject({ first: { count: 3 }, second: { count: 3 }, tested: { test: 'welch-t' } });
  expect(comparisons[0]?.verdict.kind).toBe('distinguishable');
});

test('one training is compared with several by their spread, unless it is one of them', () => {
  const accuracy = ({ comparisons }: Diff) => comparisons[0]?.metrics.find(({ name }) => name === 'accuracy');
  const [against, back] = [accuracy(diff('main', 'deep@64')), accuracy(diff('deep@64', 'main'))];
  expect(against).toMatchObject({ second: { count: 3 }, tested: { test: 'one-against-several-t' } });
  expect(back?.tested?.p).toBe(against?.tested?.p);
  expect(back?.tested?.low).toBe(-(against?.tested?.high ?? Number.NaN));
  const shared = diff('main', 'seeds').comparisons[0];
  expect(shared?.metrics.every(({ tested }) => tested === null)).toBe(true);
  expect(shared?.verdict.sentence).toMatch(/cannot be said: one training is part of both$/);
});

test('curves of repetitions are their mean', () => {
  const curvesOf = (name: string) => diff('main', name).comparisons[0]?.curves.find((each) => each.name === 'loss');
  const single = ['deep@64-1', 'deep@64-2', 'deep@64-3'].map((name) => curvesOf(name)?.second[9] ?? Number.NaN);
  expect(new Set(single).size).toBe(3);
  expect(curvesOf('deep@64')?.second[9]).toBeCloseTo(single.reduce((sum, each) => sum + each, 0) / 3, 12);
});

test('results that are not in the store are named as what keeps them from being compared', () => {
  const clone = testProject({
    ...experimentFiles(EXPERIMENTS),
    'pipeline.lock': project.read('pipeline.lock'),
  });
  expect(clone.pipe(['diff', 'short']).stdout.replace(/\s+/g, ' ')).toContain(
    'cannot be said: results of `main` are not in the store (`pipe run --experiment main` makes them, or fetches them)',
  );
});

test('a report can be of repetitions', () => {
  expect(project.pipe(['report', 'seeds', '--out', 'seeds.html'])).toMatchObject({ code: 0, stderr: '' });
  expect(project.read('seeds.html')).toContain('seeds@3: metrics');
});

test('a revision is compared by the lock it has, a run by its record; both with what there is now', () => {
  const byRevision = diff('HEAD');
  expect(byRevision.subjects[0]).toMatchObject({ kind: 'revision', commit: git('rev-parse', 'HEAD').trim() });
  expect(byRevision.comparisons[0]?.params).toEqual([
    { stage: 'train', name: 'params.json:train.epochs', old: 2, new: 10 },
  ]);
  const byRun = diff(firstRun.slice(0, -2));
  expect(byRun.subjects.map(({ name, kind }) => [name, kind])).toEqual([
    [firstRun, 'run'],
    ['main', 'experiment'],
  ]);
  expect(byRun.comparisons[0]?.metrics).toEqual(byRevision.comparisons[0]?.metrics);
});

test('the screen ends with the sentence; Markdown holds the same one, for a pull request', () => {
  const { stdout } = project.pipe(['diff', 'short']);
  expect(stdout).toContain('the difference is distinguishable from noise: accuracy differs by -');
  expect(stdout).toContain('params.json:train.epochs  10 -> 2');
  const markdown = project.pipe(['diff', 'short', '--markdown', '-']).stdout;
  expect(markdown).toContain('### `main` → `short`');
  expect(markdown).toContain('**the difference is distinguishable from noise');
});

test('names that stand for nothing are told apart: no results, several runs, another experiment, no lock, no trial', () => {
  expect(problemOf('diff', 'shrot')).toMatchObject({ code: 'E1201', hint: 'did you mean `short`?' });
  expect(problemOf('diff', firstRun.slice(0, 9))).toMatchObject({ code: 'E1202' });
  expect(problemOf('diff', fullRun, '--experiment', 'nothing')).toMatchObject({ code: 'E1203' });
  expect(problemOf('diff', 'HEAD', '--experiment', 'short')).toMatchObject({ code: 'E1203' });
  expect(problemOf('diff', 'search#3')).toMatchObject({ code: 'E1209' });
  git('rm', '-q', '--cached', 'pipeline.lock');
  git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'no lock');
  expect(problemOf('diff', 'HEAD')).toMatchObject({ code: 'E1204' });
});

test('the table has a row for each experiment, repetitions in one, the best marked, every row with its run', () => {
  const printed = JSON.parse(project.pipe(['table', '--json']).stdout) as Table;
  expect(typeOf('table').safeParse(printed).error).toBeUndefined();
  const { rows, reference } = printed;
  expect(reference).toBe('main');
  expect(rows.map(({ name, members }) => [name, members.length])).toEqual([
    ['main', 1],
    ['short', 1],
    ['same', 1],
    ['wider', 1],
    ['seeds', 3],
    ['deep@4', 3],
    ['deep@64', 3],
  ]);
  expect(rows.filter(({ isBest }) => isBest).map(({ name }) => name)).toEqual(['deep@64']);
  expect(rows.filter(({ isPareto }) => isPareto).map(({ name }) => name)).toContain('deep@4');
  for (const row of rows) expect(row.runs.length).toBeGreaterThan(0);
  const main = rows[0];
  expect(main?.ratio).toBeCloseTo((main?.score.value ?? 0) / 2304, 12);
  const tested = rows.flatMap((row) => row.tested ?? []);
  expect(tested.map(({ test }) => test)).toEqual([
    ...Array(3).fill('mcnemar-mid-p'),
    ...Array(2).fill('one-against-several-t'),
  ]);
  expect(Math.max(...tested.map((each) => each.corrected / each.p))).toBeLessThanOrEqual(5);
});

test('the table is written for papers, wikis and programs, with the same numbers', () => {
  const files = ['t.csv', 't.md', 't.tex'].map((name) => project.path(name));
  const [csv = '', markdown = '', latex = ''] = files;
  const { stdout } = project.pipe([
    'table',
    'deep',
    'main',
    '--reference',
    'main',
    '--csv',
    csv,
    '--markdown',
    markdown,
    '--latex',
    latex,
  ]);
  const [, row = ''] = fs.readFileSync(csv, 'utf8').split('\n');
  const mean = Number(row.split(',')[1]).toFixed(4);
  for (const text of [stdout, fs.readFileSync(markdown, 'utf8'), fs.readFileSync(latex, 'utf8')])
    expect(text).toContain(mean);
  expect(fs.readFileSync(latex, 'utf8')).toMatch(/\\textbf\{0\.\d{4} \$\\pm\$/);
  expect(problemOf('table', '--metric', 'acuracy')).toMatchObject({ code: 'E1208', hint: 'did you mean `accuracy`?' });
  expect(problemOf('table', 'nothing')).toMatchObject({ code: 'E1201', hint: 'pipe exp' });
});

test('score by size is told of scores only: of a loss it means nothing', () => {
  const { rows } = JSON.parse(project.pipe(['table', '--metric', 'parameters', '--json']).stdout) as Table;
  expect(rows.every(({ ratio }) => ratio !== null)).toBe(true);
});

test('the list says what each changes, what came of it, and what it shares with those before it', () => {
  const printed = JSON.parse(project.pipe(['exp', '--json']).stdout) as ExperimentList;
  expect(typeOf('experiments').safeParse(printed).error).toBeUndefined();
  const { experiments } = printed;
  const named = (name: string) => experiments.find((each) => each.name === name);
  expect(named('same')).toMatchObject({ results: 2, shared: 2, ownSeconds: 0 });
  expect(named('seeds')).toMatchObject({ ran: 3, results: 6, shared: 2 });
  expect(named('deep@4')).toMatchObject({
    values: [{ path: 'params.train.filters', value: 4 }],
    metrics: { accuracy: { count: 3 } },
  });
  expect(project.pipe(['exp']).stdout).toContain('deep@4 (3 seeds)');
});

test('an experiment tried with --set can be kept, renamed, written into the file, and removed; results stay', async () => {
  const run = project.pipe(['run', '--set', 'params.train.epochs=30', '--name', 'longer']);
  expect(run.code).toBe(0);
  expect(project.exists('artifacts/longer/evaluate/metrics.json')).toBe(true);
  expect(project.pipe(['run', '--experiment', 'longer']).stderr).toContain('everything is up to date');
  // Another run must not drop what it does not find in the file.
  await runInProcess(project.root);
  expect(project.pipe(['exp', 'rename', 'longer', 'epochs-30']).code).toBe(0);
  expect(diff('epochs-30').comparisons[0]?.params).toMatchObject([{ old: 10, new: 30 }]);
  const before = project.read('pipeline.yaml');
  expect(project.pipe(['exp', 'promote', 'epochs-30']).code).toBe(0);
  expect(project.read('pipeline.yaml')).toBe(`${before}  epochs-30: { params.train.epochs: 30 }\n`);
  expect((await runInProcess(project.root, { experiments: ['epochs-30'] })).statuses).toEqual({
    train: 'restored',
    evaluate: 'restored',
  });
  expect(project.pipe(['exp', 'remove', 'epochs-30']).code).toBe(0);
  expect(project.read('pipeline.yaml')).toBe(before);
  expect(project.read('pipeline.lock')).not.toContain('epochs-30');
});

test('names that are taken, values that are missing, and experiments without a line of their own are refused', () => {
  const set = ['--set', 'params.train.epochs=3'];
  expect(problemOf('run', ...set, '--name', 'short')).toMatchObject({ code: 'E1205' });
  expect(problemOf('run', ...set, '--name', 'a/b')).toMatchObject({ code: 'E1205' });
  expect(problemOf('run', '--set', 'params.train.epoch=3', '--name', 'x')).toMatchObject({ code: 'E0309' });
  expect(problemOf('run', '--name', 'x')).toMatchObject({ code: 'E1207' });
  expect(problemOf('exp', 'remove', 'main')).toMatchObject({ code: 'E1206' });
  expect(problemOf('exp', 'rename', 'deep@4-1', 'x')).toMatchObject({ code: 'E1206' });
  expect(problemOf('exp', 'promote', 'short')).toMatchObject({ code: 'E1206' });
  expect(problemOf('exp', 'frob')).toMatchObject({ code: 'E0904' });
  expect(problemOf('exp', 'rename', 'short')).toMatchObject({ code: 'E0905' });
  expect(project.exists('cache/experiments.json') && project.read('cache/experiments.json').includes('"x"')).toBe(
    false,
  );
});

test('an exported record says from which commit, whether files differed, and on which machine', () => {
  const exported = JSON.parse(project.pipe(['exp', 'export', 'main']).stdout) as ExportedRecord;
  expect(exported.results.map(({ stage }) => stage)).toEqual(['train', 'evaluate']);
  const [run] = Object.values(exported.runs);
  expect(run?.environment).toMatchObject({ node: process.version, git: { dirty: true } });
  expect(exported.results[1]?.metrics).toHaveProperty('metrics.json:accuracy');
  expect(exported.results[0]).toMatchObject({ commands: ['node train.mjs'], params: { 'params.json:seed': 1 } });
});
