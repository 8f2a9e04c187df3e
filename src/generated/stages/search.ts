/** Made from search.schema.json by `npm run types`. Not edited by hand. */

/**
 * Tries settings of another stage and keeps the best. Each trial on each fold is remembered by itself: more trials cost only the new ones.
 */
export interface SearchParams {
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
     * 1: each trial trains on train and is measured on validation. More: cross-validation over both, with families kept together.
     */
    folds?: number;
  };
  objective?: {
    /**
     * A column of history.csv, taken at the epoch whose weights are kept; the mean over folds counts.
     */
    metric?: string;
    goal?: 'minimize' | 'maximize';
  };
  /**
   * random: each trial draws from the space, by seed and number. grid: all combinations of choices and steps, in order.
   */
  sampler?: 'random' | 'grid';
  /**
   * At most this many.
   */
  trials?: number;
  /**
   * By path in the params of the stage, such as `model.filters`.
   */
  space: {
    [k: string]:
      | {
          /**
           * Any values.
           *
           * @minItems 1
           */
          choice: [unknown, ...unknown[]];
        }
      | {
          /**
           * Smallest and largest value.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number, number];
          /**
           * Evenly over orders of magnitude.
           */
          log?: boolean;
          /**
           * Only the smallest value plus multiples of this.
           */
          step?: number;
          integer?: boolean;
        };
  };
  /**
   * Of the streams of sampler and folds, and of every trial's training.
   */
  seed?: number;
}
