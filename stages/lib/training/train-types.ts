/** What the parts of training speak of: settings in, one record an epoch out. */
import type { TrainParams } from '../../../src/generated/stages/train.ts';
import type { Filled } from '../../../src/sdk/index.ts';

export type TrainSettings = Filled<TrainParams>;

/** Metrics after an epoch by column: `train.loss`, `validation.accuracy`. */
export type EpochRecord = Readonly<Record<string, number>>;
