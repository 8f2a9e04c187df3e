/**
 * The pipeline after everything a file can say has been resolved: what all later modules work on.
 *
 * Pure data. References, templates, `foreach`, `matrix`, `when`, defaults and overrides are gone; every value is final.
 */
import type { Json, JsonObject } from '../base/json.ts';
import type { ProjectPath } from '../base/paths.ts';
import type { Location, Problem } from '../base/problem.ts';
import type { WrittenExperiment } from './experiments.ts';

export interface Project {
  /** `pipeline.yaml`, or the file named by `--file`. */
  readonly file: ProjectPath;
  readonly dialect: 'pipe' | 'dvc';
  /** The experiments that were asked for, `main` first when it is one of them. */
  readonly experiments: readonly Experiment[];
  /** Every experiment the file defines, `main` included, expanded matrices included. */
  readonly experimentNames: readonly string[];
  /** The same with the values they change, without kept ones that no longer fit the file. */
  readonly definitions: ReadonlyMap<string, WrittenExperiment>;
  /** Every file that was read, or looked for and not found: when none of them changed, the Project has not changed. */
  readonly sources: readonly string[];
  /** Environment variables whose values went into the Project. */
  readonly environment: readonly string[];
  readonly warnings: readonly Problem[];
}

export interface Experiment {
  readonly name: string;
  readonly params: JsonObject;
  /** By full name (`train`, `prepare@a`), in file order. Stages whose `when` is false are not here. */
  readonly stages: ReadonlyMap<string, Stage>;
  /** Stages whose `when` is false, with the stage whose result stands in for theirs (null: there is none). */
  readonly skipped: ReadonlyMap<string, string | null>;
}

export interface Stage {
  readonly name: string;
  /** The name before `@` for stages made by `foreach` or `matrix`; otherwise the name itself. */
  readonly group: string;
  readonly at: Location;
  readonly action: CommandAction | UsesAction;
  /** Results of other stages, by role. Already past skipped stages. */
  readonly from: Readonly<Record<string, FromInput>>;
  /** Paths read from the project: `deps` of a cmd stage, params marked as paths of a `uses` stage. */
  readonly deps: readonly Dependency[];
  readonly outs: readonly Output[];
  /** Declared environment variables and their values now; null when not set. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly resources: Resources;
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  /** By output, or by path of a file inside one: how far numbers may be off when the result is made again. Not in the key. */
  readonly tolerance?: Readonly<Record<string, number>>;
  /** Names of stages before this one whose params it may ask other values for: it is given its inputs under them. */
  readonly reaches?: readonly string[];
  readonly desc?: string;
  readonly meta?: Json;
}

export interface CommandAction {
  readonly kind: 'cmd';
  /** Run in order, each by its own shell. `${from.role}` is still in the text: see `from` of the stage. */
  readonly commands: readonly string[];
  /** The folder the commands run in. */
  readonly wdir: ProjectPath;
  /** The `params:` entries: what of each params file this stage reads. `key` null: the whole file. */
  readonly params: readonly ParamValue[];
}

export interface ParamValue {
  readonly file: ProjectPath;
  readonly key: string | null;
  readonly value: Json;
  /** True when an experiment or `--set` gave a value other than the file's. */
  readonly overridden: boolean;
}

export interface UsesAction {
  readonly kind: 'uses';
  /** As written: `ingest`. */
  readonly uses: string;
  /** Absolute path of the entry module: the project's own `stages/` first, then the built-in ones. */
  readonly entry: string;
  /** Validated against the stage's schema, defaults filled in. */
  readonly with: JsonObject;
}

export interface FromInput {
  readonly stage: string;
  /** Name of the producer's output (see `Output.name`). */
  readonly output: string;
  readonly at: Location;
}

export interface Dependency {
  readonly path: ProjectPath;
  /** `dep` for a cmd stage's `deps`; the name of the param for a `uses` stage (`source`). */
  readonly role: string;
  readonly at: Location;
}

export interface Output {
  /** For `uses` stages the output's name (`dataset`); for cmd stages the path as written. */
  readonly name: string;
  /** For cmd stages where `main` leaves it; null for `uses` stages (they live in `artifacts/`). */
  readonly path: ProjectPath | null;
  readonly role: 'artifact' | 'metrics' | 'plots';
  /** Kept in the store. False: left in place only (DVC's `cache: false`). */
  readonly cache: boolean;
  /** Not removed before the stage runs. */
  readonly persist: boolean;
  readonly at: Location;
}

export interface Resources {
  /** At least 1. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly gpus: number;
}
