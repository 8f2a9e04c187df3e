/** Made from threshold.schema.json by `npm run types`. Not edited by hand. */

/**
 * Chooses, on the validation split alone, from which probability on a class is predicted, and how sharp probabilities are.
 */
export interface ThresholdParams {
  /**
   * The threshold every class begins with.
   */
  start?: number;
  /**
   * Choose a temperature first: it makes probabilities mean what they say, and changes no ranking.
   */
  calibrate?: boolean;
  batchSize?: number;
}
