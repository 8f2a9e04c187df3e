/** The tables of an evaluation: predictions, classes, confusion, and which classes are taken for which. */

import { wilsonInterval } from '../../src/base/wilson.ts';
import { formatCsv } from '../lib/csv.ts';
import { metricsOf, sum } from '../lib/metrics/class-metrics.ts';
import type { Answers, Assessment } from './assess.ts';

/** What several labels of an image are joined by, as in the label tables `ingest` reads. */
const JOIN = ';';
const MOST_PAIRS = 50;

/**
 * `id`; `group` where images belong together, and `fold` where each was seen by the training that left out its fold;
 * `label,predicted`, then the probability of each class. Several labels of an image are joined by `;`.
 */
export function predictionTable(
  { samples, classes, units }: Answers,
  { truths, guesses, probabilities }: Assessment,
  isOutOfFold: boolean,
): string {
  const names = (places: readonly number[]) => places.map((k) => classes[k]).join(JOIN);
  const hasGroups = new Set(units).size < samples.length;
  const rows = samples.map(({ id, fold }, i) => [
    id,
    ...(hasGroups ? [units[i] ?? id] : []),
    ...(isOutOfFold ? [fold ?? ''] : []),
    names(truths[i] ?? []),
    names(guesses[i] ?? []),
    ...Array.from(probabilities.subarray(i * classes.length, (i + 1) * classes.length), (p) => p.toFixed(6)),
  ]);
  const about = [...(hasGroups ? ['group'] : []), ...(isOutOfFold ? ['fold'] : [])];
  return formatCsv(['id', ...about, 'label', 'predicted', ...classes], rows);
}

/** Precision and recall with Wilson's intervals, F1 with the bootstrap's. */
export function classTable(classes: readonly string[], { counts, f1Intervals }: Assessment): string {
  const header = ['precision', 'recall', 'f1'].flatMap((name) => [name, `${name}Low`, `${name}High`]);
  const rows = counts.map((each, k) => {
    const { precision, recall, f1 } = metricsOf(each);
    const numbers = [
      precision,
      ...wilsonInterval(each.hits, each.predicted),
      recall,
      ...wilsonInterval(each.hits, each.support),
      f1,
      ...(f1Intervals[k] ?? ['', '']),
    ];
    return [classes[k] ?? '', each.support, each.predicted, each.hits, ...numbers];
  });
  return formatCsv(['class', 'images', 'predicted', 'right', ...header], rows);
}

/** Images by true class (rows) and predicted class (columns); with several labels an image, of each label alone. */
export function confusionTable(classes: readonly string[], { confusion, counts, truths }: Assessment): string {
  if (confusion !== null) {
    return formatCsv(
      ['true class', ...classes],
      confusion.map((row, k) => [classes[k] ?? '', ...row]),
    );
  }
  const rows = counts.map(({ hits, support, predicted }, k) => [
    classes[k] ?? '',
    hits,
    support - hits,
    predicted - hits,
    truths.length - support - predicted + hits,
  ]);
  return formatCsv(['class', 'found', 'missed', 'false alarms', 'rightly absent'], rows);
}

export interface ConfusedPair {
  readonly truth: string;
  readonly predicted: string;
  readonly images: number;
  /** Of the images of the true class. */
  readonly share: number;
}

/** The pairs with most images, the worst first; with several labels: one missed where the other was a false alarm. */
export function confusedPairs(classes: readonly string[], { truths, guesses, counts }: Assessment): ConfusedPair[] {
  const pairs = new Map<number, number>();
  truths.forEach((truth, i) => {
    const guess = guesses[i] ?? [];
    for (const missed of truth.filter((k) => !guess.includes(k))) {
      for (const wrong of guess.filter((k) => !truth.includes(k))) {
        const pair = missed * classes.length + wrong;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
    }
  });
  return [...pairs]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, MOST_PAIRS)
    .map(([pair, images]) => {
      const truth = Math.floor(pair / classes.length);
      return {
        truth: classes[truth] ?? '',
        predicted: classes[pair % classes.length] ?? '',
        images,
        share: images / Math.max(1, counts[truth]?.support ?? 0),
      };
    });
}

export function pairTable(pairs: readonly ConfusedPair[]): string {
  return formatCsv(
    ['true', 'predicted', 'images', 'share'],
    pairs.map(({ truth, predicted, images, share }) => [truth, predicted, images, share]),
  );
}

/** Images that are all right. */
export function countRight({ truths, guesses }: Assessment): number {
  return sum(truths.map((truth, i) => (truth.join() === (guesses[i] ?? []).join() ? 1 : 0)));
}
