/** Generated from schemas/stages/grayscale.schema.json; do not edit. */

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
