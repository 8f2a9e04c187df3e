/** Made from diff.schema.json by `npm run types`. Not edited by hand. */

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
 * What `pipe diff --json` prints: what differs between results, and whether the difference is more than chance.
 */
export interface Diff {
  version: 1;
  /**
   * What was compared; all others are compared with the first.
   */
  subjects: DiffSubject[];
  /**
   * One for each subject but the first, in their order.
   */
  comparisons: Comparison[];
}
export interface DiffSubject {
  /**
   * As given on the command line.
   */
  name: string;
  kind: 'experiment' | 'run' | 'trial' | 'revision';
  /**
   * Experiments the name stands for: several when they are repetitions with other seeds.
   */
  members: string[];
  /**
   * Runs that made its results, oldest first.
   */
  runs: string[];
  /**
   * Of a Git revision.
   */
  commit: string | null;
  cost: DiffCost;
}
export interface DiffCost {
  /**
   * To make all its results from nothing.
   */
  seconds: number | null;
  /**
   * Of the model, where a stage records them.
   */
  parameters: number | null;
  /**
   * For one sample, where a stage records them.
   */
  flops: number | null;
}
export interface Comparison {
  first: string;
  second: string;
  verdict: Verdict;
  params: ParamChange[];
  code: CodeChange[];
  inputs: InputChange[];
  samples: SampleChanges | null;
  /**
   * Producers first.
   */
  stages: StageChange[];
  /**
   * Tested ones first.
   */
  metrics: MetricChange[];
  predictions: Flips | null;
  curves: Curve[];
}
/**
 * One sentence on whether the difference is more than chance.
 */
export interface Verdict {
  /**
   * `same`: the very same results. `untested`: nothing is recorded that a test could use.
   */
  kind: 'same' | 'distinguishable' | 'indistinguishable' | 'untested';
  sentence: string;
  /**
   * The metric it is about.
   */
  metric?: string;
}
export interface ParamChange {
  stage: string;
  name: string;
  /**
   * Absent: there was no such param.
   */
  old?: null | boolean | number | string | unknown[] | {};
  /**
   * Absent: there is none any more.
   */
  new?: null | boolean | number | string | unknown[] | {};
}
export interface CodeChange {
  /**
   * A file of the project, `package NAME`, or `command`.
   */
  name: string;
  change: 'changed' | 'added' | 'removed';
  stages: string[];
  /**
   * Version of a package, text of a command.
   */
  old?: string;
  new?: string;
}
/**
 * A file or folder from outside the pipeline.
 */
export interface InputChange {
  stage: string;
  name: string;
  change: 'changed' | 'added' | 'removed';
}
/**
 * Of the first stage whose dataset differs.
 */
export interface SampleChanges {
  stage: string;
  first: number;
  second: number;
  came: number;
  went: number;
  /**
   * Of equal name, with another content, label or split.
   */
  changed: number;
  /**
   * Names of some of them.
   */
  examples: string[];
}
export interface StageChange {
  stage: string;
  /**
   * `reused`: both have the very same result, made once.
   */
  status: 'reused' | 'rerun' | 'added' | 'removed';
  reasons: Reason[];
  firstSeconds: number | null;
  secondSeconds: number | null;
}
export interface MetricChange {
  stage: string;
  name: string;
  first: Measured | null;
  second: Measured | null;
  /**
   * Second minus first.
   */
  difference: number | null;
  tested: Tested | null;
}
export interface Measured {
  /**
   * The mean, when there are several repetitions.
   */
  value: number;
  /**
   * Lower bound of the 95 % interval.
   */
  low?: number;
  high?: number;
  /**
   * Sample standard deviation over repetitions.
   */
  sd?: number;
  /**
   * Repetitions.
   */
  count?: number;
}
export interface Tested {
  /**
   * Lower bound of the difference's 95 % interval.
   */
  low: number;
  high: number;
  /**
   * Chance of a difference at least as large, if nothing but chance were at work.
   */
  p: number;
  /**
   * The same after Holm's correction over all comparisons made.
   */
  corrected: number;
  test:
    | 'mcnemar-mid-p'
    | 'bootstrap'
    | 'delong'
    | 'paired-t'
    | 'welch-t'
    | 'one-against-several-t'
    | 'corrected-resampled-t';
  /**
   * Of McNemar's test: the exact binomial p.
   */
  exactP?: number;
}
/**
 * Predictions of both for the same samples.
 */
export interface Flips {
  stage: string;
  /**
   * That both predicted.
   */
  samples: number;
  /**
   * Samples only the first predicted: no part of the tests.
   */
  onlyFirst: number;
  onlySecond: number;
  bothRight: number;
  bothWrong: number;
  /**
   * Wrong in the first, right in the second.
   */
  gained: Flip[];
  /**
   * Right in the first, wrong in the second.
   */
  lost: Flip[];
  /**
   * Empty with several labels a sample, or very many classes.
   */
  classes: string[];
  /**
   * Samples by true class (rows) and predicted class (columns).
   */
  firstConfusion: number[][];
  secondConfusion: number[][];
}
export interface Flip {
  id: string;
  /**
   * The true class.
   */
  label: string;
  /**
   * What the first predicted.
   */
  first: string;
  second: string;
}
/**
 * A column of a `history.csv`, epoch by epoch.
 */
export interface Curve {
  stage: string;
  name: string;
  first: (number | null)[];
  second: (number | null)[];
}
