/** Made from evaluate.schema.json by `npm run types`. Not edited by hand. */

/**
 * Measures a trained model on a split it has not seen: every metric with its interval, what it gets wrong, and what should make you doubt the numbers.
 */
export interface EvaluateParams {
  split?: 'test' | 'validation' | 'train';
  batchSize?: number;
  /**
   * Test-time augmentation: each image is seen mirrored, too, and the mean of the probabilities counts.
   */
  mirror?: boolean;
}
