/** Made from experiments.schema.json by `npm run types`. Not edited by hand. */

/**
 * What `pipe exp --json` prints: every experiment with what came of it.
 */
export interface ExperimentList {
  version: 1;
  experiments: ExperimentEntry[];
}
export interface ExperimentEntry {
  name: string;
  /**
   * Experiments it stands for: several when they are repetitions with other seeds.
   */
  members: string[];
  values: ChangedValue[];
  /**
   * Kept with `--name`, not written in the pipeline file.
   */
  kept: boolean;
  /**
   * Members that have results.
   */
  ran: number;
  metrics: {
    [k: string]: Measured;
  };
  /**
   * ISO 8601, UTC, of its last result; null: never ran, or only the lock knows it.
   */
  finishedAt: string | null;
  /**
   * To make all its results from nothing; of repetitions, all together.
   */
  seconds: number | null;
  /**
   * Of these, for results no entry before this one has.
   */
  ownSeconds: number | null;
  results: number;
  /**
   * How many of them an entry before has, too.
   */
  shared: number;
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
