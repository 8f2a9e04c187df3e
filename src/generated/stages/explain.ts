/** Made from explain.schema.json by `npm run types`. Not edited by hand. */

/**
 * Shows where in an image a network sees its answer (Grad-CAM), and tests whether the maps can be believed.
 */
export interface ExplainParams {
  split?: 'test' | 'validation' | 'train';
  /**
   * At most this many: half of them the worst errors, the rest spread over the right answers.
   */
  images?: number;
  /**
   * Of the stream of the weights the first check draws.
   */
  seed?: number;
}
