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
  readonly checkpoints: string;
  readonly threads: number;
}

/** Host to runner. `progress` is sent at most ten times a second. */
export type HostMessage =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly message?: string;
    }
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
        readonly stack?: string;
      };
      readonly cpuSeconds: number;
      readonly peakBytes: number;
    };
