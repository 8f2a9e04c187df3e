import { expect, test } from 'vitest';
import { randomStream } from '../base/random.ts';
import { pairPredictions } from './paired-predictions.ts';
import { accuracyOf } from './paired-tests.ts';
import type { PredictionTable } from './predictions.ts';
import { cellsOf, type PairedCells, scoreDifferences } from './statistics/confusion-scores.ts';
import { fairBinomial } from './statistics/distributions.ts';
import { mcnemar } from './statistics/mcnemar.ts';
import { pairedDifference } from './statistics/proportion.ts';
import { oneAgainstSeveral, welch } from './statistics/repeats.ts';
import { verdictOf } from './verdict.ts';

/** The test set of the scenes, and of how many images two trainings of one network disagree there. */
const SAMPLES = 807;
const CLASSES = ['coast', 'forest', 'street'];
const LEVEL = 0.05;

/** Chance that the test rejects although each disagreement falls to either side with chance one half. Exact: all outcomes. */
function falseAlarms(discordant: number, p: (gained: number, lost: number) => number): number {
  let chance = 0;
  for (let gained = 0; gained <= discordant; gained++)
    if (p(gained, discordant - gained) < LEVEL) chance += fairBinomial(gained, discordant);
  return chance;
}

/** The same when the number of disagreements itself varies, each sample being one with chance `rate`. */
function falseAlarmsOf(samples: number, rate: number, p: (gained: number, lost: number) => number): number {
  let total = 0;
  let chance = (1 - rate) ** samples;
  for (let discordant = 0; discordant <= samples; discordant++) {
    if (chance > 1e-9) total += chance * falseAlarms(discordant, p);
    chance *= ((samples - discordant) / (discordant + 1)) * (rate / (1 - rate));
  }
  return total;
}

test.each([
  [200, 0.12],
  [400, 0.1],
  [807, 0.06],
  [807, 0.15],
  [2000, 0.05],
])(
  'of %d samples, a share of %d disagreed about, noise is taken for a difference in 4 to 6 of 100 cases (exact count)',
  (samples, rate) => {
    const midP = falseAlarmsOf(samples, rate, (gained, lost) => mcnemar(gained, lost).midP);
    expect(Math.abs(midP - LEVEL)).toBeLessThan(0.01);
    // The exact test keeps the level too, but by giving away a third of it: this is why verdicts follow mid-p.
    const exact = falseAlarmsOf(samples, rate, (gained, lost) => mcnemar(gained, lost).exact);
    expect(exact).toBeLessThan(LEVEL);
    expect(exact).toBeLessThan(midP);
  },
);

test.each([
  [20, 0.2],
  [34, 0.1],
  [34, 0.3],
  [50, 0.2],
  [100, 0.1],
])(
  'of as few as %d samples, a share of %d disagreed about, noise is called a difference in at most 6 of 100 cases',
  (samples, rate) => {
    expect(falseAlarmsOf(samples, rate, (gained, lost) => mcnemar(gained, lost).midP)).toBeLessThan(0.06);
  },
);

/** Two models that err on partly the same samples; `skills` are their chances to be right. */
function predictions(
  draw: number,
  skills: readonly [number, number],
  samples = SAMPLES,
): [PredictionTable, PredictionTable] {
  const random = randomStream(draw, 'noise');
  const ids = Array.from({ length: samples }, (_, i) => `${i}`);
  const labels = Int32Array.from(ids, () => random.integer(CLASSES.length));
  const guesses: [Int32Array, Int32Array] = [new Int32Array(samples), new Int32Array(samples)];
  for (let i = 0; i < samples; i++) {
    const hardness = random.uniform();
    skills.forEach((skill, model) => {
      // Half of what makes a sample hard is the same for both.
      const isRight = (random.uniform() < 0.5 ? hardness : random.uniform()) < skill;
      const label = labels[i] as number;
      (guesses[model] as Int32Array)[i] = isRight
        ? label
        : (label + 1 + random.integer(CLASSES.length - 1)) % CLASSES.length;
    });
  }
  const table = (predicted: Int32Array): PredictionTable => ({
    ids,
    classes: CLASSES,
    isMultiLabel: false,
    groups: null,
    folds: null,
    labels,
    predicted,
    ofTruth: null,
    ofSecond: null,
  });
  return [table(guesses[0]), table(guesses[1])];
}

function cells(draw: number, skills: readonly [number, number], samples?: number): PairedCells {
  const pairing = pairPredictions(...predictions(draw, skills, samples));
  if (pairing === null) throw new Error('no samples');
  return cellsOf(CLASSES.length, pairing.labels, pairing.first, pairing.second);
}

function verdict(draw: number, skills: readonly [number, number]) {
  const metrics = [{ stage: 'evaluate', ...accuracyOf(cells(draw, skills)) }];
  return verdictOf({ first: 'a', second: 'b', stages: [], metrics, predictions: null }, 1).kind;
}

test('over 1,000 draws of equally good models, noise is called a difference within one point of 5 in 100', () => {
  let alarms = 0;
  for (let draw = 0; draw < 1000; draw++) if (verdict(draw, [0.86, 0.86]) === 'distinguishable') alarms++;
  // The standard error of this count is 0.7 points, so it could miss by chance; the exact counts above cannot.
  expect(Math.abs(alarms / 1000 - LEVEL)).toBeLessThan(0.01);
});

test('models that truly differ by six points are told apart in more than 9 of 10 draws', () => {
  let found = 0;
  for (let draw = 0; draw < 500; draw++) if (verdict(draw, [0.82, 0.88]) === 'distinguishable') found++;
  expect(found / 500).toBeGreaterThan(0.9);
});

test('the bootstrap of F1 takes noise for a difference about as often', () => {
  const draws = 300;
  let alarms = 0;
  for (let draw = 0; draw < draws; draw++)
    if (scoreDifferences(cells(draw, [0.8, 0.8], 400), 400).macroF1.p < LEVEL) alarms++;
  // Three standard errors of a rate over 300 draws.
  expect(Math.abs(alarms / draws - LEVEL)).toBeLessThan(3 * Math.sqrt((LEVEL * (1 - LEVEL)) / draws));
});

test('the interval of a difference holds the true one in 94 to 96 of 100 draws', () => {
  const random = randomStream(1, 'coverage');
  const draws = 20_000;
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    let [gained, lost] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const u = random.uniform();
      if (u < 0.09) gained++;
      else if (u < 0.15) lost++;
    }
    const { low, high } = pairedDifference(gained, lost, 200);
    if (low <= 0.03 && 0.03 <= high) covered++;
  }
  expect(Math.abs(covered / draws - 0.95)).toBeLessThan(0.01);
});

test('over seeds, too, noise is called a difference in about 5 of 100 cases', () => {
  const random = randomStream(1, 'seeds');
  const score = () => 0.9 + 0.01 * random.normal();
  let alarms = 0;
  for (let draw = 0; draw < 3000; draw++) {
    const made = welch([score(), score(), score(), score(), score()], [score(), score(), score(), score(), score()]);
    if ((made?.p ?? 1) < LEVEL) alarms++;
  }
  expect(Math.abs(alarms / 3000 - LEVEL)).toBeLessThan(0.01);
});

test('one training against five that differ from it by noise alone, too', () => {
  const random = randomStream(1, 'one');
  const score = () => 0.9 + 0.01 * random.normal();
  let alarms = 0;
  for (let draw = 0; draw < 3000; draw++)
    if ((oneAgainstSeveral(score(), [score(), score(), score(), score(), score()])?.p ?? 1) < LEVEL) alarms++;
  expect(Math.abs(alarms / 3000 - LEVEL)).toBeLessThan(0.01);
});
