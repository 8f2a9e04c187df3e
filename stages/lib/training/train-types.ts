/**
 * What the parts of training speak of, and what whoever trains gives and gets: the stage `train`, and each trial of a search.
 *
 * A training is decided by its settings, its images and its streams of random numbers alone. Pausing it after some epochs
 * and going on from the checkpoint, in this process or another, gives the weights that one uninterrupted training gives.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainParams } from '../../../src/generated/stages/train.ts';
import type { Filled, Random } from '../../../src/sdk/index.ts';
import type { BuiltModel } from '../models/build-model.ts';
import type { NamedWeights } from '../models/initial-weights.ts';
import type { TrainingClock } from '../models/seeded-dropout.ts';
import type { ModelSummary } from '../models/summarize.ts';
import type { Alarm } from './alarms.ts';
import type { Inputs, Normalization } from './inputs.ts';

export type TrainSettings = Filled<TrainParams>;

/** Values after a measured epoch by column of history.csv: `epoch`, `train.loss`, `validation.accuracy`. */
export type EpochRecord = Readonly<Record<string, number>>;

/** A network that is there already, to be trained as it is. */
export interface TrainingNetwork {
  readonly built: BuiltModel;
  readonly summary: ModelSummary;
  /** What its layers that draw at random go by. */
  readonly clock: TrainingClock;
}

export interface TrainingWork {
  readonly train: Inputs;
  /** Null: nothing is held back, and history has no `validation.` columns. */
  readonly validation: Inputs | null;
  readonly classes: number;
  /** Weights to start from instead of drawn ones, wherever name and shape agree. */
  readonly initial?: NamedWeights;
  /** In place of a network made from the settings. */
  readonly network?: TrainingNetwork;
  /** Gives the stream of a name, for the settings' seed. */
  random(stream: string): Random;
  readonly signal: AbortSignal;
  /**
   * The file the state is kept in after every epoch. If it is there, training goes on from it; without one it starts from
   * the beginning. Whoever trains removes it; a copy of it is good for going on from that epoch.
   */
  readonly checkpoint?: string;
  /** Pause after this epoch, counted from 1. Schedules go by `settings.epochs` all the same. */
  readonly untilEpoch?: number;
  /** Called after each measured epoch, its checkpoint written; `stop` ends the training there, as a pruner does. */
  onEpoch?(epoch: number, record: EpochRecord): EpochVerdict | Promise<EpochVerdict>;
  /** Called before the first step, also of a training that goes on, with the weights that training began with. */
  onStart?(model: LayersModel, normalization: Normalization): Promise<void>;
  /** @param done  steps taken of `total`, all epochs counted. @param loss  of the batch before the step. */
  onStep?(done: number, total: number, loss: number): void;
}

export type EpochVerdict = 'stop' | undefined;

/**
 * Why training ended: `epochs`: all were run. `early`: early stopping. `paused`: at `untilEpoch`. `stopped`: `onEpoch` said
 * so. `diverged`: the loss of a batch is no number any more; the weights are those before it.
 */
export type Ending = 'epochs' | 'early' | 'paused' | 'stopped' | 'diverged';

export interface Trained {
  /** With the kept weights. The caller disposes it. */
  readonly model: LayersModel;
  readonly summary: ModelSummary;
  readonly clock: TrainingClock;
  readonly normalization: Normalization;
  /** One record for each measured epoch, those before a checkpoint included. */
  readonly history: readonly EpochRecord[];
  /** How many epochs were run, those before a checkpoint included. */
  readonly epochs: number;
  /** Counts from 1: the epoch whose weights the model has. */
  readonly keptEpoch: number;
  /** The record of that epoch. */
  readonly kept: EpochRecord;
  readonly ended: Ending;
  /** With the kept weights, of the validation images, where there are none of the train images that are measured; [n, classes]. */
  readonly probabilities: Float32Array;
  /** What is wrong with the kept weights or the way they came about. */
  readonly alarms: readonly Alarm[];
}
