/** Made from transform.schema.json by `npm run types`. Not edited by hand. */

/**
 * Gives images one size: crops them, resizes them, and keeps their labels and splits.
 */
export interface TransformParams {
  /**
   * Keep this part from the middle, before resizing. An image that is smaller fails the stage.
   */
  crop?: null | {
    width: number;
    height: number;
  };
  /**
   * Size of every image: means over areas when it shrinks, linear interpolation when it grows.
   */
  resize?: null | {
    width: number;
    height: number;
    /**
     * stretch: the aspect changes. cover: the image covers the size, what stands over is cut off. pad: the image lies within, the rest gets one shade.
     */
    fit?: 'stretch' | 'cover' | 'pad';
    /**
     * Of the rest with `fit: pad`.
     */
    shade?: number;
  };
  /**
   * pixels: write all images as one array, pixels.npy, which later stages read much faster; they must share one size. images: one PNG each.
   */
  layout?: 'images' | 'pixels';
}
