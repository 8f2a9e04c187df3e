/** Made from lock.schema.json by `npm run types`. Not edited by hand. */

/**
 * pipeline.lock: what every stage gave, by key. Written by `pipe run`, committed by you. It never decides what is up to date; a lost one is rebuilt.
 */
export interface PipelineLock {
  version: 1;
  /**
   * By experiment, then by stage.
   */
  experiments: {
    [k: string]: {
      [k: string]: LockedStageEntry;
    };
  };
}
export interface LockedStageEntry {
  /**
   * What the result is looked up by.
   */
  key: string;
  /**
   * Of inputs that no stage made, by path or role: kind and digest of what the key stands for.
   */
  inputs?: {
    [k: string]: string;
  };
  /**
   * By output name: its kind and the digest of its content.
   */
  outputs?: {
    [k: string]: string;
  };
  /**
   * Numbers of the metrics outputs, by `output:path.in.it`.
   */
  metrics?: {
    [k: string]: number;
  };
}
