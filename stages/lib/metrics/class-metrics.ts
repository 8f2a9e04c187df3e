/**
 * Precision, recall and F1 of each class, and their averages: micro, macro, weighted.
 *
 * A class that never occurs has no recall, one that is never predicted no precision; both count as 0 in F1. Macro averages
 * leave out a class only when it neither occurs nor is predicted; weighted ones weigh by how often a class occurs.
 */

/** Samples of a class: those it was rightly and wrongly found in, and those it was missed in. */
export interface ClassCounts {
  readonly hits: number;
  /** Samples of this class. */
  readonly support: number;
  readonly predicted: number;
}

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
  readonly predicted: number;
}

export interface Averages {
  readonly microPrecision: number;
  readonly microRecall: number;
  readonly microF1: number;
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly macroF1: number;
  readonly weightedPrecision: number;
  readonly weightedRecall: number;
  readonly weightedF1: number;
}

export function metricsOf({ hits, support, predicted }: ClassCounts): ClassMetrics {
  return {
    precision: predicted === 0 ? 0 : hits / predicted,
    recall: support === 0 ? 0 : hits / support,
    f1: support + predicted === 0 ? 0 : (2 * hits) / (support + predicted),
    support,
    predicted,
  };
}

export function averagesOf(classes: readonly ClassCounts[]): Averages {
  const total: ClassCounts = {
    hits: sum(classes.map((each) => each.hits)),
    support: sum(classes.map((each) => each.support)),
    predicted: sum(classes.map((each) => each.predicted)),
  };
  const micro = metricsOf(total);
  const present = classes.filter(({ support, predicted }) => support + predicted > 0).map(metricsOf);
  const macro = (value: (each: ClassMetrics) => number) => sum(present.map(value)) / present.length;
  const weighted = (value: (each: ClassMetrics) => number) =>
    sum(present.map((each) => value(each) * each.support)) / total.support;
  return {
    microPrecision: micro.precision,
    microRecall: micro.recall,
    microF1: micro.f1,
    macroPrecision: macro(({ precision }) => precision),
    macroRecall: macro(({ recall }) => recall),
    macroF1: macro(({ f1 }) => f1),
    weightedPrecision: weighted(({ precision }) => precision),
    weightedRecall: weighted(({ recall }) => recall),
    weightedF1: weighted(({ f1 }) => f1),
  };
}

/** Of a confusion matrix, counts by true class (row) and predicted class (column). */
export function countsOf(confusion: readonly (readonly number[])[]): ClassCounts[] {
  return confusion.map((row, k) => ({
    hits: row[k] ?? 0,
    support: sum(row),
    predicted: sum(confusion.map((each) => each[k] ?? 0)),
  }));
}

export function classMetrics(confusion: readonly (readonly number[])[]): ClassMetrics[] {
  return countsOf(confusion).map(metricsOf);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
