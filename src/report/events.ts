/** What a run says while it runs: the one source of the terminal, of `--json` and of the run record. */
import type { Json } from '../base/json.ts';
import type { Problem } from '../base/problem.ts';
import type { Reason } from '../decide/reason.ts';

export type StageStatus = 'ran' | 'cached' | 'restored' | 'failed' | 'blocked' | 'skipped';
export type Freshness = 'fresh' | 'stale' | 'unknown';

/** The values under which a stage ran because a stage behind it asked for them; absent: those of the experiment. */
export type VariantValues = Readonly<Record<string, Json>>;

/** `stage` is the full name; `experiment` is given with every event about a stage. `seconds` since the run began: `t`. */
export type RunEvent =
  | {
      readonly event: 'started';
      readonly run: string;
      readonly experiments: readonly string[];
      readonly stages: number;
      readonly jobs: number;
    }
  | {
      readonly event: 'stage-started';
      readonly t: number;
      readonly experiment: string;
      readonly stage: string;
      readonly variant?: VariantValues;
      readonly key: string;
      readonly reasons: readonly Reason[];
      readonly forecastSeconds: number | null;
      readonly log: string;
    }
  | {
      readonly event: 'stage-progress';
      readonly t: number;
      readonly experiment: string;
      readonly stage: string;
      readonly variant?: VariantValues;
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly message?: string;
    }
  | {
      readonly event: 'stage-waiting';
      readonly t: number;
      readonly experiment: string;
      readonly stage: string;
      readonly variant?: VariantValues;
      readonly message: string;
    }
  | {
      readonly event: 'stage-finished';
      readonly t: number;
      readonly experiment: string;
      readonly stage: string;
      readonly variant?: VariantValues;
      readonly status: StageStatus;
      readonly key: string | null;
      readonly reasons: readonly Reason[];
      readonly seconds: number;
      readonly note: string | null;
      /** Of an execution: CPU time of its processes and the most memory they held, where the platform tells. */
      readonly cpuSeconds?: number | null;
      readonly peakBytes?: number | null;
      readonly problem?: Problem;
      /** The last lines of the log of a failed stage, and where the whole log is. */
      readonly logTail?: readonly string[];
      readonly log?: string;
    }
  | { readonly event: 'problem'; readonly problem: Problem }
  | Summary;

export interface Summary {
  readonly event: 'summary';
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly experiment: string;
  readonly stages: Readonly<Record<string, StageSummary>>;
  /** Present when more than one experiment was asked for: the same for each, by name. */
  readonly experiments?: Readonly<Record<string, Readonly<Record<string, StageSummary>>>>;
  readonly seconds: number;
  readonly run?: string;
  /** What was settled because a stage asked for its inputs under other params, in order. */
  readonly variants?: readonly VariantSummary[];
  /** Folder of the outputs of `uses` stages, when there are any. */
  readonly results?: string;
  /** By stage, then by output name. */
  readonly metrics?: Readonly<Record<string, Json>>;
  /** `--dry`: seconds of work ahead, from past durations; stages without one are counted in `unknown`. */
  readonly forecast?: { readonly workSeconds: number; readonly wallSeconds: number; readonly unknown: number };
}

export interface StageSummary {
  readonly status: StageStatus | Freshness;
  readonly key: string | null;
  readonly reasons: readonly Reason[];
  readonly seconds: number;
  /** Of `status` and `--dry`: a stale stage whose known result only has to be put back in place. */
  readonly restorable?: true;
}

export interface VariantSummary extends StageSummary {
  readonly experiment: string;
  readonly stage: string;
  readonly variant: VariantValues;
  /** The stage that asked first. */
  readonly askedBy: string;
}
