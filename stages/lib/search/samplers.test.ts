import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random.ts';
import { createSampler, SAMPLERS, type SamplerName } from './create-sampler.ts';
import { isActive, type Space } from './space.ts';
import { suggestNew } from './suggest-new.ts';
import { spaceOf, trialOf } from './testing.ts';
import type { Observation, Sampler, Settings } from './types.ts';
import { drawFromPrior } from './values.ts';

/** Every kind of dimension, with conditions and a list. */
const SPACE = spaceOf({
  optimizer: { choice: ['sgd', 'adam', { custom: 1 }] },
  momentum: { range: [0, 0.99], when: { optimizer: 'sgd' } },
  rate: { range: [1e-5, 1], log: true },
  units: { range: [4, 300], log: true, integer: true },
  drop: { range: [0.05, 0.5], step: 0.1 },
  nesterov: { choice: [true, false], when: { momentum: { min: 0.5 } } },
  layers: {
    list: { length: { range: [0, 3] }, item: { filters: { range: [2, 9], integer: true }, pool: { choice: [1, 2] } } },
  },
  fixed: { choice: ['only'] },
});

const STATES = ['complete', 'complete', 'complete', 'pruned', 'failed', 'infeasible', 'running'] as const;

/** A study on a made-up objective, trials ending in every state. */
function study(sampler: Sampler, trials: number): Observation[] {
  const history: Observation[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const settings = sampler.suggest(history, trial);
    if (settings === null) break;
    const value = Math.log(settings.rate as number) ** 2 + (settings.units as number) + (settings.drop as number);
    const state = STATES[trial % STATES.length] ?? 'complete';
    const violation = state === 'infeasible' ? value : 0;
    const values = state === 'complete' ? [value] : [];
    history.push({ trial, settings, state, values, reports: state === 'pruned' ? [[1, value]] : [], violation });
  }
  return history;
}

function expectWithin(space: Space, settings: Settings): void {
  const active = space.dimensions.filter((dimension) => isActive(dimension, settings));
  expect(Object.keys(settings).sort()).toEqual(active.map(({ path }) => path).sort());
  for (const dimension of active) {
    const value = settings[dimension.path];
    if (dimension.kind === 'choice') {
      expect(dimension.choices).toContainEqual(value);
      continue;
    }
    expect(value).toBeGreaterThanOrEqual(dimension.low);
    expect(value).toBeLessThanOrEqual(dimension.high);
    const steps = dimension.step === null ? 0 : ((value as number) - dimension.low) / dimension.step;
    expect(steps).toBeCloseTo(Math.round(steps), 9);
  }
}

const DRAWING = SAMPLERS.filter((name) => name !== 'grid');

test.each(DRAWING)('%s draws active dimensions only, within their bounds and on their steps', (sampler) => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const source = createSampler({ sampler, space: SPACE, seed, goals: ['minimize'] });
      for (const { settings } of study(source, 40)) expectWithin(SPACE, settings);
    }),
    { numRuns: 8 },
  );
});

test.each(DRAWING)('%s gives the same settings for the same seed, trial and history in any order', (sampler) => {
  const make = (seed: number) => createSampler({ sampler, space: SPACE, seed, goals: ['minimize'] });
  const history = study(make(3), 45);
  expect(study(make(3), 45)).toEqual(history);
  const fresh = make(3);
  expect(fresh.suggest(structuredClone(history).reverse(), 45)).toEqual(make(3).suggest(history, 45));
  expect(make(4).suggest(history, 45)).not.toEqual(make(3).suggest(history, 45));
});

test.each(['tpe', 'tpe-grouped', 'tpe-independent'] as const)(
  '%s learns: it beats random draws on most seeds',
  (sampler) => {
    const space = spaceOf({ x: { range: [-5, 10] }, y: { range: [0, 15] } });
    const wins = Array.from({ length: 12 }, (_, seed) => {
      const [found, drawn] = [sampler, 'random' as const].map((name) => bestOf(name, space, seed)) as [number, number];
      return found < drawn;
    });
    expect(wins.filter((won) => won).length).toBeGreaterThanOrEqual(10);
  },
);

/** The least value of Branin's function in 60 trials. */
function bestOf(sampler: SamplerName, space: Space, seed: number): number {
  const source = createSampler({ sampler, space, seed, goals: ['minimize'] });
  const history: Observation[] = [];
  for (let trial = 0; trial < 60; trial++) {
    const settings = source.suggest(history, trial) ?? {};
    const [x, y] = [settings.x as number, settings.y as number];
    const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
    history.push(trialOf(trial, settings, valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10));
  }
  return Math.min(...history.map(({ values }) => values[0] ?? Infinity));
}

test('TPE keeps away from trials under way, and from failed ones', () => {
  const space = spaceOf({ x: { range: [0, 1] } });
  const sampler = createSampler({ sampler: 'tpe', space, seed: 1, goals: ['minimize'] });
  const known = Array.from({ length: 20 }, (_, i) => trialOf(i, { x: (i + 0.5) / 20 }, Math.abs(i - 10)));
  const distance = (history: readonly Observation[]) =>
    Array.from({ length: 20 }, (_, i) => Math.abs((sampler.suggest(history, 100 + i)?.x as number) - 0.525)).reduce(
      (a, b) => a + b,
    );
  for (const state of ['running', 'failed'] as const) {
    const crowd = Array.from({ length: 15 }, (_, i) => trialOf(20 + i, { x: 0.5 + i / 300 }, 0, { state, values: [] }));
    expect(distance([...known, ...crowd])).toBeGreaterThan(2 * distance(known));
  }
});

test('a point to be tried first keeps its values, and what it leaves out is drawn', () => {
  const fixed = { optimizer: 'adam', momentum: 0.5, drop: 0.25 };
  const settings = drawFromPrior(SPACE, randomStream(1, 'point'), fixed);
  expectWithin(SPACE, settings);
  expect(settings).toMatchObject({ optimizer: 'adam', drop: 0.25 });
  expect(settings).not.toHaveProperty('momentum');
});

test('before ten trials have a result, TPE draws from the whole space', () => {
  const settings = { sampler: 'tpe', space: SPACE, seed: 5, goals: ['minimize'] } as const;
  const random = createSampler({ ...settings, sampler: 'random' });
  const history = study(random, 12);
  expect(history.filter(({ state }) => state !== 'running' && state !== 'failed')).toHaveLength(9);
  expect(createSampler(settings).suggest(history, 12)).toEqual(random.suggest(history, 12));
});

test('with two objectives TPE goes on where no trial is beaten', () => {
  const space = spaceOf({ x: { range: [0, 1] } });
  const history = Array.from({ length: 40 }, (_, i) => {
    const x = i / 40;
    return trialOf(i, { x }, 0, { values: [(x - 0.2) ** 2, (x - 0.3) ** 2] });
  });
  const sampler = createSampler({ sampler: 'tpe', space, seed: 2, goals: ['minimize', 'minimize'] });
  const drawn = Array.from({ length: 20 }, (_, i) => sampler.suggest(history, 40 + i)?.x as number);
  expect(drawn.filter((x) => x > 0.1 && x < 0.4).length).toBeGreaterThanOrEqual(18);
});

test('a grid tries every combination once, the last dimension changing fastest, and then ends', () => {
  const space = spaceOf({
    a: { choice: ['x', 'y'] },
    b: { range: [1, 2], integer: true, when: { a: 'y' } },
    c: { range: [0, 0.5], step: 0.25 },
  });
  const grid = createSampler({ sampler: 'grid', space, seed: 0, goals: ['minimize'] });
  const history: Observation[] = [];
  for (let trial = 0; ; trial++) {
    const suggestion = suggestNew(grid, history, trial);
    if (suggestion === null) break;
    history.push(trialOf(trial, suggestion.settings, 0));
  }
  expect(history.map(({ settings }) => Object.values(settings).join(' '))).toEqual([
    'x 0',
    'x 0.25',
    'x 0.5',
    'y 1 0',
    'y 1 0.25',
    'y 1 0.5',
    'y 2 0',
    'y 2 0.25',
    'y 2 0.5',
  ]);
});

test.each(['tpe', 'tpe-grouped', 'random', 'sobol'] as const)(
  '%s finds all of a small space before it repeats itself',
  (sampler) => {
    const space = spaceOf({ a: { choice: [1, 2, 3] }, b: { choice: [1, 2, 3, 4], when: { a: [1, 2] } } });
    const source = createSampler({ sampler, space, seed: 7, goals: ['minimize'] });
    const history: Observation[] = [];
    for (let trial = 0; trial < 9; trial++) {
      const suggestion = suggestNew(source, history, trial);
      expect(suggestion?.sameAs).toBe(null);
      const settings = suggestion?.settings ?? {};
      history.push(trialOf(trial, settings, (settings.a as number) + ((settings.b as number | undefined) ?? 0)));
    }
    const again = suggestNew(source, history, 9);
    expect(history.find(({ trial }) => trial === again?.sameAs)?.settings).toEqual(again?.settings);
  },
);

test('a redraw of TPE is new where the first draw was known', () => {
  const space = spaceOf(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x${i}`, { choice: [0, 1, 2] }])));
  const source = createSampler({ sampler: 'tpe', space, seed: 1, goals: ['minimize'] });
  const history: Observation[] = [];
  for (let trial = 0; trial < 120; trial++) {
    const suggestion = suggestNew(source, history, trial);
    expect(suggestion?.sameAs).toBe(null);
    const settings = suggestion?.settings ?? {};
    history.push(
      trialOf(
        trial,
        settings,
        Object.values(settings).reduce<number>((sum, each) => sum + (each as number), 0),
      ),
    );
  }
  // Random draws would be at 8 on average, and below 4 in one of twenty.
  const late = history.slice(60).map(({ values }) => values[0] ?? 0);
  expect(late.filter((value) => value <= 4).length).toBeGreaterThan(30);
});
