/**
 * Thresholds and a temperature, chosen on validation data.
 *
 * Thresholds: coordinate ascent on micro-F1 over all labels. From one threshold for all, each label in turn, those with most
 * samples first, gets the threshold of a grid that makes the F1 of all labels together largest, the others held; then again
 * until a sweep gains nothing. Micro-F1 never falls, since a label keeps its threshold unless another is better.
 */
import type { LabelPredictions } from './multi-label.ts';

/** 0.01 to 0.99. */
const GRID = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
const MOST_SWEEPS = 5;

export interface ChosenThresholds {
  /** One a label. */
  readonly thresholds: readonly number[];
  /** Micro-F1 at the start and after each sweep: never falls. */
  readonly microF1: readonly number[];
}

/** @param start  the threshold all labels begin with. */
export function chooseThresholds(predictions: LabelPredictions, start: number): ChosenThresholds {
  const tables = Array.from({ length: predictions.classes }, (_, k) =>
    countByThreshold(predictions, k, [start, ...GRID]),
  );
  const support = tables.map((table) => table.support);
  const order = [...support.keys()].sort((a, b) => (support[b] as number) - (support[a] as number));
  const total = support.reduce((sum, each) => sum + each, 0);
  /** Place of each label's threshold in its table; 0 is the start. */
  const chosen = new Array<number>(predictions.classes).fill(0);
  const current = { hits: sumAt(tables, chosen, 'hits'), predicted: sumAt(tables, chosen, 'predicted') };
  const value = () => f1(current.hits, current.predicted, total);
  const microF1 = [value()];
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    for (const k of order) {
      const table = tables[k] as Counts;
      const place = chosen[k] as number;
      const hits = current.hits - (table.hits[place] as number);
      const predicted = current.predicted - (table.predicted[place] as number);
      let best = place;
      table.thresholds.forEach((_, other) => {
        const gained = f1(hits + (table.hits[other] as number), predicted + (table.predicted[other] as number), total);
        const known = f1(hits + (table.hits[best] as number), predicted + (table.predicted[best] as number), total);
        if (gained > known) best = other;
      });
      chosen[k] = best;
      current.hits = hits + (table.hits[best] as number);
      current.predicted = predicted + (table.predicted[best] as number);
    }
    microF1.push(value());
    if ((microF1.at(-1) as number) <= (microF1.at(-2) as number)) break;
  }
  return { thresholds: chosen.map((place, k) => tables[k]?.thresholds[place] ?? start), microF1 };
}

interface Counts {
  readonly thresholds: readonly number[];
  readonly support: number;
  /** By threshold: samples rightly found, and samples found. */
  readonly hits: readonly number[];
  readonly predicted: readonly number[];
}

function countByThreshold(
  { classes, truth, probabilities }: LabelPredictions,
  label: number,
  thresholds: readonly number[],
): Counts {
  const hits = new Array<number>(thresholds.length).fill(0);
  const predicted = new Array<number>(thresholds.length).fill(0);
  let support = 0;
  for (let i = label; i < truth.length; i += classes) {
    support += truth[i] as number;
    thresholds.forEach((threshold, place) => {
      if ((probabilities[i] as number) < threshold) return;
      predicted[place] = (predicted[place] as number) + 1;
      hits[place] = (hits[place] as number) + (truth[i] as number);
    });
  }
  return { thresholds, support, hits, predicted };
}

function sumAt(tables: readonly Counts[], places: readonly number[], what: 'hits' | 'predicted'): number {
  return tables.reduce((sum, table, k) => sum + (table[what][places[k] as number] as number), 0);
}

function f1(hits: number, predicted: number, support: number): number {
  return support + predicted === 0 ? 0 : (2 * hits) / (support + predicted);
}

/** Temperatures outside have lost all meaning of the probabilities. */
const TEMPERATURES = { low: 0.05, high: 20 };
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const STEPS = 60;

/**
 * The temperature at which a loss is smallest (Guo et al., 2017), to about six digits: golden-section search over its logarithm,
 * in which the mean log loss of divided logits has one minimum.
 */
export function chooseTemperature(lossAt: (temperature: number) => number): number {
  let low = Math.log(TEMPERATURES.low);
  let high = Math.log(TEMPERATURES.high);
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [leftLoss, rightLoss] = [lossAt(Math.exp(left)), lossAt(Math.exp(right))];
  for (let step = 0; step < STEPS; step++) {
    if (leftLoss <= rightLoss) {
      [high, right, rightLoss] = [right, left, leftLoss];
      left = high - GOLDEN * (high - low);
      leftLoss = lossAt(Math.exp(left));
    } else {
      [low, left, leftLoss] = [left, right, rightLoss];
      right = low + GOLDEN * (high - low);
      rightLoss = lossAt(Math.exp(right));
    }
  }
  return Number(Math.exp((low + high) / 2).toPrecision(6));
}
