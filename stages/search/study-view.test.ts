import { expect, test } from 'vitest';
import { openStudyView } from './study-view.ts';
import { NO_RESULT, type TrialRecord } from './trial-record.ts';

test('progress says the best first, then what runs and how trials ended', () => {
  const said: string[] = [];
  const view = openStudyView(
    { progress: (done, total, unit, message) => said.push(`${done}/${total} ${unit}: ${message}`) },
    { write: () => {}, close: () => {} },
    { trials: 3, objective: { metric: 'validation.accuracy', goal: 'maximize' } },
  );
  const end = (trial: number, state: TrialRecord['state'], values: number[]) =>
    view.onDone({ ...NO_RESULT, trial, state, settings: {}, values });
  view.onStart(0, {});
  view.onStart(1, {});
  end(1, 'complete', [0.75]);
  view.onStart(2, {});
  end(0, 'complete', [0.5]);
  end(2, 'pruned', []);
  expect(said.at(0)).toBe('0/3 trials: no result yet, 1 running');
  expect(said.at(-2)).toBe('2/3 trials: best 0.7500 (trial 1), 1 running');
  expect(said.at(-1)).toBe('3/3 trials: best 0.7500 (trial 1), 0 running, 1 pruned');
});
