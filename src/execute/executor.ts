/** The contract of an executor: runs one unit of work, reports how it went, decides nothing. */
import type { JsonObject } from '../base/json.ts';
import type { Problem } from '../base/problem.ts';
import type { VariantAnswer } from '../sdk/protocol.ts';

export interface CommandUnit {
  readonly kind: 'cmd';
  /** Run in order, each by its own shell; the first failure ends the unit. */
  readonly commands: readonly string[];
  /** Absolute folder. */
  readonly cwd: string;
  /** Added to the runner's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A program and its arguments that start the shell instead of the runner: what a sandbox is. */
  readonly launcher?: readonly string[];
  /** Absolute path; stdout and stderr go here, straight from the child. */
  readonly log: string;
}

export interface StageUnit {
  readonly kind: 'uses';
  /** Absolute path of the bundle from `StageCode`. */
  readonly bundle: string;
  readonly params: JsonObject;
  /** Absolute paths by role. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Absolute paths by output name; the stage creates them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Absolute folder of item results for this code; the context keeps params apart. Many processes may use it at once. */
  readonly items: string;
  /** The same for results that only the code of one of its workers decides, by the URL of the worker's script. */
  readonly workerItems?: Readonly<Record<string, string>>;
  /** Absolute folder that belongs to this key: what a killed execution wrote there is still there when it is tried again. */
  readonly checkpoints: string;
  readonly threads: number;
  /** Names of stages before this one whose params it may ask variants for. */
  readonly reaches?: readonly string[];
  /** Added to the stage's environment; of the runner's, only what programs generally need is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** As of a command: starts the stage's process. */
  readonly launcher?: readonly string[];
  readonly log: string;
}

export type Unit = CommandUnit | StageUnit;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What is counted: `images`, `epochs`, `trials`. */
  readonly unit: string;
  readonly message?: string;
}

/** Answers a stage that asks for one of its inputs under other params of the stages before it. Never rejects. */
export type InputVariants = (role: string, overrides: JsonObject) => Promise<VariantAnswer>;

export type Outcome =
  | { readonly kind: 'done'; readonly note: string | null; readonly provenance: JsonObject }
  /** The program ended with a code other than 0, or by a signal. `problem` says so in words, `param` which param it is about. */
  | { readonly kind: 'failed'; readonly problem: Problem; readonly param?: readonly string[] }
  | { readonly kind: 'cancelled' };

export interface Execution {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** CPU time of the processes; null where the platform does not tell. */
  readonly cpuSeconds: number | null;
  /** Largest resident memory seen; null where the platform does not tell or the process was too short to be seen. */
  readonly peakBytes: number | null;
}

export interface Executor {
  /** Never rejects. After `signal` aborts, every process of the unit is gone when the promise resolves. */
  run(
    unit: Unit,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
    inputVariants?: InputVariants,
  ): Promise<Execution>;
  /** Ends every process of every unit at once, without asking; for a second Ctrl-C. */
  killNow(): void;
  /** Ends warm processes. */
  close(): Promise<void>;
}
