/** One changed param of the last stage costs that stage only, at one experiment and at sixteen, as the record shows. */
import { expect, test } from 'vitest';
import { openRecords } from '../../src/analyse/records.ts';
import { tableOf } from '../../src/analyse/table.ts';
import { variantsOf } from '../../src/analyse/variants.ts';
import { experimentProject } from '../support/experiment-project.ts';
import { runInProcess, statusesOf } from '../support/in-process.ts';

/** Sixteen rows, as an ablation has: each with a model of its own. */
const ROWS =
  '  rows: { matrix: { params.train.filters: [4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34] } }\n';

test.each([
  ['one experiment', ['main'], 1],
  ['sixteen experiments', ['rows'], 16],
])(
  'of %s, a param of the last stage costs that stage only; nothing changed costs nothing',
  async (_, experiments, count) => {
    const project = experimentProject(ROWS);
    process.env.COUNT_FILE = project.path('.count');
    const executions = () => project.read('.count').trim().split('\n');
    const first = await runInProcess(project.root, { experiments });
    expect(first.summary.status).toBe('ok');
    expect(executions().filter((stage) => stage === 'train')).toHaveLength(count);
    const before = executions().length;

    await runInProcess(project.root, { experiments });
    expect(executions()).toHaveLength(before);

    project.write('params.json', project.read('params.json').replace('"split": "test"', '"split": "validation"'));
    const { summary } = await runInProcess(project.root, { experiments });
    const all = Object.values(summary.experiments ?? { [summary.experiment]: summary.stages });
    expect(all).toHaveLength(count);
    for (const stages of all) expect(statusesOf(stages)).toEqual({ train: 'cached', evaluate: 'ran' });
    expect(executions().slice(before)).toEqual(new Array(count).fill('evaluate'));
  },
);

test('sixteen rows of one block come out as one table, each tested against the reference, each with its run', async () => {
  const project = experimentProject(ROWS);
  process.env.COUNT_FILE = project.path('.count');
  const { summary } = await runInProcess(project.root, { experiments: ['rows'] });
  const records = openRecords(project.root, 'pipeline.yaml');
  const [reference, ...others] = variantsOf(records, new Map());
  if (reference === undefined) throw new Error('no rows');
  const { rows } = tableOf(records, [reference, ...others], reference, 'accuracy');
  expect(rows).toHaveLength(16);
  for (const row of rows) expect(row.runs).toEqual([summary.run]);
  expect(rows.map(({ tested }) => tested !== null)).toEqual([false, ...new Array<boolean>(15).fill(true)]);
  for (const { tested } of rows) expect(tested?.corrected ?? 1).toBeGreaterThanOrEqual(tested?.p ?? 0);
});

test('what sixteen experiments have in common is executed once', async () => {
  const project = experimentProject(
    '  rows: { matrix: { params.evaluate.split: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] } }\n',
  );
  process.env.COUNT_FILE = project.path('.count');
  await runInProcess(project.root, { experiments: 'all' });
  const executions = project.read('.count').trim().split('\n');
  expect(executions.filter((stage) => stage === 'train')).toHaveLength(1);
  expect(executions.filter((stage) => stage === 'evaluate')).toHaveLength(17);
});
