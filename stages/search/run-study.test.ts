import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Observation } from '../lib/search/types.ts';
import { runStudy } from './run-study.ts';
import { NO_RESULT, type TrialRecord } from './trial-record.ts';

/** A sampler whose every suggestion hangs on all it is told. */
function suggestionOf(history: readonly Observation[], trial: number): number {
  const text = JSON.stringify([trial, history.map(({ state, values, settings }) => [state, values, settings])]);
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 97, 7);
}

/** Runs a study with trainings that take as long as `turns` says; at most `workers` of them at once. */
async function study(trials: number, parallel: number, workers: number, turns: readonly number[]) {
  let free = workers;
  const waiting: (() => void)[] = [];
  let most = 0;
  let busy = 0;
  const records = await runStudy({
    trials,
    parallel,
    suggest: (history, trial) => ({ settings: { x: suggestionOf(history, trial) }, sameAs: null }),
    async run(trial, settings): Promise<TrialRecord> {
      busy++;
      most = Math.max(most, busy);
      while (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      free--;
      for (let turn = turns[trial % turns.length] ?? 0; turn > 0; turn--) await new Promise(setImmediate);
      free++;
      busy--;
      waiting.shift()?.();
      return { ...NO_RESULT, trial, settings, state: 'complete', values: [Number(settings.x) / 3] };
    },
    onDone: () => {},
  });
  return { records, most };
}

test('1, 2 or 4 workers of whatever speed give the same trials', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }),
      async (trials, parallel, turns) => {
        const { records } = await study(trials, parallel, 1, [0]);
        for (const workers of [1, 2, 4])
          expect((await study(trials, parallel, workers, turns)).records).toEqual(records);
      },
    ),
    { numRuns: 40 },
  );
});

test('as many trials as `parallel` are under way at once, and what is under way decides a suggestion', async () => {
  const [one, three] = [await study(9, 1, 4, [3]), await study(9, 3, 4, [3])];
  expect([one.most, three.most]).toEqual([1, 3]);
  expect(three.records).not.toEqual(one.records);
});

test('more trials begin with the same ones', async () => {
  const few = await study(5, 2, 1, [1]);
  const more = await study(9, 2, 2, [2, 0, 1]);
  expect(more.records.slice(0, 5)).toEqual(few.records);
});
