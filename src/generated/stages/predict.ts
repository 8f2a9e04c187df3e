/** Made from predict.schema.json by `npm run types`. Not edited by hand. */

/**
 * Says what a model thinks of images, with labels or without: for every one the class and the probability of each.
 */
export interface PredictParams {
  batchSize?: number;
}
