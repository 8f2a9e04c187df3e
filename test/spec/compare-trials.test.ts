/** Trials of a search compared over the folds they share. */
import { expect, test } from 'vitest';
import { diffOf } from '../../src/analyse/diff.ts';
import { findSubject } from '../../src/analyse/find-subject.ts';
import { openRecords } from '../../src/analyse/records.ts';
import type { Trial } from '../../src/generated/trial.ts';
import { runInProcess } from '../support/in-process.ts';
import { testProject } from '../support/project.ts';

function trial(number: number, filters: number, accuracies: readonly number[]): Trial {
  const cells = accuracies.map((accuracy, fold) => ({
    repeat: 0,
    fold,
    seed: 0,
    epochs: 5,
    keptEpoch: 5,
    ended: 'epochs',
    metrics: { 'validation.accuracy': accuracy },
  }));
  const mean = accuracies.reduce((sum, each) => sum + each, 0) / accuracies.length;
  return {
    trial: number,
    state: 'complete',
    settings: { 'model.filters': filters, 'optimizer.name': 'adam' },
    use: {},
    pipeline: {},
    values: [mean],
    deviation: null,
    metrics: { 'validation.accuracy': mean },
    cost: { params: filters * 100, flops: filters * 1000, size: 1 },
    epochs: 5,
    cells,
    reports: [],
    violation: 0,
    sameAs: null,
    problem: null,
  };
}

/** Differences 0.012, -0.004, 0.009, 0.021, 0.003. */
const FIRST = [0.8, 0.82, 0.79, 0.81, 0.8];
const SECOND = [0.812, 0.816, 0.799, 0.831, 0.803];

async function project() {
  const made = testProject({
    'pipeline.yaml': 'stages:\n  search: { cmd: cp given trials.jsonl, deps: [given], outs: [trials.jsonl] }\n',
    given: [trial(0, 8, FIRST), trial(1, 16, SECOND)].map((each) => `${JSON.stringify(each)}\n`).join(''),
  });
  await runInProcess(made.root);
  const records = openRecords(made.root, 'pipeline.yaml');
  const find = (name: string) => findSubject(records, name, { experiment: 'main', git: async () => null });
  return { records, find };
}

test('two trials differ by their settings, and are tested over their folds with the correction for shared samples', async () => {
  const { records, find } = await project();
  const [a, b] = [await find('search#0'), await find('main/search#1')];
  if (!a.ok || !b.ok) throw new Error('no such trial');
  const { subjects, comparisons } = diffOf(records, [a.value, b.value]);
  expect(subjects[1]).toMatchObject({ kind: 'trial', cost: { parameters: 1600, flops: 16_000, seconds: null } });
  const [made] = comparisons;
  expect(made?.params).toEqual([{ stage: 'search', name: 'model.filters', old: 8, new: 16 }]);
  const accuracy = made?.metrics[0];
  expect(accuracy).toMatchObject({ name: 'validation.accuracy', tested: { test: 'corrected-resampled-t' } });
  expect(accuracy?.difference).toBeCloseTo(0.0082, 12);
  // t = 0.0082 / (0.009418 * sqrt(1/5 + 1/4)) = 1.298, two-sided p with 4 degrees of freedom.
  expect(accuracy?.tested?.p).toBeCloseTo(0.264, 3);
  expect(made?.verdict.sentence).toMatch(/not distinguishable from noise: validation\.accuracy .* over 5 folds/);
});

test('a trial that is not there is told with those that are (E1209)', async () => {
  const { find } = await project();
  const missing = await find('search#7');
  expect(missing).toMatchObject({ ok: false, failure: { code: 'E1209', expected: '0 to 1' } });
});
