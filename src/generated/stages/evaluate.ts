/** Generated from schemas/stages/evaluate.schema.json; do not edit. */

/**
 * Measures a trained model on a split it has not seen.
 */
export interface EvaluateParams {
  split?: 'test' | 'validation' | 'train';
  batchSize?: number;
}
