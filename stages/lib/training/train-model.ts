/**
 * The training loop.
 *
 * Own, because the library's draws its order from an unseeded source and averages metrics over batches. Everything random
 * comes from streams named by what they are for and by epoch or step, so equal seeds give equal weights.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { StageError } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import { goalOf, isMetricName, METRIC_NAMES, type MetricName, measure } from '../metrics/classification.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { createDescent } from './gradient-step.ts';
import { type Inputs, measureDataset, type Normalization } from './inputs.ts';
import { buildModel, type TrainingClock } from './model.ts';
import { predict } from './predict.ts';
import type { Ending, EpochRecord, Trained, TrainingWork, TrainSettings } from './train-types.ts';

/** The caller disposes the model. */
export async function trainModel(backend: Backend, settings: TrainSettings, work: TrainingWork): Promise<Trained> {
  const { train, validation, classes } = work;
  const watch = settings.earlyStopping;
  const goal = watch === null ? 'minimize' : goalOfColumn(watch.monitor, classes);
  const normalization = normalizationOf(settings, train);
  const clock: TrainingClock = { step: 0 };
  const model = buildModel(backend, settings.model, train.shape, classes === 2 ? 1 : classes, work.random, clock);
  const resumed = work.checkpoint === undefined ? null : readCheckpoint(work.checkpoint);
  if (resumed !== null) setWeights(backend, model, resumed.weights);
  const descent = createDescent(backend, model, settings, train, classes, normalization, resumed?.optimizer ?? null);
  const history: EpochRecord[] = [...(resumed?.history ?? [])];
  let kept: Checkpoint['kept'] = resumed?.kept ?? null;
  const stepsPerEpoch = Math.ceil(train.labels.length / settings.batchSize);

  let ended: Ending = 'epochs';
  for (let epoch = history.length + 1; epoch <= settings.epochs; epoch++) {
    if (isExhausted()) ended = 'early';
    else if (epoch > (work.untilEpoch ?? settings.epochs)) ended = 'paused';
    if (ended !== 'epochs') break;
    clock.step = (epoch - 1) * stepsPerEpoch;
    const order = work.random(`shuffle/epoch-${epoch}`).shuffle([...train.labels.keys()]);
    for (let start = 0; start < order.length; start += settings.batchSize, clock.step++) {
      // Between batches messages go out and an interruption comes in.
      await new Promise((resolve) => setImmediate(resolve));
      work.signal.throwIfAborted();
      descent.step(order.slice(start, start + settings.batchSize));
    }
    const record: EpochRecord = {
      epoch,
      ...columns('train', train),
      ...(validation === null ? {} : columns('validation', validation)),
    };
    history.push(record);
    if (watch !== null) keepIfBetter(epoch, record[watch.monitor] ?? Number.NaN);
    if (work.checkpoint !== undefined) {
      writeCheckpoint(work.checkpoint, {
        history,
        weights: weightsOf(model),
        optimizer: descent.optimizerState(),
        kept,
      });
    }
    if ((await work.onEpoch?.(epoch, record)) === 'stop') {
      ended = 'stopped';
      break;
    }
  }
  const restored = kept !== null && kept.weights.length > 0 ? kept : null;
  if (restored !== null) setWeights(backend, model, restored.weights);
  const keptEpoch = restored?.epoch ?? history.length;
  const record = history.find(({ epoch }) => epoch === keptEpoch) ?? {};
  return { model, normalization, history, epochs: history.length, keptEpoch, kept: record, ended };

  function isExhausted(): boolean {
    return watch !== null && kept !== null && history.length - kept.epoch >= watch.patience;
  }

  function keepIfBetter(epoch: number, value: number): void {
    if (watch === null) return;
    const gain =
      kept === null ? Number.POSITIVE_INFINITY : goal === 'minimize' ? kept.value - value : value - kept.value;
    const firstNumber = kept !== null && Number.isNaN(kept.value) && !Number.isNaN(value);
    if (gain > watch.minDelta || firstNumber)
      kept = { epoch, value, weights: watch.restoreBest ? weightsOf(model) : [] };
  }

  function columns(split: string, inputs: Inputs): EpochRecord {
    const metrics = measure(predict(backend, model, inputs, normalization, classes, Math.max(settings.batchSize, 64)));
    return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${split}.${name}`, value]));
  }
}

function weightsOf(model: LayersModel): Float32Array[] {
  return model.getWeights().map((weight) => Float32Array.from(weight.dataSync()));
}

function setWeights({ tf }: Backend, model: LayersModel, values: readonly Float32Array[]): void {
  const shapes = model.getWeights().map((weight) => weight.shape);
  tf.tidy(() => model.setWeights(values.map((value, i) => tf.tensor(value, shapes[i]))));
}

/** Whether less or more of a column of history.csv is better. @throws StageError for a column there is not. */
export function goalOfColumn(column: string, classes: number): 'minimize' | 'maximize' {
  const [split, name] = column.split('.', 2);
  const known = METRIC_NAMES.filter((each) => each !== 'rocAuc' || classes === 2);
  if (
    (split === 'train' || split === 'validation') &&
    name !== undefined &&
    isMetricName(name) &&
    known.includes(name)
  ) {
    return goalOf(name as MetricName);
  }
  throw new StageError(
    `no metric is called \`${column}\`, expected \`train.\` or \`validation.\` and one of ${known.join(', ')}`,
    {
      code: 'E0811',
      hint: 'monitor: validation.loss',
    },
  );
}

function normalizationOf(settings: TrainSettings, train: Inputs): Normalization {
  return settings.normalize === 'dataset' ? measureDataset(train) : { kind: settings.normalize };
}
