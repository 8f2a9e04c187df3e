/**
 * The second phase of a training with a backbone: its last layers are trained, too, on the images themselves.
 *
 * It begins where the first phase ended, with the weights that were best then, and what is kept is the better of both.
 */
import type { Backend } from '../lib/backend/open-backend.ts';
import { readWeights, writeWeights } from '../lib/training/model-weights.ts';
import { goalOfColumn } from '../lib/training/monitor.ts';
import { trainModel } from '../lib/training/train-model.ts';
import type { Trained, TrainingNetwork, TrainingWork, TrainSettings } from '../lib/training/train-types.ts';

type FineTuning = NonNullable<NonNullable<TrainSettings['model']['backbone']>['fineTune']>;

/** Settings of the second phase: its own number of epochs and its own rate. */
export function fineTuneSettings(settings: TrainSettings, { epochs, learningRate }: FineTuning): TrainSettings {
  return { ...settings, epochs, optimizer: { ...settings.optimizer, learningRate } };
}

/**
 * @param first    what the first phase gave.
 * @param network  backbone and head as one, with the weights of the first phase.
 * @param work     as for the first phase, but with images in place of features.
 * @returns one history, its epochs counted on.
 */
export async function fineTune(
  backend: Backend,
  settings: TrainSettings,
  first: Trained,
  network: TrainingNetwork,
  work: TrainingWork,
): Promise<Trained> {
  const { model } = network.built;
  const before = await readWeights(model);
  const second = await trainModel(backend, settings, { ...work, network });
  const later = (epoch: number) => first.epochs + epoch;
  const both = {
    ...second,
    history: [...first.history, ...second.history.map((record) => ({ ...record, epoch: later(record.epoch ?? 0) }))],
    epochs: later(second.epochs),
  };
  if (isBetter(second, first, settings, work)) {
    return { ...both, keptEpoch: later(second.keptEpoch), kept: { ...second.kept, epoch: later(second.keptEpoch) } };
  }
  writeWeights(backend, model, before);
  const { keptEpoch, kept, alarms, probabilities } = first;
  return { ...both, keptEpoch, kept, alarms, probabilities };
}

/** Without early stopping the last weights are what was asked for. */
function isBetter(second: Trained, first: Trained, { earlyStopping }: TrainSettings, work: TrainingWork): boolean {
  if (earlyStopping === null) return second.ended !== 'diverged';
  const [now, then] = [second, first].map(({ kept }) => kept[earlyStopping.monitor] ?? Number.NaN) as [number, number];
  const isSmaller = goalOfColumn(earlyStopping.monitor, work.validation !== null) === 'minimize';
  return isSmaller ? now < then : now > then;
}
