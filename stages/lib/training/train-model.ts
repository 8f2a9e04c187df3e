/**
 * The training loop.
 *
 * Own, because the library's draws its order from an unseeded source and averages metrics over batches. Everything random
 * comes from streams named by what they are for and by epoch or step, so equal seeds give equal weights.
 */
import type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainParams } from '../../../src/generated/stages/train.ts';
import { type Filled, type Random, StageError } from '../../../src/sdk/index.ts';
import { goalOf, isMetricName, METRIC_NAMES, type MetricName, measure } from '../metrics/classification.ts';
import type { Backend } from './backend.ts';
import { fillImage, type Inputs, measureDataset, type Normalization } from './inputs.ts';
import { buildModel } from './model.ts';
import { predict } from './predict.ts';

export type TrainSettings = Filled<TrainParams>;

/** Metrics after an epoch by column: `train.loss`, `validation.accuracy`. */
export type EpochRecord = Readonly<Record<string, number>>;

export interface Trained {
  readonly model: LayersModel;
  readonly normalization: Normalization;
  /** One record for each epoch that was run. */
  readonly history: readonly EpochRecord[];
  /** Counts from 1: the epoch whose weights the model has. */
  readonly keptEpoch: number;
}

export interface TrainingWork {
  readonly train: Inputs;
  readonly validation: Inputs;
  readonly classes: number;
  random(stream: string): Random;
  readonly signal: AbortSignal;
  onEpoch?(epoch: number, record: EpochRecord): void;
}

/** The caller disposes the model. */
export async function trainModel(backend: Backend, settings: TrainSettings, work: TrainingWork): Promise<Trained> {
  const { tf } = backend;
  const { train, validation, classes } = work;
  const watch = settings.earlyStopping;
  const goal = watch === null ? 'minimize' : goalOfColumn(watch.monitor, classes);
  const normalization = normalizationOf(settings, train);
  const model = buildModel(backend, settings.model, train.shape, classes === 2 ? 1 : classes, work.random);
  const optimizer = makeOptimizer(backend, settings.optimizer);
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const weights = sampleWeights(settings.classWeights, train, classes);
  const history: EpochRecord[] = [];
  let kept: { epoch: number; value: number; weights: Tensor[] } | null = null;

  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    const order = work.random(`shuffle/epoch-${epoch}`).shuffle([...train.labels.keys()]);
    for (let start = 0; start < order.length; start += settings.batchSize) {
      // Between batches messages go out and an interruption comes in.
      await new Promise((resolve) => setImmediate(resolve));
      work.signal.throwIfAborted();
      step(order.slice(start, start + settings.batchSize));
    }
    const record: EpochRecord = { ...columns('train', train), ...columns('validation', validation) };
    history.push(record);
    work.onEpoch?.(epoch, record);
    if (watch === null) continue;
    const value = record[watch.monitor] ?? Number.NaN;
    const gain = goal === 'minimize' ? (kept?.value ?? 0) - value : value - (kept?.value ?? 0);
    if (kept === null || gain > watch.minDelta || (Number.isNaN(kept.value) && !Number.isNaN(value))) {
      tf.dispose(kept?.weights ?? []);
      kept = { epoch, value, weights: watch.restoreBest ? model.getWeights().map((weight) => weight.clone()) : [] };
    } else if (epoch - kept.epoch >= watch.patience) break;
  }
  if (kept !== null && kept.weights.length > 0) model.setWeights(kept.weights);
  const keptEpoch = kept !== null && kept.weights.length > 0 ? kept.epoch : history.length;
  tf.dispose(kept?.weights ?? []);
  optimizer.dispose();
  return { model, normalization, history, keptEpoch };

  function step(places: readonly number[]): void {
    const [height, width, channels] = train.shape;
    const pixels = new Float32Array(places.length * height * width * channels);
    for (const [i, place] of places.entries()) fillImage(train, place, normalization, pixels, i);
    const { value, grads } = tf.tidy(() => {
      const x = tf.tensor(pixels, [places.length, height, width, channels]);
      const labels = tf.tensor1d(
        places.map((place) => train.labels[place] ?? 0),
        'int32',
      );
      const counts = tf.tensor1d(
        places.map((place) => weights[place] ?? 1),
        'float32',
      );
      return tf.variableGrads(() => {
        const output = tf.clipByValue(model.apply(x, { training: true }) as Tensor, 1e-7, 1 - 1e-7);
        return tf.mean(tf.mul(counts, sampleLosses(output, labels))) as Scalar;
      }, variables);
    });
    optimizer.applyGradients(grads);
    tf.dispose(grads);
    value.dispose();
  }

  /** -log of the probability of the true class. */
  function sampleLosses(output: Tensor, labels: Tensor): Tensor {
    if (classes > 2) return tf.neg(tf.sum(tf.mul(tf.oneHot(labels, classes), tf.log(output)), -1));
    const positive = tf.reshape(output, [-1]);
    const truth = tf.cast(labels, 'float32');
    return tf.neg(tf.add(tf.mul(truth, tf.log(positive)), tf.mul(tf.sub(1, truth), tf.log(tf.sub(1, positive)))));
  }

  function columns(split: string, inputs: Inputs): EpochRecord {
    const metrics = measure(predict(backend, model, inputs, normalization, classes, Math.max(settings.batchSize, 64)));
    return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${split}.${name}`, value]));
  }
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

function makeOptimizer({ tf }: Backend, { name, learningRate, momentum }: TrainSettings['optimizer']): Optimizer {
  if (name === 'adam') return tf.train.adam(learningRate);
  if (name === 'rmsprop') return tf.train.rmsprop(learningRate);
  return momentum > 0 ? tf.train.momentum(learningRate, momentum) : tf.train.sgd(learningRate);
}

/** n / (classes * images of the class), so that every class counts the same and the mean weight is 1. */
function sampleWeights(kind: TrainSettings['classWeights'], train: Inputs, classes: number): Float32Array {
  if (kind === 'none') return new Float32Array(train.labels.length).fill(1);
  const counts = new Array<number>(classes).fill(0);
  for (const label of train.labels) counts[label] = (counts[label] as number) + 1;
  return Float32Array.from(train.labels, (label) => train.labels.length / (classes * (counts[label] as number)));
}
