/** Made from table.schema.json by `npm run types`. Not edited by hand. */

/**
 * What `pipe table --json` prints: experiments side by side, compared with one of them.
 */
export interface Table {
  version: 1;
  /**
   * What the rows are ranked by.
   */
  metric: string;
  /**
   * The stage whose number it is, in the reference.
   */
  stage: string;
  /**
   * The same metric of other stages, as `--metric` takes it: `STAGE:METRIC`.
   */
  others: string[];
  goal: 'maximize' | 'minimize';
  /**
   * Name of the row that the others are compared with.
   */
  reference: string;
  rows: TableRow[];
}
export interface TableRow {
  name: string;
  /**
   * Experiments with results that it stands for: several when they are repetitions with other seeds.
   */
  members: string[];
  /**
   * What it changes.
   */
  values: ChangedValue[];
  score: Measured;
  /**
   * Best of all rows; several when they are equal.
   */
  isBest: boolean;
  isSecond: boolean;
  /**
   * Minus the score of the reference; null for the reference itself.
   */
  difference: number | null;
  /**
   * Null where nothing is recorded that a test could use. `corrected` is Holm's over all rows.
   */
  tested: Tested | null;
  /**
   * Mean over repetitions.
   */
  loss: number | null;
  parameters: number | null;
  /**
   * Score by parameter; null where less is better: the ratio of a loss to a size means nothing.
   */
  ratio: number | null;
  /**
   * To make its results from nothing.
   */
  seconds: number | null;
  /**
   * No other row is better in the score and has no more parameters.
   */
  isPareto: boolean;
  /**
   * Runs that made its results, oldest first.
   */
  runs: string[];
}
export interface ChangedValue {
  path: string;
  value: null | boolean | number | string | unknown[] | {};
}
export interface Measured {
  /**
   * The mean, when there are several repetitions.
   */
  value: number;
  /**
   * Lower bound of the 95 % interval.
   */
  low?: number;
  high?: number;
  /**
   * Sample standard deviation over repetitions.
   */
  sd?: number;
  /**
   * Repetitions.
   */
  count?: number;
}
export interface Tested {
  /**
   * Lower bound of the difference's 95 % interval.
   */
  low: number;
  high: number;
  /**
   * Chance of a difference at least as large, if nothing but chance were at work.
   */
  p: number;
  /**
   * The same after Holm's correction over all comparisons made.
   */
  corrected: number;
  test:
    | 'mcnemar-mid-p'
    | 'bootstrap'
    | 'delong'
    | 'paired-t'
    | 'welch-t'
    | 'one-against-several-t'
    | 'corrected-resampled-t';
  /**
   * Of McNemar's test: the exact binomial p.
   */
  exactP?: number;
}
