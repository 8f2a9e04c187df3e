/**
 * The words samplers, pruners and analyses of a search share: settings, observations, and what a sampler and a pruner are.
 *
 * Everything in this folder is a pure function of these values. It reads no files and no clock and trains nothing; whoever
 * runs a study keeps the observations and passes them in.
 */
import type { Json } from '../../../src/sdk/index.ts';

/** Values by the path of their dimension. Holds active dimensions only: one whose condition fails is absent. */
export type Settings = Readonly<Record<string, Json>>;

export type Goal = 'minimize' | 'maximize';

/**
 * complete: its values are known. pruned: stopped early, known by its reports. failed: no number came of it.
 * infeasible: breaks a constraint by `violation`, so it was never trained. running: started, its result not to be used yet.
 */
export type TrialState = 'complete' | 'pruned' | 'failed' | 'infeasible' | 'running';

/** A value measured on the way: after an epoch, or on a fold. Steps count from 1 and rise. */
export type Report = readonly [step: number, value: number];

/** What is known of one trial. */
export interface Observation {
  /** Its number in the study, from 0. */
  readonly trial: number;
  readonly settings: Settings;
  readonly state: TrialState;
  /** One number per objective when complete, otherwise empty. */
  readonly values: readonly number[];
  readonly reports: readonly Report[];
  /** 0 unless infeasible: by how much constraints are broken, see `violationOf`. */
  readonly violation: number;
}

export interface Sampler {
  /**
   * The settings trial `trial` is to have; null when the space has no point left that is not in `history`.
   *
   * Deterministic in the seed the sampler was made with, `history`, `trial` and `attempt`. The order of `history` does not
   * matter. It holds every earlier trial, those without a usable result as `running`, so that trials under way are kept
   * apart.
   *
   * @param attempt  0, or how many draws for this trial were refused before; see `suggestNew`.
   */
  suggest(history: readonly Observation[], trial: number, attempt?: number): Settings | null;
}

export interface Pruner {
  /**
   * Whether to stop a trial after its latest report.
   *
   * @param trial    its number.
   * @param reports  all its reports so far, in order of steps; the last one is new.
   * @param history  the other trials. Only what is known at the trial's start may be in it where decisions must not
   *                 depend on the order in which workers return.
   */
  stops(trial: number, reports: readonly Report[], history: readonly Observation[]): boolean;
}
