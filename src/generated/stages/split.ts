/** Made from split.schema.json by `npm run types`. Not edited by hand. */

/**
 * Divides a dataset into train, validation and test, or into folds and test. A family of derived images, a given group, and exact duplicates stay together; what is measured on are originals only.
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
   * Cross-validation: what is not test is divided into so many folds, and each validates what is trained on the others. `train` and `validation` then count together, and are what `test` leaves; the test images are those there are without folds.
   */
  folds?: null | number;
  /**
   * Keep the shares within each class; with several labels an image, of every label as well as possible.
   */
  stratify?: boolean;
  /**
   * Of shares that are no whole numbers. largestRemainder: as near as whole images allow. up: validation and test are rounded up, train gets the rest.
   */
  rounding?: 'largestRemainder' | 'up';
  /**
   * Samples that already are in these splits stay there; what belongs to one of them and is given elsewhere is left out. The shares are of the others, and those of kept splits are 0. Train samples that are kept are divided into folds like others.
   */
  keep?: ('train' | 'validation' | 'test')[];
  /**
   * time: the earliest samples train, the latest test; needs the time of every sample, and classes are not kept even.
   */
  order?: 'random' | 'time';
  /**
   * Images whose perceptual hashes differ in at most this many of 64 bits stay together, too. null: they are not looked for.
   */
  nearDuplicates?: null | number;
  /**
   * Of the stream that orders the samples.
   */
  seed?: number;
}
