import { expect, test } from 'vitest';
import { randomStream } from '../base/random.ts';
import { pairPredictions } from './paired-predictions.ts';
import { testedMetrics } from './paired-tests.ts';
import { type PredictionTable, parsePredictions } from './predictions.ts';
import { correctedResampledT } from './statistics/repeats.ts';
import { verdictOf } from './verdict.ts';

type Line = { readonly about: readonly string[]; readonly label: number; readonly second: number };

const NAMES = ['a', 'b'];

/** @param classes  without: only what was predicted is known, no probability. */
function table(about: readonly string[], lines: readonly Line[], classes: readonly string[] = NAMES): PredictionTable {
  const rows = lines.map(({ about: values, label, second }, i) => {
    const probabilities = classes.length === 0 ? [] : [1 - second, second];
    return [`${i}`, ...values, NAMES[label], NAMES[second > 0.5 ? 1 : 0], ...probabilities].join();
  });
  const made = parsePredictions([['id', ...about, 'label', 'predicted', ...classes].join(), ...rows].join('\n'));
  if (made === null) throw new Error('no table');
  return made;
}

function tested(first: PredictionTable, second: PredictionTable) {
  const pairing = pairPredictions(first, second);
  if (pairing === null) throw new Error('no pairs');
  return testedMetrics(pairing);
}

/** Two equally good models whose answers are the same for all five images of a group. */
function ofGroups(draw: number): [readonly Line[], readonly Line[]] {
  const random = randomStream(draw, 'groups');
  const model = (about: (group: number) => readonly string[]) =>
    Array.from({ length: 40 }, (_, group) => {
      const label = group % 2;
      const isRight = random.uniform() < 0.8;
      const second = (isRight ? label : 1 - label) * 0.8 + 0.1;
      return Array.from({ length: 5 }, () => ({ about: about(group), label, second }));
    }).flat();
  return [model((group) => [`g${group}`]), model((group) => [`g${group}`])];
}

test('noise between models is called a difference as rarely as promised, also where images come in groups', () => {
  const draws = 60;
  let [grouped, single] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const [first, second] = ofGroups(draw);
    const alone = (lines: readonly Line[]) => lines.map((line) => ({ ...line, about: [] }));
    const pOf = (metrics: ReturnType<typeof tested>) => metrics.find(({ name }) => name === 'accuracy')?.tested.p ?? 1;
    if (pOf(tested(table(['group'], first, []), table(['group'], second, []))) < 0.05) grouped++;
    if (pOf(tested(table([], alone(first), []), table([], alone(second), []))) < 0.05) single++;
  }
  expect(grouped / draws).toBeLessThan(0.1);
  expect(single / draws).toBeGreaterThan(0.2);
});

test('with groups every metric is drawn by group; the difference stays that of all samples', () => {
  const [first, second] = ofGroups(3);
  const metrics = tested(table(['group'], first), table(['group'], second));
  expect(metrics.map(({ name }) => name)).toEqual([
    'accuracy',
    'balancedAccuracy',
    'macroPrecision',
    'macroRecall',
    'macroF1',
    'rocAuc',
    'loss',
  ]);
  for (const { first: a, second: b, difference, tested: made } of metrics) {
    expect(made.test).toBe('bootstrap');
    expect(difference).toBeCloseTo(b.value - a.value, 12);
    expect(made.low).toBeLessThanOrEqual(difference);
    expect(made.high).toBeGreaterThanOrEqual(difference);
  }
});

test('predictions out of the same folds are compared fold by fold, by the corrected t test', () => {
  const random = randomStream(2, 'folds');
  const model = (skill: number) =>
    Array.from({ length: 100 }, (_, i): Line => {
      const label = Math.floor(i / 5) % 2;
      const isRight = random.uniform() < skill;
      return { about: [`${i % 5}`], label, second: (isRight ? label : 1 - label) * 0.8 + 0.1 };
    });
  const [first, second] = [model(0.7), model(0.9)];
  const metrics = tested(table(['fold'], first), table(['fold'], second));
  const accuracies = (lines: readonly Line[]) =>
    [0, 1, 2, 3, 4].map((fold) => {
      const own = lines.filter(({ about }) => about[0] === `${fold}`);
      return own.filter(({ label, second: p }) => (p > 0.5 ? 1 : 0) === label).length / own.length;
    });
  const [a, b] = [accuracies(first), accuracies(second)];
  const expected = correctedResampledT(
    b.map((score, fold) => score - (a[fold] as number)),
    1 / 4,
  );
  const [accuracy] = metrics;
  expect(accuracy).toMatchObject({ name: 'accuracy', first: { count: 5 }, tested: { test: 'corrected-resampled-t' } });
  expect(accuracy?.tested.p).toBeCloseTo(expected?.p ?? Number.NaN, 12);
  // The interval of one model's mean knows of the shared training images, too.
  const own = correctedResampledT(a, 1 / 4);
  expect(accuracy?.first?.low).toBeCloseTo(own?.low ?? Number.NaN, 12);
  expect(accuracy?.first?.high).toBeCloseTo(own?.high ?? Number.NaN, 12);
  const facts = { first: 'x', second: 'y', stages: [], metrics: metrics.map((each) => ({ stage: 'e', ...each })) };
  expect(verdictOf({ ...facts, predictions: null }, 1).sentence).toContain('over 5 folds');
  // Other folds are another division: there is nothing to go through fold by fold.
  const shifted = second.map((line) => ({ ...line, about: [`${(Number(line.about[0]) + 1) % 5}`] }));
  expect(tested(table(['fold'], first), table(['fold'], shifted))[0]?.tested.test).toBe('mcnemar-mid-p');
});
