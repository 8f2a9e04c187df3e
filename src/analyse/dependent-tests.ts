/**
 * Tests for samples that are no independent draws: images of one group, and predictions of a cross-validation, whose trainings
 * share most of what they learned from. The tests for single samples would find differences there that are none.
 */
import { groupedWilson } from '../base/grouped-wilson.ts';
import type { Measured } from '../generated/diff.ts';
import type { Pairing } from './paired-predictions.ts';
import { bootstrap, bootstrapP, percentileInterval } from './statistics/bootstrap.ts';
import { correctedResampledT, spreadOf } from './statistics/repeats.ts';
import type { TestedMetric } from './tested-metric.ts';
import { type Scorer, scorerOf } from './weighted-scores.ts';

/** Null where every sample is a draw of its own: the tests for that are sharper. */
export function dependentMetrics(pairing: Pairing): readonly TestedMetric[] | null {
  const scorers = () => [scorerOf(pairing, 'first'), scorerOf(pairing, 'second')] as const;
  if (pairing.folds !== null) return overFolds(pairing.folds, ...scorers());
  return pairing.groups === null ? null : overGroups(pairing, pairing.groups, ...scorers());
}

/** Scores fold by fold, and Nadeau and Bengio's test of their differences. */
function overFolds(folds: readonly string[], first: Scorer, second: Scorer): TestedMetric[] {
  const names = [...new Set(folds)];
  const testShare = 1 / (names.length - 1);
  const each = names.map((name) => {
    const weights = Float64Array.from(folds, (fold) => (fold === name ? 1 : 0));
    return [first(weights), second(weights)] as const;
  });
  return [...(each[0]?.[0].keys() ?? [])].flatMap((name): TestedMetric[] => {
    const [a, b] = [0, 1].map((side) => each.map((scores) => scores[side as 0 | 1].get(name) ?? Number.NaN)) as [
      number[],
      number[],
    ];
    // A fold without one of the classes has no score of some kinds.
    if ([...a, ...b].some(Number.isNaN)) return [];
    const made = correctedResampledT(
      b.map((score, fold) => score - (a[fold] as number)),
      testShare,
    );
    if (made === null) return [];
    const { difference, low, high, p, test } = made;
    const tested = { low, high, p, corrected: p, test };
    return [{ name, first: spread(a, testShare), second: spread(b, testShare), difference, tested }];
  });
}

function spread(values: readonly number[], testShare: number): Measured {
  const { mean, sd, interval, count } = spreadOf(values, testShare);
  return sd === null ? { value: mean } : { value: mean, ...interval, sd, count };
}

/** Steps of work in all resamples together: about a second. */
const MOST_WORK = 4e7;
const DRAWS = { most: 2000, fewest: 200 };

/** Whole groups are drawn, within the class of their first sample. */
function overGroups(pairing: Pairing, groups: readonly string[], first: Scorer, second: Scorer): TestedMetric[] {
  const { labels } = pairing;
  const places = new Map<string, number>();
  const groupOf = Int32Array.from(groups, (name) => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  });
  const strata = new Int32Array(places.size).fill(-1);
  groupOf.forEach((group, sample) => {
    if (strata[group] === -1) strata[group] = labels[sample] as number;
  });
  const whole = new Float64Array(groups.length).fill(1);
  const estimates = [first(whole), second(whole)] as const;
  const names = [...estimates[0].keys()];
  const weights = new Float64Array(groups.length);
  const draws = bootstrap(
    { counts: new Float64Array(places.size).fill(1), strata },
    (counts) => {
      for (let i = 0; i < weights.length; i++) weights[i] = counts[groupOf[i] as number] as number;
      const [a, b] = [first(weights), second(weights)];
      return names.flatMap((name) => {
        const [x, y] = [a.get(name) ?? Number.NaN, b.get(name) ?? Number.NaN];
        return [x, y, y - x];
      });
    },
    'groups',
    Math.round(Math.min(DRAWS.most, Math.max(DRAWS.fewest, MOST_WORK / (groups.length * names.length)))),
  );
  return names.flatMap((name, place): TestedMetric[] => {
    const [a, b] = estimates.map((scores) => scores.get(name) ?? Number.NaN) as [number, number];
    const [ofFirst, ofSecond, ofDifference] = [0, 1, 2].map((part) => draws[3 * place + part]);
    if (ofFirst === undefined || ofSecond === undefined || ofDifference === undefined) return [];
    if (ofDifference.some(Number.isNaN)) return [];
    const p = bootstrapP(ofDifference);
    const interval = (value: number, drawn: Float64Array, predicted: Int32Array): Measured =>
      name === 'accuracy'
        ? { value, ...shareInterval(labels, predicted, groups) }
        : { value, ...percentileInterval(drawn) };
    return [
      {
        name,
        first: interval(a, ofFirst, pairing.first),
        second: interval(b, ofSecond, pairing.second),
        difference: b - a,
        tested: { ...percentileInterval(ofDifference), p, corrected: p, test: 'bootstrap' },
      },
    ];
  });
}

function shareInterval(labels: Int32Array, predicted: Int32Array, groups: readonly string[]) {
  const right = Float64Array.from(labels, (label, i) => (label === predicted[i] ? 1 : 0));
  const [low, high] = groupedWilson(right, groups);
  return { low, high };
}
