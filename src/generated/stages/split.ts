/** Made from split.schema.json by `npm run types`. Not edited by hand. */

/**
 * Divides a dataset into train, validation and test. A family of derived images, and exact duplicates, stay together; validation and test hold originals only.
 */
export interface SplitParams {
  /**
   * Share of the originals.
   */
  train?: number;
  /**
   * Share of the originals.
   */
  validation?: number;
  /**
   * Share of the originals.
   */
  test?: number;
  /**
   * Keep the shares within each class.
   */
  stratify?: boolean;
  /**
   * Of the stream that orders the samples.
   */
  seed?: number;
}
