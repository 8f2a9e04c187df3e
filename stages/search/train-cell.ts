/** One training of a trial: runs it, up to an epoch or to its end, and says how it went. The same on every thread. */
import { randomStream } from '../../src/sdk/index.ts';
import type { Backend } from '../lib/backend/open-backend.ts';
import { type Inputs, selectInputs } from '../lib/training/inputs.ts';
import { trainModel } from '../lib/training/train-model.ts';
import type { Ending, EpochRecord, TrainSettings } from '../lib/training/train-types.ts';

export interface CellWork {
  /** Positions among the inputs. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly classes: number;
  readonly settings: TrainSettings;
  /** Pause after this epoch; null: go on to the end. */
  readonly until: number | null;
  /** File to go on from, and to leave for the next part; null when there is only one part. */
  readonly checkpoint: string | null;
}

/** As numbers are: a loss may be NaN. */
export interface CellOutcome {
  readonly history: readonly EpochRecord[];
  readonly epochs: number;
  readonly keptEpoch: number;
  readonly kept: EpochRecord;
  readonly ended: Ending;
}

export interface Took {
  readonly seconds: number;
}

export async function trainCell(
  backend: Backend,
  inputs: Inputs,
  work: CellWork,
  signal: AbortSignal,
): Promise<CellOutcome & Took> {
  const startedMs = performance.now();
  const { settings, classes, until, checkpoint } = work;
  const { model, history, epochs, keptEpoch, kept, ended } = await trainModel(backend, settings, {
    train: selectInputs(inputs, [...work.train]),
    validation: selectInputs(inputs, [...work.validation]),
    classes,
    random: (stream) => randomStream(settings.seed, stream),
    signal,
    ...(until === null ? {} : { untilEpoch: until }),
    ...(checkpoint === null ? {} : { checkpoint }),
  });
  model.dispose();
  return { history, epochs, keptEpoch, kept, ended, seconds: (performance.now() - startedMs) / 1000 };
}
