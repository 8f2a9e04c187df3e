/** Made from ingest.schema.json by `npm run types`. Not edited by hand. */

/**
 * Reads a folder or an archive of images, decodes every one of them, and makes a dataset of it.
 */
export interface IngestParams {
  /**
   * Folder with the images, searched with its subfolders, or an archive of one: .zip, .tar, .tar.gz, .tgz. Without it they come from the input `images`.
   */
  source?: string;
  /**
   * folders: the first folder (after that of the split) names the class. csv, jsonl: the table of that name does. none: images without labels, to predict.
   */
  labels?: 'folders' | 'csv' | 'jsonl' | 'none';
  /**
   * Table with the columns `file` (relative to `source`) and `label` (several labels of one image separated by `;`); the columns `split`, `group` and `time` are read when they are there and asked for.
   */
  csv?: string;
  /**
   * One object a line: `file`, `label` (a text) or `labels` (a list), and `split`, `group`, `time` as in `csv`.
   */
  jsonl?: string;
  /**
   * Given splits. folders: the first folder below `source` is `train`, `validation` or `test`. table: the label table says. none: `split` decides later.
   */
  splits?: 'none' | 'folders' | 'table';
  /**
   * What belongs together, such as views of one part; a split never parts it. folders: the folder below that of the class. table: the column `group` of the label table.
   */
  groups?: 'none' | 'folders' | 'table';
  /**
   * Patterns as in .gitignore; only files that match one of them are read. Empty: all.
   */
  include?: string[];
  /**
   * Order of the classes; of two the last is the positive one. Empty: by name.
   */
  classes?: string[];
  /**
   * What to do with a file that cannot be decoded whole. keep: leave the decision to `filter`.
   */
  unreadable?: 'keep' | 'drop' | 'fail';
}
