/** Made from sample.schema.json by `npm run types`. Not edited by hand. */

/**
 * One line of samples.jsonl.
 */
export interface Sample {
  /**
   * Unique in the dataset. Of an original: its path in the source folder.
   */
  id: string;
  /**
   * Names of classes; exactly one unless the task is multi-label.
   */
  labels: string[];
  /**
   * Id of the original this sample was derived from; its own id for an original. A split never parts a family.
   */
  family: string;
  /**
   * What belongs together besides the family: views of one part, pictures of one patient. A split never parts a group.
   */
  group?: string;
  /**
   * When the image was taken: a text that sorts by time, such as 2024-05-31.
   */
  time?: string;
  /**
   * SHA-256 of the original file.
   */
  source: string;
  /**
   * SHA-256 of size and decoded pixels of the original: equal for exact duplicates, whatever their files look like.
   */
  content?: string;
  /**
   * Path in the artifact, forward slashes. Absent in the pixels layout.
   */
  file?: string;
  /**
   * SHA-256 of this sample's bytes here: its file, or its part of pixels.npy.
   */
  digest?: string;
  width?: number;
  height?: number;
  channels?: 1 | 3;
  split?: 'train' | 'validation' | 'test';
  /**
   * Of a cross-validation: the training with this number leaves the sample out, and is measured on it if it is an original. Only where `split` divided into folds, and never of a test sample.
   */
  fold?: number;
  /**
   * How a derived sample was made from its original: the operations and their values.
   */
  derived?: {
    by: string;
    copy: number;
    operations?: {
      [k: string]: number;
    };
  };
  /**
   * Why the image cannot be read. Such a sample has no size and no digest.
   */
  problem?: string;
}
