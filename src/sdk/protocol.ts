/** Messages between the runner and the process that hosts a stage: JSON over Node's IPC channel. */
import type { Json, JsonObject } from '../base/json.ts';

/** Runner to host: do one unit. A host does one at a time and may be given several of the same bundle, one after another. */
export interface RunMessage {
  readonly type: 'run';
  readonly bundle: string;
  readonly params: JsonObject;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly items: string;
  /** Folders of items of its workers, by the URL of their scripts. */
  readonly workerItems?: Readonly<Record<string, string>>;
  readonly checkpoints: string;
  readonly threads: number;
  /** Names of stages before this one whose params it may ask variants for. */
  readonly reaches?: readonly string[];
}

/** Runner to host, while a unit runs. */
export interface RunnerAnswer {
  readonly type: 'variant-answer';
  /** Of the question. */
  readonly id: number;
  readonly answer: VariantAnswer;
}

/** One input of the unit as it would be under other params of the stages before it, or why it cannot be had. */
export type VariantAnswer =
  | { readonly ok: true; readonly path: string; readonly digest: string }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string };

/** Host to runner. `progress` is sent at most ten times a second. */
export type HostMessage =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly message?: string;
    }
  /** Answered by a `RunnerAnswer` with the same id. */
  | { readonly type: 'variant'; readonly id: number; readonly role: string; readonly overrides: JsonObject }
  | {
      readonly type: 'done';
      readonly note: string | null;
      readonly provenance: Readonly<Record<string, Json>>;
      readonly cpuSeconds: number;
      readonly peakBytes: number;
    }
  | {
      readonly type: 'failed';
      /** A StageError's code and texts, or the name and stack of what was thrown. */
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly hint?: string;
        readonly param?: readonly string[];
        readonly stack?: string;
      };
      readonly cpuSeconds: number;
      readonly peakBytes: number;
    };
