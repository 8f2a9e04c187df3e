/** Searches as people run them: on real stages, with workers, killed, continued, reaching into the pipeline. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Trial } from '../../src/generated/trial.ts';
import type { Summary } from '../../src/report/events.ts';
import { familyOf, killAll } from '../support/processes.ts';
import { ended, REPOSITORY, type TestProject, testProject, until } from '../support/project.ts';

const IMAGES = path.join(REPOSITORY, 'examples/plates/data');
const PIPELINE = (search: string, resources = '') => `
stages:
  ingest: { uses: ingest, with: { source: data, labels: folders } }
  split: { uses: split, from: ingest, with: { train: 0.6, validation: 0.2, test: 0.2 } }
  augment: { uses: augment, from: split, with: { copies: 0 } }
  search:
    uses: search
    from: augment
    ${resources}
    with:
      trial: { folds: 2, with: { epochs: 2, model: { filters: 1, blocks: 3 } } }
      parallel: 2
      pruner: { name: asha, minSteps: 1, reduction: 2 }
      ${search}
`;
const SPACE = 'space: { optimizer.learningRate: { range: [0.0001, 0.1], log: true } }';
const CPUS = (cpus: number) => `resources: { cpus: ${cpus} }`;

function plates(pipeline: string): TestProject {
  const project = testProject({ 'pipeline.yaml': pipeline });
  for (const label of ['ok', 'defective']) {
    const names = fs.readdirSync(path.join(IMAGES, label)).slice(0, 8);
    for (const name of names) project.write(`data/${label}/${name}`, fs.readFileSync(path.join(IMAGES, label, name)));
  }
  return project;
}

const trialsOf = (project: TestProject) => project.read('artifacts/main/search/trials.jsonl');

let expected = '';
test('a search of one worker', () => {
  const project = plates(PIPELINE(`trials: 4\n      ${SPACE}`, CPUS(1)));
  const run = project.pipe(['run', 'search']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expected = trialsOf(project);
  expect(expected.split('\n')).toHaveLength(5);
});

test('four workers give the trials of one, bit for bit', () => {
  const project = plates(PIPELINE(`trials: 4\n      ${SPACE}`, CPUS(4)));
  const run = project.pipe(['run', 'search', '--jobs', '4']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(trialsOf(project)).toBe(expected);
});

test('a search that is killed goes on where it was, with the same trials; more trials run only the new ones', async () => {
  const project = plates(PIPELINE(`trials: 3\n      ${SPACE}`, CPUS(2)));
  for (const trainings of [2, 5]) {
    const running = project.start(['run', 'search', '--jobs', '2']);
    await until(
      `${trainings} trainings are done`,
      () => journalOf(project).length >= trainings || running.exitCode !== null,
    );
    killAll(familyOf(running.pid as number));
    await ended(running);
  }
  expect(project.pipe(['search', 'search']).stdout).toMatch(/^search {3}stopped {3}\d of 3 trials done\n(?!.*running)/);
  const finished = project.json(['run', 'search', '--jobs', '2']);
  expect(finished.code, finished.stdout + finished.stderr).toBe(0);
  expect(trialsOf(project)).toBe(`${expected.split('\n').slice(0, 3).join('\n')}\n`);
  const more = project.json(['run', 'search', '--jobs', '2', '--set', 'search.trials=4']);
  expect(trialsOf(project)).toBe(expected);
  const note = more.events.flatMap((event) =>
    event.event === 'stage-finished' && event.stage === 'search' ? [event.note] : [],
  );
  expect(note[0]).toMatch(/; \d+ of \d+ trainings new$/);
  expect(more.summary.stages.search?.reasons).toMatchObject([{ kind: 'changed', name: 'trials', old: 3, new: 4 }]);
});

/** Trainings the journal of a running search tells of. */
function journalOf(project: TestProject): string[] {
  const folder = project.path('cache/checkpoints');
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((key) => {
    const file = path.join(folder, key, 'journal.jsonl');
    return fs.existsSync(file)
      ? fs
          .readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.includes('"training"'))
      : [];
  });
}

test('trials share each variant of the pipeline, which runs once; one is shown, and made an experiment that trains nothing', () => {
  const space = 'space: { model.filters: { choice: [1] }, augment.copies: { choice: [0, 1, 2] } }';
  const written = `${PIPELINE(`trials: 3\n      sampler: grid\n      ${space}`)}
experiments:
  # by hand
  plain: { augment.copies: 2 }
`;
  const project = plates(written);
  expect(project.pipe(['search']).stdout).toContain('search   never ran   3 trials asked for');
  const made = project.pipe(['run', 'search']);
  expect(made.code, made.stdout + made.stderr).toBe(0);
  const { pipeline, otherImages = false } = JSON.parse(project.read('artifacts/main/search/settings.json'));
  expect(otherImages).toBe(pipeline['augment.copies'] !== 0);
  const [record] = fs.readdirSync(project.path('cache/runs')).filter((name) => /^[^.]+\.json$/.test(name));
  const { summary } = JSON.parse(project.read(`cache/runs/${record}`)) as { summary: Summary };
  expect(summary.variants?.map(({ stage, variant, status, askedBy }) => ({ stage, variant, status, askedBy }))).toEqual(
    [1, 2].map((copies) => ({
      stage: 'augment',
      variant: { 'augment.copies': copies },
      status: 'ran',
      askedBy: 'search',
    })),
  );
  const shown = project.pipe(['search', 'search']).stdout.split('\n');
  expect(shown[0]).toContain('search   up to date   3 trials: ');
  expect(shown[1]).toMatch(/^best {5}trial \d {3}validation\.loss \S+ ± \S+$/);
  const [event] = project
    .pipe(['search', '--json'])
    .stdout.split('\n')
    .map((line) => JSON.parse(line || 'null'));
  expect(event).toMatchObject({ event: 'search', stage: 'search', state: 'up to date', trials: { length: 3 } });
  const reached = event.trials.find((each: Trial) => JSON.stringify(each.pipeline) === '{"augment.copies":1}') as Trial;
  expect(project.pipe(['search', 'search', String(reached.trial)]).stdout).toContain('augment.copies  1');
  const promoted = project.pipe(['search', 'promote', 'search', String(reached.trial), '--name', 'chosen']);
  expect(promoted.code, promoted.stderr).toBe(0);
  expect(project.read('pipeline.yaml')).toBe(
    `${written}  chosen: { augment.copies: 1, search.use: { model.filters: ${(reached.settings as { 'model.filters': number })['model.filters']} } }\n`,
  );
  const run = project.json(['run', 'search', '--experiment', 'chosen']);
  expect(run.statuses).toMatchObject({ augment: 'restored', search: 'ran' });
  expect(JSON.parse(project.read('artifacts/chosen/search/settings.json'))).toMatchObject({ settings: reached.use });
  for (const [args, code] of [
    [['search', 'augment'], 'E1034'],
    [['search', 'search', '9'], 'E1035'],
    [['search', 'promote', 'search', '1'], 'E0905'],
  ] as const) {
    const refused = project.pipe(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(code);
  }
});
