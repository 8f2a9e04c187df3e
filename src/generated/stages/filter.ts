/** Made from filter.schema.json by `npm run types`. Not edited by hand. */

/**
 * Leaves out images that do not belong: unreadable, of another size, or there more than once.
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
   * pixels: write all images as one array, pixels.npy, which later stages read much faster. They must share one size.
   */
  layout?: 'images' | 'pixels';
}
