import { expect, test } from 'vitest';
import type { RunEvent } from './events.ts';
import { apply, emptyView, finishedCount, stageLabel } from './run-view.ts';

const finished = (more: object): RunEvent => ({
  event: 'stage-finished',
  t: 1,
  experiment: 'main',
  stage: 'augment',
  status: 'ran',
  key: null,
  reasons: [],
  seconds: 1,
  note: null,
  ...more,
});

test('a variant is named by its values, those of its own stage first without its name', () => {
  const view = { severalExperiments: false };
  const variant = { 'augment.copies': 4, 'filter.size': [8, 8] };
  expect(stageLabel(view, { experiment: 'main', stage: 'augment', variant })).toBe(
    'augment (copies=4, filter.size=[8,8])',
  );
  expect(stageLabel({ severalExperiments: true }, { experiment: 'a', stage: 'b' })).toBe('a/b');
});

test('variants are shown while they run, and are none of the stages that are counted', () => {
  const view = emptyView();
  apply(view, { event: 'started', run: 'r', experiments: ['main'], stages: 1, jobs: 1 }, 0);
  const variant = { 'augment.copies': 4 };
  const progress = { event: 'stage-progress', t: 1, experiment: 'main', stage: 'augment', done: 1, total: 2 } as const;
  apply(view, { ...progress, unit: 'images', variant }, 0);
  expect([...view.running.keys()]).toEqual(['augment (copies=4)']);
  apply(view, finished({ variant }), 1);
  expect(view.running.size).toBe(0);
  expect(finishedCount(view)).toBe(0);
  apply(view, finished({}), 1);
  expect(finishedCount(view)).toBe(1);
});
