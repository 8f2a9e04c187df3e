/** Made from ingest.schema.json by `npm run types`. Not edited by hand. */

/**
 * Reads a folder of images, decodes every one of them, and makes a dataset of it.
 */
export interface IngestParams {
  /**
   * Folder with the images, searched with its subfolders.
   */
  source: string;
  /**
   * folders: the first folder below `source` names the class. csv: the table named by `csv` does.
   */
  labels?: 'folders' | 'csv';
  /**
   * Table with the columns `file` (relative to `source`) and `label` (several labels of one image separated by `;`).
   */
  csv?: string;
  /**
   * Order of the classes; of two the last is the positive one. Empty: by name.
   */
  classes?: string[];
  /**
   * What to do with a file that cannot be decoded whole. keep: leave the decision to `filter`.
   */
  unreadable?: 'keep' | 'drop' | 'fail';
}
