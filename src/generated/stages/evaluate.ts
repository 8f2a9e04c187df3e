/** Made from evaluate.schema.json by `npm run types`. Not edited by hand. */

/**
 * Measures a trained model on a split it has not seen: every metric with its interval, what it gets wrong, and what should make you doubt the numbers.
 */
export interface EvaluateParams {
  /**
   * validation, of a dataset with folds: all images of the folds, each seen by the training that left it out. Other images are seen by all trainings, and the mean of the probabilities counts.
   */
  split?: 'test' | 'validation' | 'train';
  batchSize?: number;
  /**
   * Test-time augmentation: each image is seen mirrored, too, and the mean of the probabilities counts.
   */
  mirror?: boolean;
}
