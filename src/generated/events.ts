/** Made from events.schema.json by `npm run types`. Not edited by hand. */

/**
 * One line of `--json` output: what a command says while it works. The last line is the summary; of `pipe verify` it is the verification.
 */
export type RunEventLine =
  | Started
  | StageStarted
  | StageProgress
  | StageWaiting
  | StageFinished
  | ProblemEvent
  | Summary
  | StageVerified
  | VerificationEnd;
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
 * `ok`: as recorded, or the same twice. `tolerated`: other bytes, all numbers within the declared tolerance. `unproven`: something needed to tell is not here. `left-out`: an interrupt came first.
 */
export type CheckStatus = 'ok' | 'tolerated' | 'failed' | 'unproven' | 'left-out';

/**
 * The run begins.
 */
export interface Started {
  event: 'started';
  run: string;
  experiments: string[];
  /**
   * How many it looks at.
   */
  stages: number;
  /**
   * How many may run at the same time.
   */
  jobs: number;
}
/**
 * A stage begins to run.
 */
export interface StageStarted {
  event: 'stage-started';
  /**
   * Seconds since the run began.
   */
  t: number;
  /**
   * The experiment the stage belongs to.
   */
  experiment: string;
  /**
   * Full name: `train`, `prepare@a`.
   */
  stage: string;
  variant?: VariantValues;
  /**
   * Key of the result it works on.
   */
  key: string;
  reasons: Reason[];
  /**
   * How long it took the last time; null when it never ran.
   */
  forecastSeconds: number | null;
  /**
   * Where its log is written.
   */
  log: string;
}
/**
 * Absent: the stage has the params of its experiment. Present: it runs because a stage behind it, such as a search, asked for its input under these values, by path.
 */
export interface VariantValues {
  [k: string]: unknown;
}
/**
 * A stage is part of the way.
 */
export interface StageProgress {
  event: 'stage-progress';
  /**
   * Seconds since the run began.
   */
  t: number;
  /**
   * The experiment the stage belongs to.
   */
  experiment: string;
  /**
   * Full name: `train`, `prepare@a`.
   */
  stage: string;
  variant?: VariantValues;
  done: number;
  total: number;
  /**
   * What is counted: `images`, `epochs`.
   */
  unit: string;
  message?: string;
}
/**
 * A stage waits for something outside this run.
 */
export interface StageWaiting {
  event: 'stage-waiting';
  /**
   * Seconds since the run began.
   */
  t: number;
  /**
   * The experiment the stage belongs to.
   */
  experiment: string;
  /**
   * Full name: `train`, `prepare@a`.
   */
  stage: string;
  variant?: VariantValues;
  message: string;
}
/**
 * A stage is done with.
 */
export interface StageFinished {
  event: 'stage-finished';
  /**
   * Seconds since the run began.
   */
  t: number;
  /**
   * The experiment the stage belongs to.
   */
  experiment: string;
  /**
   * Full name: `train`, `prepare@a`.
   */
  stage: string;
  variant?: VariantValues;
  status: 'ran' | 'cached' | 'restored' | 'failed' | 'blocked' | 'skipped';
  /**
   * Key of the result; null when it is not known.
   */
  key: string | null;
  reasons: Reason[];
  seconds: number;
  /**
   * One line about the result.
   */
  note: string | null;
  /**
   * CPU time of what was executed; null where the platform does not tell.
   */
  cpuSeconds?: number | null;
  /**
   * The most memory its processes held; null where the platform does not tell, or too short to be seen.
   */
  peakBytes?: number | null;
  problem?: Problem;
  /**
   * The last lines of the log of a failed stage.
   */
  logTail?: string[];
  /**
   * Where the whole log is.
   */
  log?: string;
}
/**
 * Something a user can mend.
 */
export interface Problem {
  /**
   * Stable; see docs/reference/errors.md.
   */
  code: string;
  severity: 'error' | 'warning';
  message: string;
  at?: Location;
  /**
   * A second place that matters, when two disagree.
   */
  related?: {
    at: Location;
    message: string;
  };
  /**
   * What would have been accepted.
   */
  expected?: string;
  /**
   * One fix that can be pasted.
   */
  hint?: string;
  stage?: string;
  experiment?: string;
  path?: string;
}
/**
 * A place in a file.
 */
export interface Location {
  file: string;
  /**
   * From 1.
   */
  line: number;
  /**
   * From 1.
   */
  column: number;
  /**
   * Characters.
   */
  length?: number;
}
/**
 * Something a user can mend, about no stage or besides its end.
 */
export interface ProblemEvent {
  event: 'problem';
  problem: Problem;
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
 * Of `pipe verify`: what was found of one stage.
 */
export interface StageVerified {
  event: 'stage-verified';
  experiment: string;
  /**
   * Full name.
   */
  stage: string;
  status: CheckStatus;
  /**
   * What running it took; 0 when nothing ran.
   */
  seconds: number;
  at: Location;
  problems: Problem[];
  /**
   * Files that are not as they were.
   */
  differences: FileDifference[];
  /**
   * Absolute path of what a stage that ran again printed, when something was wrong.
   */
  log: string | null;
  /**
   * The last lines of it.
   */
  logTail: string[];
}
/**
 * One file that is not as it was.
 */
export interface FileDifference {
  output: string;
  /**
   * Path inside the output; empty when the output is a file.
   */
  file: string;
  /**
   * Where, and both values; a few lines.
   */
  how: string[];
}
/**
 * The last line of `pipe verify`.
 */
export interface VerificationEnd {
  event: 'verification';
  /**
   * `locked`: the lock alone; `rerun`: results made again against recorded ones; `twice`: two runs against each other.
   */
  mode: 'locked' | 'rerun' | 'twice';
  status: 'ok' | 'failed' | 'interrupted';
  /**
   * By experiment, then by stage.
   */
  stages: {
    [k: string]: {
      [k: string]: CheckStatus;
    };
  };
  /**
   * Of no stage in particular.
   */
  problems: Problem[];
  /**
   * What was changed on purpose between the runs that were compared.
   */
  varied: string[];
  seconds: number;
}
