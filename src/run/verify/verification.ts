/** What `pipe verify` found, as data: the one source of the terminal, `--json`, JUnit, annotations and the Markdown summary. */
import type { Location, Problem } from '../../base/problem.ts';

/** `locked`: do the recorded keys still belong; `rerun`: the recorded results against new ones; `twice`: two new ones. */
export type VerifyMode = 'locked' | 'rerun' | 'twice';

/**
 * `ok`: as recorded; `tolerated`: other bytes, all numbers within the declared tolerance; `failed`: it is not as recorded, or
 * could not be run again; `unproven`: something needed to tell is not here; `left-out`: not looked at, because an interrupt came first.
 */
export type CheckStatus = 'ok' | 'tolerated' | 'failed' | 'unproven' | 'left-out';

export interface StageCheck {
  readonly experiment: string;
  readonly stage: string;
  readonly status: CheckStatus;
  /** What running it took; 0 when nothing ran. */
  readonly seconds: number;
  /** Where the pipeline file defines the stage. */
  readonly at: Location;
  readonly problems: readonly Problem[];
  /** Files that differ, in order of output and path. */
  readonly differences: readonly Difference[];
  /** Absolute path of what it printed when it was run again and something was wrong, and the last lines of it. */
  readonly log: string | null;
  readonly logTail: readonly string[];
}

/** One file that is not as it was. */
export interface Difference {
  readonly output: string;
  /** Path inside the output; empty when the output is a file. */
  readonly file: string;
  /** What differs: where, and both values; at most a few lines. */
  readonly how: readonly string[];
}

export interface Verification {
  readonly mode: VerifyMode;
  readonly status: 'ok' | 'failed' | 'interrupted';
  readonly stages: readonly StageCheck[];
  /** Of no stage in particular. */
  readonly problems: readonly Problem[];
  /** What was changed on purpose between the runs that were compared. */
  readonly varied: readonly string[];
  readonly seconds: number;
}

/** Whether all was found as it should be. */
export function isProven(check: Pick<StageCheck, 'status'>): boolean {
  return check.status === 'ok' || check.status === 'tolerated';
}
