/** Made from augment.schema.json by `npm run types`. Not edited by hand. */

/**
 * Adds changed copies of images. Of a dataset that is split, only train images get copies.
 */
export interface AugmentParams {
  /**
   * Of each original.
   */
  copies?: number;
  /**
   * Directions in which a copy may be mirrored, each with a chance of one half.
   */
  flip?: ('horizontal' | 'vertical')[];
  /**
   * At most this many degrees, either way.
   */
  rotate?: number;
  /**
   * Smallest and largest magnification; the size of the image stays, its border is mirrored.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale?: [number, number];
  /**
   * Values are multiplied by 1 plus or minus at most this.
   */
  brightness?: number;
  /**
   * Each copy has a stream of its own, named by image and copy.
   */
  seed?: number;
}
