/** Made from pipeline.schema.json by `npm run types`. Not edited by hand. */

/**
 * Values for `${name}`: maps, files, or some keys of a file (`config.yaml:model,data`).
 */
export type Vars = (string | {})[];
/**
 * Text with a `${name}` that gives the value.
 */
export type Template = string;
/**
 * A command for the shell, or a list of commands that run one after another and stop at the first failure.
 */
export type Cmd = string | string[];
/**
 * The folder the command runs in; the stage's paths are relative to it.
 */
export type Wdir = string;
/**
 * Files and folders the command reads.
 */
export type Deps = string[];
export type Scalar = string | number | boolean | null;
/**
 * Params the command reads: keys of params.yaml, or keys of another file (`{ config.toml: [model.lr] }`; no keys: the whole file).
 */
export type Params = (
  | string
  | {
      [k: string]: Scalar[] | null;
    }
)[];
/**
 * A line about it, for people.
 */
export type Desc = string;
/**
 * Files and folders the command writes.
 */
export type Outs = (
  | string
  | {
      [k: string]: OutFlags;
    }
)[];
/**
 * Files of numbers (JSON, YAML, TOML) the command writes.
 */
export type Metrics = (
  | string
  | {
      [k: string]: OutFlags;
    }
)[];
/**
 * Files of series or images the command writes.
 */
export type Plots = (
  | string
  | {
      [k: string]: PlotFlags;
    }
)[];
/**
 * A list or a map: one stage is made for each item, named `name@item`, with `${item}` (and `${key}`) in its text.
 */
export type Foreach = unknown[] | {} | Template;
/**
 * Lists by name: one stage is made for each combination, named `name@a-b`, with `${item.name}` in its text.
 */
export type Matrix =
  | {
      [k: string]: unknown[] | Template;
    }
  | Template;

/**
 * pipeline.yaml: the stages of a pipeline, their params, and the experiments that vary them.
 */
export interface Pipeline {
  /**
   * The version of this file's format.
   */
  version?: 1;
  /**
   * Values for `${name}`, or a list of files and values of which later ones win: `[params.yaml, { seed: 1 }]`. `params.yaml` is read first without being named.
   */
  params?: string | {} | (string | {})[];
  vars?: Vars;
  /**
   * The stages by name. Their order here does not matter.
   */
  stages: {
    [k: string]: Stage;
  };
  /**
   * Variants of the pipeline by name: each gives other values to params and to stages.
   */
  experiments?: {
    [k: string]: Experiment;
  };
}
/**
 * One step of the pipeline: `uses` one of the stages made for it, or `cmd` runs any program.
 */
export interface Stage {
  /**
   * The stage to use: a folder or file of `stages/`, or a built-in one.
   */
  uses?: string;
  /**
   * Params of the stage that is used.
   */
  with?: {} | Template;
  /**
   * The stages whose results this one takes: a stage, or stages by role. `stage:output` picks one of several outputs.
   */
  from?:
    | string
    | {
        [k: string]: string;
      };
  /**
   * False: the stage is left out and its input passes through.
   */
  when?: boolean | Template;
  cmd?: Cmd;
  wdir?: Wdir;
  deps?: Deps;
  params?: Params;
  outs?: Outs;
  metrics?: Metrics;
  plots?: Plots;
  /**
   * Environment variables the result depends on: names to pass through, or names with values (null passes through).
   */
  env?:
    | string[]
    | {
        [k: string]: Scalar;
      };
  /**
   * What the stage needs of the machine while it runs.
   */
  resources?: {
    /**
     * Processor cores.
     */
    cpus?: number | Template;
    /**
     * Memory: `4GB`, `512MiB`, or a number of bytes.
     */
    memory?: string | number;
    /**
     * Graphics processors.
     */
    gpus?: number | Template;
  };
  /**
   * What `pipe verify` holds the stage to when it runs it again.
   */
  verify?: {
    /**
     * How far numbers may be off, by output or by path of a file in it: `metrics.json: 1e-6`. Numbers a and b agree within t when |a - b| <= t * max(1, |a|, |b|). What is not named has to be the same bytes.
     */
    tolerance?: {
      [k: string]: number | Template;
    };
  };
  /**
   * True: the stage is not run again when its inputs change.
   */
  frozen?: boolean | Template;
  /**
   * True: the stage runs every time.
   */
  always_changed?: boolean | Template;
  desc?: Desc;
  meta?: Meta;
  vars?: Vars;
  foreach?: Foreach;
  do?: Stage1;
  matrix?: Matrix;
}
export interface OutFlags {
  /**
   * Keep it in the store. False: it stays in the project only.
   */
  cache?: boolean | Template;
  /**
   * Leave it in place when the stage runs again.
   */
  persist?: boolean | Template;
  /**
   * Accepted, without effect.
   */
  remote?: string;
  /**
   * Accepted, without effect.
   */
  push?: boolean | Template;
  /**
   * Accepted, without effect.
   */
  checkpoint?: boolean | Template;
  /**
   * Accepted, without effect.
   */
  type?: string;
  /**
   * Accepted, without effect.
   */
  labels?: string[];
  desc?: Desc;
  meta?: Meta;
}
/**
 * Any data about it; changes nothing.
 */
export interface Meta {
  [k: string]: unknown;
}
export interface PlotFlags {
  /**
   * Keep it in the store. False: it stays in the project only.
   */
  cache?: boolean | Template;
  /**
   * Leave it in place when the stage runs again.
   */
  persist?: boolean | Template;
  /**
   * Accepted, without effect.
   */
  remote?: string;
  /**
   * Accepted, without effect.
   */
  push?: boolean | Template;
  /**
   * Accepted, without effect.
   */
  checkpoint?: boolean | Template;
  /**
   * Accepted, without effect.
   */
  type?: string;
  /**
   * Accepted, without effect.
   */
  labels?: string[];
  desc?: Desc;
  meta?: Meta;
  /**
   * The column of the horizontal axis.
   */
  x?: {
    [k: string]: unknown;
  };
  /**
   * The column or columns of the vertical axis.
   */
  y?: {
    [k: string]: unknown;
  };
  /**
   * Name of the horizontal axis.
   */
  x_label?: string;
  /**
   * Name of the vertical axis.
   */
  y_label?: string;
  /**
   * Title of the plot.
   */
  title?: string;
  /**
   * Name of the plot's template.
   */
  template?: string;
  /**
   * Whether the file's first line names its columns.
   */
  header?: boolean | Template;
}
/**
 * The stage that `foreach` makes once for each item.
 */
export interface Stage1 {
  /**
   * The stage to use: a folder or file of `stages/`, or a built-in one.
   */
  uses?: string;
  /**
   * Params of the stage that is used.
   */
  with?: {} | Template;
  /**
   * The stages whose results this one takes: a stage, or stages by role. `stage:output` picks one of several outputs.
   */
  from?:
    | string
    | {
        [k: string]: string;
      };
  /**
   * False: the stage is left out and its input passes through.
   */
  when?: boolean | Template;
  cmd?: Cmd;
  wdir?: Wdir;
  deps?: Deps;
  params?: Params;
  outs?: Outs;
  metrics?: Metrics;
  plots?: Plots;
  /**
   * Environment variables the result depends on: names to pass through, or names with values (null passes through).
   */
  env?:
    | string[]
    | {
        [k: string]: Scalar;
      };
  /**
   * What the stage needs of the machine while it runs.
   */
  resources?: {
    /**
     * Processor cores.
     */
    cpus?: number | Template;
    /**
     * Memory: `4GB`, `512MiB`, or a number of bytes.
     */
    memory?: string | number;
    /**
     * Graphics processors.
     */
    gpus?: number | Template;
  };
  /**
   * What `pipe verify` holds the stage to when it runs it again.
   */
  verify?: {
    /**
     * How far numbers may be off, by output or by path of a file in it: `metrics.json: 1e-6`. Numbers a and b agree within t when |a - b| <= t * max(1, |a|, |b|). What is not named has to be the same bytes.
     */
    tolerance?: {
      [k: string]: number | Template;
    };
  };
  /**
   * True: the stage is not run again when its inputs change.
   */
  frozen?: boolean | Template;
  /**
   * True: the stage runs every time.
   */
  always_changed?: boolean | Template;
  desc?: Desc;
  meta?: Meta;
  vars?: Vars;
  foreach?: Foreach;
  do?: Stage1;
  matrix?: Matrix;
}
/**
 * New values by path: `augment.copies`, `params.seed`, `params.yaml:lr`. `matrix` makes one experiment for each combination, `repeats` several with other seeds.
 */
export interface Experiment {
  /**
   * Lists of values by path; the experiments are named `name@a-b` after the values.
   */
  matrix?: {
    [k: string]: unknown[];
  };
  /**
   * How often to repeat it with other seeds; the repetitions are named `name@1`, `name@2` …, and count as one row of a table. With `seed`: the path of the seed; otherwise `params.seed`, beginning with its value.
   */
  repeats?:
    | number
    | {
        count: number;
        seed: string;
      };
}
