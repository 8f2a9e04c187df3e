/** Made from dataset.schema.json by `npm run types`. Not edited by hand. */

/**
 * dataset.json: what a dataset artifact as a whole holds.
 */
export interface DatasetInfo {
  version: 1;
  /**
   * binary: two classes, one label a sample. multi-class: one label of many. multi-label: any number of labels.
   */
  task: 'binary' | 'multi-class' | 'multi-label';
  /**
   * Names of the classes; a class is written as its place in this list in model outputs.
   */
  classes: string[];
  /**
   * images: one encoded file a sample, in images/. pixels: all samples in pixels.npy, in the order of samples.jsonl.
   */
  layout: 'images' | 'pixels';
  /**
   * Height, width and channels when every readable image has the same, else `mixed`.
   */
  shape: 'mixed' | [number, number, number];
  samples: number;
  /**
   * Samples of each class.
   */
  counts: {
    [k: string]: number;
  };
  /**
   * Samples of each class in each split, once the dataset is split.
   */
  splits?: {
    [k: string]: {
      [k: string]: number;
    };
  };
  /**
   * The stages the dataset went through, first to last.
   */
  steps: string[];
}
