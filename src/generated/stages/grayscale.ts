/** Made from grayscale.schema.json by `npm run types`. Not edited by hand. */

/**
 * Turns images to grey (luma of BT.601), and evens out their contrast if asked.
 */
export interface GrayscaleParams {
  /**
   * Contrast limited adaptive histogram equalisation, as OpenCV does it. null: none.
   */
  clahe?: null | {
    /**
     * How much a grey level may be amplified, times the mean.
     */
    clipLimit?: number;
    /**
     * Tiles along each side.
     */
    tiles?: number;
  };
}
