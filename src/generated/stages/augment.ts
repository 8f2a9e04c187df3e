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
   * At most this share of width and height, any way.
   */
  shift?: number;
  /**
   * Turn square images by none, one, two or three right angles.
   */
  quarterTurns?: boolean;
  /**
   * Distances from the mean are multiplied by 1 plus or minus at most this.
   */
  contrast?: number;
  /**
   * Distances from grey are multiplied by 1 plus or minus at most this.
   */
  saturation?: number;
  /**
   * Colours turn by at most this many degrees, either way.
   */
  hue?: number;
  /**
   * Even out the contrast of grey images with a chance of one half.
   */
  clahe?: boolean;
  /**
   * Gaussian of at most this deviation in pixels.
   */
  blur?: number;
  /**
   * Sensor noise of at most this deviation in grey levels.
   */
  noise?: number;
  /**
   * Compress as JPEG with a quality from this to 100; 100: not at all.
   */
  jpeg?: number;
  /**
   * Cover a square with a side of at most this share of the shorter side.
   */
  cutout?: number;
  /**
   * Operations drawn from a fixed list, after those asked for above. randaugment: some of one strength. trivialaugment: one of any strength.
   */
  policy?:
    | null
    | {
        name: 'randaugment';
        /**
         * For each copy.
         */
        operations?: number;
        /**
         * Of 30.
         */
        magnitude?: number;
      }
    | {
        name: 'trivialaugment';
      };
  /**
   * Further copies of rarer classes, until each has as many images as the largest.
   */
  balance?: boolean;
  /**
   * Each copy has a stream of its own, named by image and copy.
   */
  seed?: number;
}
