/** Remembers the epoch that did best by a monitored metric, and says when there is no more hope of a better one. */
import type { EpochRecord, TrainSettings } from './train-types.ts';

export interface BestEpoch {
  readonly epoch: number;
  readonly value: number;
  /** All weights then; none when they are not to be restored. */
  readonly weights: readonly Float32Array[];
}

export interface Watch {
  best(): BestEpoch | null;
  /** @param weights  read only when the record is better than all before. */
  look(record: EpochRecord, weights: () => Promise<readonly Float32Array[]>): Promise<void>;
  /** Whether `patience` epochs have passed since the best one. */
  isExhausted(epoch: number): boolean;
}

/** @param settings  null: nothing is watched. */
export function createWatch(
  settings: TrainSettings['earlyStopping'],
  goal: 'minimize' | 'maximize',
  resumed: BestEpoch | null,
): Watch {
  let best = resumed;
  return {
    best: () => best,
    async look(record, weights) {
      if (settings === null) return;
      const value = record[settings.monitor] ?? Number.NaN;
      const gain =
        best === null ? Number.POSITIVE_INFINITY : goal === 'minimize' ? best.value - value : value - best.value;
      const isFirstNumber = best !== null && Number.isNaN(best.value) && !Number.isNaN(value);
      if (!(gain > settings.minDelta) && !isFirstNumber) return;
      best = { epoch: record.epoch ?? 0, value, weights: settings.restoreBest ? await weights() : [] };
    },
    isExhausted: (epoch) => settings !== null && best !== null && epoch - best.epoch >= settings.patience,
  };
}
