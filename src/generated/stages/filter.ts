/** Made from filter.schema.json by `npm run types`. Not edited by hand. */

/**
 * Leaves out images that do not belong: unreadable, not as a condition asks, of another size, of bad quality, or there more than once.
 */
export interface FilterParams {
  /**
   * What to do with images that cannot be decoded.
   */
  unreadable?: 'drop' | 'fail';
  /**
   * any: every size stays. modal: the most frequent width and height stay. Or the size that stays.
   */
  dimensions?:
    | ('any' | 'modal')
    | {
        width: number;
        height: number;
      };
  /**
   * drop: of images with equal pixels the first stays, and none when their labels differ.
   */
  duplicates?: 'keep' | 'drop';
  /**
   * Of images whose perceptual hashes differ in at most this many of 64 bits, and whose edges lie at the same places, the first stays. null: they are not looked for.
   */
  nearDuplicates?: null | number;
  /**
   * A condition on the fields of a sample, such as `width >= 64 and label != 'unknown'`; those for which it does not hold go. Classes of which nothing stays leave the dataset. null: none.
   */
  where?: null | string;
  /**
   * Images that are worse than these limits go; the limits mean what they mean in `audit`. null: no limit.
   */
  quality?: {
    /**
     * Smallest 99th percentile of brightness, such as 0.32.
     */
    dark?: null | number;
    /**
     * Smallest distance of the 5th percentile of brightness from 1, such as 0.05.
     */
    light?: null | number;
    /**
     * Smallest sharpness of edges, such as 0.29.
     */
    blurred?: null | number;
    /**
     * Smallest tenth of the bits of a grey level, such as 0.3.
     */
    lowInformation?: null | number;
  };
  /**
   * pixels: write all images as one array, pixels.npy, which later stages read much faster. They must share one size.
   */
  layout?: 'images' | 'pixels';
}
