/** Made from run.schema.json by `npm run types`. Not edited by hand. */

/**
 * Why a stage has to run.
 */
export type Reason =
  | {
      kind: 'never-ran';
    }
  | {
      kind: 'changed';
      fact: 'command' | 'wdir' | 'code' | 'param' | 'input' | 'output' | 'env' | 'reached';
      name: string;
      /**
       * The value before.
       */
      old?: null | boolean | number | string | unknown[] | {};
      /**
       * The value now.
       */
      new?: null | boolean | number | string | unknown[] | {};
    }
  | {
      kind: 'producer-stale';
      stage: string;
    }
  | {
      kind: 'output-missing';
      output: string;
    }
  | {
      kind: 'output-edited';
      output: string;
    }
  | {
      kind: 'result-lost';
      output: string;
      damaged: boolean;
    }
  | {
      kind: 'always-changed';
    }
  | {
      kind: 'forced';
    }
  | {
      kind: 'kept-out-of-store';
      output: string;
    }
  | {
      kind: 'frozen';
    };

/**
 * cache/runs/NAME.json: what a run was asked, what came of it, and where it ran.
 */
export interface RunRecord {
  version: 1;
  /**
   * Name of the run; sorts by time.
   */
  run: string;
  /**
   * The command line as typed.
   */
  argv: string[];
  /**
   * ISO 8601, UTC.
   */
  finishedAt: string;
  summary: Summary;
  /**
   * Provenance: never part of a key.
   */
  environment: {
    node: string;
    platform: string;
    cpus: number;
    cpu: string | null;
    memoryBytes: number;
    git: {
      commit: string;
      /**
       * Tracked files differed from the commit.
       */
      dirty: boolean;
    } | null;
  };
}
/**
 * The last line of a command.
 */
export interface Summary {
  event: 'summary';
  status: 'ok' | 'failed' | 'interrupted';
  /**
   * The experiment `stages` is of.
   */
  experiment: string;
  /**
   * By full name.
   */
  stages: {
    [k: string]: StageSummary;
  };
  /**
   * When more than one experiment was asked for: the same for each, by name.
   */
  experiments?: {
    [k: string]: {
      [k: string]: StageSummary;
    };
  };
  seconds: number;
  /**
   * Name of the run's record, where there is one.
   */
  run?: string;
  /**
   * What was settled because a stage asked for its inputs under other params, in order.
   */
  variants?: VariantSummary[];
  /**
   * Folder of the outputs of `uses` stages, when there are any.
   */
  results?: string;
  /**
   * Numbers of metrics outputs: by stage, then by output name.
   */
  metrics?: {
    [k: string]: null | boolean | number | string | unknown[] | {};
  };
  /**
   * Of `--dry`, from past durations.
   */
  forecast?: {
    /**
     * Work ahead.
     */
    workSeconds: number;
    /**
     * Time to wait.
     */
    wallSeconds: number;
    /**
     * Stages of which no duration is known.
     */
    unknown: number;
  };
}
export interface StageSummary {
  /**
   * After a run: ran, cached (outputs were in place), restored (brought back without running), failed, blocked (not run, because another failed), skipped. Of `status` and `--dry`: fresh, stale, unknown (depends on what a producer gives).
   */
  status: 'ran' | 'cached' | 'restored' | 'failed' | 'blocked' | 'skipped' | 'fresh' | 'stale' | 'unknown';
  /**
   * Key of the result; null when it is not known.
   */
  key: string | null;
  reasons: Reason[];
  seconds: number;
  /**
   * Of `status` and `--dry`: a stale stage whose known result only has to be put back in place.
   */
  restorable?: true;
}
/**
 * A stage settled under other params because a stage behind it asked for its input.
 */
export interface VariantSummary {
  experiment: string;
  stage: string;
  variant: VariantValues;
  /**
   * The stage that asked first.
   */
  askedBy: string;
  /**
   * After a run: ran, cached (outputs were in place), restored (brought back without running), failed, blocked (not run, because another failed), skipped. Of `status` and `--dry`: fresh, stale, unknown (depends on what a producer gives).
   */
  status: 'ran' | 'cached' | 'restored' | 'failed' | 'blocked' | 'skipped' | 'fresh' | 'stale' | 'unknown';
  /**
   * Key of the result; null when it is not known.
   */
  key: string | null;
  reasons: Reason[];
  seconds: number;
  /**
   * Of `status` and `--dry`: a stale stage whose known result only has to be put back in place.
   */
  restorable?: true;
}
/**
 * Absent: the stage has the params of its experiment. Present: it runs because a stage behind it, such as a search, asked for its input under these values, by path.
 */
export interface VariantValues {
  [k: string]: unknown;
}
