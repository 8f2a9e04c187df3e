/** Made from evaluate.schema.json by `npm run types`. Not edited by hand. */

/**
 * Measures a trained model on a split it has not seen.
 */
export interface EvaluateParams {
  split?: 'test' | 'validation' | 'train';
  batchSize?: number;
}
