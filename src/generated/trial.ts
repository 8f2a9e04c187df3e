/** Made from trial.schema.json by `npm run types`. Not edited by hand. */

/**
 * A line of trials.jsonl: one trial of a search. Holds nothing that depends on time, machine or the number of workers.
 */
export interface Trial {
  /**
   * Its number, from 0.
   */
  trial: number;
  /**
   * complete: it has its values. collapsed: it has, but on every fold it gives all images one class. pruned: stopped early. failed: no number came of it. infeasible: its model breaks a constraint, so it was never trained.
   */
  state: 'complete' | 'collapsed' | 'pruned' | 'failed' | 'infeasible';
  /**
   * Values by path of the space; only those that take part.
   */
  settings: {};
  /**
   * Of these, the params of the trial's own stage, lists as one value: what `use` of a search takes, and settings.json holds.
   */
  use: {};
  /**
   * Of these, the params of stages before the search.
   */
  pipeline: {};
  /**
   * One number per objective: means over all trainings. Empty when there is none.
   */
  values: number[];
  /**
   * Of the first objective: over seeds when there are several, else over folds; null with one training.
   */
  deviation: number | null;
  /**
   * Means over all trainings, by column of history.csv.
   */
  metrics: {
    [k: string]: number | null;
  };
  /**
   * Of the model; null when it could not be planned.
   */
  cost: {
    params: number;
    /**
     * For one image.
     */
    flops: number;
    /**
     * Of the weights, in bytes.
     */
    size: number;
  } | null;
  /**
   * Of all trainings together.
   */
  epochs: number;
  /**
   * Each training.
   */
  cells: TrialCell[];
  /**
   * The first objective on the way: after each measured epoch, mean over trainings; with the pruner `wilcoxon` after each training.
   */
  reports: [unknown, unknown][];
  /**
   * By how much constraints are broken.
   */
  violation: number;
  /**
   * The earlier trial with the same settings whose results these are.
   */
  sameAs: number | null;
  /**
   * Why it failed.
   */
  problem: string | null;
}
/**
 * One training of a trial: a fold of a repeat of the cross-validation, with a seed.
 */
export interface TrialCell {
  repeat: number;
  fold: number;
  /**
   * Added to the seed of the settings.
   */
  seed: number;
  epochs: number;
  /**
   * The epoch whose weights count.
   */
  keptEpoch: number;
  /**
   * epochs: all were run. early: early stopping. diverged: the loss is no number any more. paused: stopped by the pruner.
   */
  ended: string;
  /**
   * Of the kept epoch; null where there was no number.
   */
  metrics: {
    [k: string]: number | null;
  };
}
