import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import { type JsonObject, randomStream } from '../../src/sdk/index.ts';
import ingest from '../ingest/index.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import split from '../split/index.ts';
import { assignFolds } from './folds.ts';
import search from './index.ts';
import { checkSpace, drawSettings, gridSettings } from './space.ts';

const SPACE = { 'optimizer.learningRate': { range: [0.0001, 0.1], log: true }, 'model.filters': { choice: [1, 2] } };
const TRIAL = { with: { epochs: 1, model: { blocks: 1 } } };
let bench: Workbench;
let dataset: string;
beforeEach(async () => {
  bench = openWorkbench();
  const source = await writeImages(path.join(bench.root, 'source'), classImages(['ok', 'bad'], 10));
  const read = await bench.run('ingest', ingest, { source: 'source' }, { source });
  const parted = await bench.run('split', split, { seed: 0 }, { dataset: path.join(read.folder, 'dataset') });
  dataset = path.join(parted.folder, 'dataset');
});
afterEach(() => bench.remove());

async function run(params: JsonObject) {
  const made = await bench.run('search', search, { space: SPACE, trial: TRIAL, ...params }, { dataset });
  const lines = made.read('trials.jsonl').trim().split('\n');
  return {
    ...made,
    trials: lines.map((line) => JSON.parse(line) as { settings: JsonObject; value: number; folds: JsonObject[] }),
  };
}

test('the trial with the best value gives the settings', async () => {
  const made = await run({ trials: 4 });
  const values = made.trials.map(({ value }) => value);
  const best = values.indexOf(Math.min(...values));
  expect(made.json('settings.json')).toEqual({
    trial: best,
    metric: 'validation.loss',
    value: values[best],
    settings: made.trials[best]?.settings,
  });
});

test('more trials run only the new ones, and the first stay the same', async () => {
  const few = await run({ trials: 2 });
  const more = await run({ trials: 4 });
  expect(few.note).toMatch(/; 2 trainings$/);
  expect(more.note).toMatch(/; 2 of 4 trainings new$/);
  expect(more.trials.slice(0, 2)).toEqual(few.trials);
  expect((await run({ trials: 4, objective: { metric: 'validation.accuracy', goal: 'maximize' } })).note).toMatch(
    /; 0 of 4 trainings new$/,
  );
});

test('with folds each trial is measured on every one, and the mean counts', async () => {
  const made = await run({ trials: 1, trial: { ...TRIAL, folds: 3 } });
  const [trial] = made.trials;
  expect(made.note).toMatch(/; 3 trainings$/);
  const losses = trial?.folds.map((fold) => fold['validation.loss'] as number) ?? [];
  expect(trial?.value).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 3, 12);
  expect(new Set(losses).size).toBe(3);
});

test('a grid tries every combination once', async () => {
  const space = { epochs: { range: [1, 2], integer: true }, 'model.filters': { choice: [1, 2] } };
  const made = await run({ sampler: 'grid', space, trials: 100 });
  expect(made.trials.map(({ settings }) => settings)).toEqual([
    { epochs: 1, 'model.filters': 1 },
    { epochs: 1, 'model.filters': 2 },
    { epochs: 2, 'model.filters': 1 },
    { epochs: 2, 'model.filters': 2 },
  ]);
});

test('a path, a metric or a trial param there is not is refused before anything is trained', async () => {
  await expect(run({ space: { 'model.depth': { choice: [1] } } })).rejects.toThrow(
    expect.objectContaining({ code: 'E0809' }),
  );
  await expect(run({ objective: { metric: 'validation.f2' } })).rejects.toThrow(
    expect.objectContaining({ code: 'E0811' }),
  );
  await expect(run({ trial: { with: { epochs: -1 } } })).rejects.toThrow('`trial.with.epochs` does not fit `train`');
});

test('a space that cannot be drawn from is refused', () => {
  const refused = (dimension: { range: [number, number]; log?: boolean; step?: number }) => () =>
    checkSpace({ x: dimension });
  expect(refused({ range: [2, 1] })).toThrow('its range goes from 2 down to 1');
  expect(refused({ range: [0, 1], log: true })).toThrow('`log` needs a range above 0');
  expect(refused({ range: [1, 2], log: true, step: 1 })).toThrow('exclude each other');
  expect(() => gridSettings({ x: { range: [0, 1] } })).toThrow('a grid needs choices');
});

test('what is drawn lies in the space, on its steps', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: -50, max: 50 }),
      fc.nat(100),
      fc.integer({ min: 1, max: 7 }),
      (seed, low, width, step) => {
        const range: [number, number] = [low, low + width];
        const positive: [number, number] = [width + 1, 2 * width + 2];
        const drawn = drawSettings(
          {
            plain: { range },
            stepped: { range, step },
            whole: { range, integer: true },
            log: { range: positive, log: true },
            logWhole: { range: positive, log: true, integer: true },
          },
          randomStream(seed, 'space'),
        ) as Record<string, number>;
        const within = (value: number | undefined, [from, to]: [number, number]) =>
          value !== undefined && value >= from && value <= to;
        expect(within(drawn.plain, range) && within(drawn.stepped, range) && within(drawn.whole, range)).toBe(true);
        expect(within(drawn.log, positive) && within(drawn.logWhole, positive)).toBe(true);
        expect(Number.isInteger(((drawn.stepped ?? Number.NaN) - low) / step)).toBe(true);
        expect(Number.isInteger(drawn.whole) && Number.isInteger(drawn.logWhole)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('the order in which a file lists the space does not change what is drawn', () => {
  const [a, b] = [{ choice: [1, 2, 3, 4, 5] }, { range: [0, 1] as [number, number] }] as const;
  const draw = (space: Parameters<typeof drawSettings>[0]) => drawSettings(space, randomStream(4, 'trial'));
  expect(draw({ a: { choice: [...a.choice] as [number, ...number[]] }, b })).toEqual(
    draw({ b, a: { choice: [...a.choice] as [number, ...number[]] } }),
  );
});

test('folds hold every family once, and each class evenly', () => {
  const samples = Array.from({ length: 40 }, (_, i): Sample => {
    const family = `f${i % 30}`;
    return { id: i < 30 ? family : `${family}+1`, labels: [i % 2 === 0 ? 'a' : 'b'], family, source: '' };
  });
  const foldOf = assignFolds(samples, 5, (stream) => randomStream(1, stream));
  for (const { id, family } of samples) expect(foldOf.get(id)).toBe(foldOf.get(family));
  for (const label of ['a', 'b']) {
    const originals = samples.filter(({ id, family, labels }) => id === family && labels[0] === label);
    const counts = [0, 1, 2, 3, 4].map((fold) => originals.filter(({ id }) => foldOf.get(id) === fold).length);
    expect(counts).toEqual([3, 3, 3, 3, 3]);
  }
});
