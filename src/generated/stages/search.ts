/** Made from search.schema.json by `npm run types`. Not edited by hand. */

/**
 * Tries settings of another stage, and of stages before it, and keeps the best. Each trial on each fold is remembered by itself: more trials cost only the new ones.
 */
export interface SearchParams {
  /**
   * What one trial does.
   */
  trial?: {
    /**
     * The stage whose settings are searched.
     */
    uses?: 'train';
    /**
     * Params of that stage that stay the same.
     */
    with?: {};
    /**
     * 1: each trial trains on train and is measured on validation. More: cross-validation over both, stratified, with families kept together; all trials have the same folds.
     */
    folds?: number;
    /**
     * Of the cross-validation, each time with other folds.
     */
    repeats?: number;
    /**
     * Trainings of each fold, with the seed of `with` and the next ones: the mean counts, the spread is recorded.
     */
    seeds?: number;
  };
  /**
   * What is to become small or large; the mean over folds, repeats and seeds counts. A list of two gives a Pareto set.
   */
  objective?: Objective | [Objective] | [Objective, Objective];
  /**
   * How the settings of a trial are chosen. tpe: by a model of what was good so far, all params jointly (Bergstra et al., 2011). tpe-grouped: jointly what occurs together. tpe-independent: each param alone. random: from the space, by seed and number. sobol: evenly spread. grid: all combinations of choices and steps.
   */
  sampler?: 'tpe' | 'tpe-grouped' | 'tpe-independent' | 'random' | 'sobol' | 'grid';
  /**
   * What stops a trial that does badly before it is done. Trials go on from their checkpoints.
   */
  pruner?:
    | ('none' | 'median' | 'asha' | 'hyperband' | 'wilcoxon')
    | {
        name: 'median';
        /**
         * Trials that are never stopped.
         */
        startupTrials?: number;
        /**
         * Epochs in which nothing is stopped.
         */
        warmupSteps?: number;
        /**
         * Epochs from one decision to the next; null: a tenth of all.
         */
        interval?: null | number;
      }
    | {
        name: 'asha';
        /**
         * Epochs before the first decision.
         */
        minSteps?: number;
        /**
         * One in so many goes on, and the next decision is at so many times the epochs.
         */
        reduction?: number;
      }
    | {
        name: 'hyperband';
        /**
         * Epochs before the first decision.
         */
        minSteps?: number;
        /**
         * One in so many goes on, and the next decision is at so many times the epochs.
         */
        reduction?: number;
      }
    | {
        name: 'wilcoxon';
        /**
         * P below which a trial is stopped.
         */
        threshold?: number;
        /**
         * Folds before the first decision.
         */
        startupSteps?: number;
      };
  /**
   * At most this many. A larger number continues the study.
   */
  trials?: number;
  /**
   * Trials that may be under way at once: a trial is chosen knowing those before it but the last `parallel` - 1. Part of what decides the trials; how many workers there really are is not.
   */
  parallel?: number;
  /**
   * By path in the params of the trial's stage (`model.filters`), or of a stage before this one, with its name (`augment.copies`). `{ choice: [...] }`, `{ range: [low, high] }` with `log`, `step` or `integer`, or `{ list: { length: ..., item: ... } }`; each with `when: { path: value }`.
   */
  space: {
    [k: string]: unknown;
  };
  /**
   * Settings to try first, by path. What one leaves out is drawn.
   */
  enqueue?: {}[];
  /**
   * Limits on the model, checked before it is trained: `params`, `flops` of one image, `size` in bytes. Each `{ max: ... }`, `{ min: ... }` or both.
   */
  constraints?: {
    [k: string]: unknown;
  };
  /**
   * How many of the best trials are asked what they share.
   */
  consensus?: number;
  /**
   * Settings to take without any search, by path: what `pipe search promote` writes into an experiment.
   */
  use?: null | {};
  /**
   * Of the streams of sampler and folds, and of every trial's training.
   */
  seed?: number;
}
export interface Objective {
  /**
   * A column of history.csv, taken at the epoch whose weights are kept; or `params`, `flops`, `size`, `epochs`.
   */
  metric?: string;
  /**
   * auto: what is better for that metric.
   */
  goal?: 'auto' | 'minimize' | 'maximize';
}
