/**
 * The result of one training, trained or remembered. Each part of it, up to an epoch or to the end, is an item: whoever asks for
 * the same settings on the same images again, in this study or in another, trains nothing.
 */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Json, StageContext } from '../../src/sdk/index.ts';
import type { Ending, EpochRecord, TrainSettings } from '../lib/training/train-types.ts';
import type { CellOutcome } from './train-cell.ts';
import { type Trainer, WORKER } from './trainer.ts';
import type { TrialData } from './trial-data.ts';

/** A fold of a repeat of the cross-validation, with a seed. */
export interface Cell {
  readonly repeat: number;
  readonly fold: number;
  /** Added to the seed of the settings. */
  readonly seed: number;
}

export interface Measured extends CellOutcome {
  /** How long it took just now and who did it; null: it was remembered. */
  readonly took: { readonly seconds: number; readonly startedMs: number; readonly worker: number } | null;
}

export interface Measurer {
  /** @param until  null: to the end. @param inParts  it may be asked to go on later, or goes on now. */
  measure(
    data: TrialData,
    settings: TrainSettings,
    cell: Cell,
    until: number | null,
    inParts: boolean,
  ): Promise<Measured>;
  /** Nothing of these settings will be gone on with. */
  forget(data: TrialData, settings: TrainSettings, cell: Cell): void;
}

/** All cells of a trial, in the order in which they are taken. */
export function cellsOf({ folds, repeats, seeds }: { folds: number; repeats: number; seeds: number }): Cell[] {
  const cells: Cell[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (let fold = 0; fold < folds; fold++) cells.push({ repeat, fold, seed });
    }
  }
  return cells;
}

export function openMeasurer(context: Pick<StageContext, 'itemsFor' | 'checkpoints'>, trainer: Trainer): Measurer {
  // Neither the number of trials, the space and the objective nor the code of samplers and charts is in the key: they do not
  // change what one training gives.
  const items = context.itemsFor('trainings 1', WORKER);
  const underWay = new Map<string, Promise<Measured>>();
  const folder = context.checkpoints;

  function keyOf(data: TrialData, settings: TrainSettings, { repeat, fold, seed }: Cell) {
    const division = data.divisions[repeat]?.[fold];
    if (division === undefined) throw new RangeError(`no fold ${fold} of repeat ${repeat}`);
    const seeded: TrainSettings = { ...settings, seed: settings.seed + seed };
    const key = { settings: seeded as unknown as Json, data: division.digest, classes: data.classes };
    return { division, seeded, key };
  }

  async function compute(
    data: TrialData,
    settings: TrainSettings,
    cell: Cell,
    until: number | null,
    inParts: boolean,
  ): Promise<Measured> {
    const { division, seeded, key } = keyOf(data, settings, cell);
    let took: Measured['took'] = null;
    const bytes = await items.bytes({ ...key, until }, async () => {
      const { worker, seconds, ...outcome } = await trainer.train(data, {
        train: division.train,
        validation: division.validation,
        classes: data.classes,
        settings: seeded,
        until,
        checkpoint: inParts ? path.join(folder, checkpointName(key)) : null,
      });
      took = { seconds, startedMs: performance.now() - seconds * 1000, worker };
      return Buffer.from(JSON.stringify(outcome));
    });
    return { ...readOutcome(Buffer.from(bytes).toString('utf8')), took };
  }

  return {
    measure(data, settings, cell, until, inParts) {
      const name = JSON.stringify([keyOf(data, settings, cell).key, until]);
      const before = underWay.get(name);
      if (before !== undefined) return before;
      const now = compute(data, settings, cell, until, inParts).finally(() => underWay.delete(name));
      underWay.set(name, now);
      return now;
    },
    forget(data, settings, cell) {
      fs.rmSync(path.join(folder, checkpointName(keyOf(data, settings, cell).key)), { force: true });
    },
  };
}

function checkpointName(key: object): string {
  return `${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)}.checkpoint`;
}

/** JSON has no NaN: a metric without a number is null there. */
function readOutcome(text: string): CellOutcome {
  const stored = JSON.parse(text) as {
    readonly history: readonly Record<string, number | null>[];
    readonly epochs: number;
    readonly keptEpoch: number;
    readonly kept: Record<string, number | null>;
    readonly ended: Ending;
  };
  return { ...stored, history: stored.history.map(numbers), kept: numbers(stored.kept) };
}

function numbers(record: Record<string, number | null>): EpochRecord {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value ?? Number.NaN]));
}
