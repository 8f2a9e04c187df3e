/** What makes numbers of a training hard to believe is said where they are read: by the stages, and on the report's first page. */
import { expect, test } from 'vitest';
import { testProject } from '../support/project.ts';

interface Alarm {
  readonly name: string;
  readonly text: string;
}

const STAGES = {
  // So little to learn from that the network says one thing of every image.
  draw: { uses: 'synthesize', with: { subject: 'screws', counts: { ok: 60, defective: 6 }, size: 16, seed: 3 } },
  ingest: { uses: 'ingest', from: { images: 'draw:images' }, with: { classes: ['ok', 'defective'] } },
  split: { uses: 'split', from: 'ingest' },
  // Two epochs that get better: early stopping has seen no end of it.
  train: {
    uses: 'train',
    from: 'split',
    with: {
      epochs: 2,
      model: { blocks: 1, filters: 2 },
      earlyStopping: { monitor: 'train.loss', patience: 5 },
      seed: 1,
    },
  },
  evaluate: { uses: 'evaluate', from: { dataset: 'split', model: 'train' } },
  'on-validation': { uses: 'evaluate', from: { dataset: 'split', model: 'train' }, with: { split: 'validation' } },
};

test('collapse, the limit of epochs, validation used twice and a test split looked at again are each told', () => {
  const pipeline = { version: 1, stages: STAGES, experiments: { other: { 'train.seed': 2 } } };
  const project = testProject({ 'pipeline.yaml': JSON.stringify(pipeline) });
  const ran = project.json(['run', '--all']);
  expect(ran.code, ran.stderr).toBe(0);
  const alarms = (file: string) => {
    const content = JSON.parse(project.read(`artifacts/main/${file}`)) as Alarm[] | { readonly alarms: Alarm[] };
    return (Array.isArray(content) ? content : content.alarms).map(({ name }) => name);
  };
  expect(alarms('train/summary.json')).toContain('epoch-limit');
  expect(alarms('on-validation/alarms.json')).toContain('chosen-by');
  expect(alarms('evaluate/alarms.json')).not.toContain('chosen-by');
  expect(alarms('evaluate/alarms.json')).toContain('few-images');
  expect(alarms('evaluate/alarms.json')).toContain('one-class');

  // Tables and verdicts are about the test images, and say so.
  const row = (...args: string[]) => JSON.parse(project.pipe(['table', ...args, '--json']).stdout);
  expect(row()).toMatchObject({ stage: 'evaluate', others: ['on-validation:accuracy'] });
  expect(row('--metric', 'on-validation:accuracy')).toMatchObject({ stage: 'on-validation', metric: 'accuracy' });
  const { comparisons } = JSON.parse(project.pipe(['diff', 'other', '--json']).stdout);
  expect(comparisons[0].verdict.sentence).toContain('accuracy of `evaluate`');
  expect(comparisons[0].predictions.stage).toBe('evaluate');

  expect(project.pipe(['report']).code).toBe(0);
  const page = project.read('report.html');
  expect(page).toContain('models were measured on these images so far: the best of several looks better than it is');
  expect(page).toContain('the epoch and the settings were chosen by these images');
  expect(page).toContain('epochs were run before early stopping saw an end');
  expect(page).toContain('every image was put into defective');
});
