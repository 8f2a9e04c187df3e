/**
 * The training loop.
 *
 * Own, because the library's draws its order from an unseeded source and averages metrics over batches. Everything random
 * comes from streams named by what they are for and by epoch or step, so equal seeds give equal weights, and a training can
 * go on from any epoch's end.
 */
import type { Backend } from '../backend/open-backend.ts';
import { buildModel } from '../models/build-model.ts';
import { adoptWeights } from '../models/initial-weights.ts';
import { planLayers } from '../models/plan-layers.ts';
import type { TrainingClock } from '../models/seeded-dropout.ts';
import { outputsFor, summarizeLayers } from '../models/summarize.ts';
import { findAlarms } from './alarms.ts';
import { augmentImage, changesImages } from './augment-image.ts';
import { createWatch } from './best-epoch.ts';
import { checkTraining, heapMiB } from './check-training.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { createDescent } from './gradient-step.ts';
import { chooseNormalization, fillImage, type Inputs } from './inputs.ts';
import { learningRate, plateauFactor } from './learning-rate.ts';
import { createLoss } from './loss.ts';
import { measureInputs, trainSample } from './measure-model.ts';
import { drawMix } from './mix-images.ts';
import { readWeights, writeWeights } from './model-weights.ts';
import { goalOfColumn } from './monitor.ts';
import { predict } from './predict.ts';
import type { Ending, EpochRecord, Trained, TrainingNetwork, TrainingWork, TrainSettings } from './train-types.ts';
import { createAverage } from './weight-average.ts';

/** Images predicted at once, at least. */
const PREDICTED_AT_ONCE = 64;

/**
 * @throws StageError when settings, model and images do not fit each other (E0811, E0820 to E0826), before anything is
 *         trained. A training that diverges is no error: see `Trained.ended`.
 */
export async function trainModel(backend: Backend, settings: TrainSettings, work: TrainingWork): Promise<Trained> {
  const { train, validation, classes } = work;
  const goalOf = (column: string) => goalOfColumn(column, validation !== null);
  const stopGoal = settings.earlyStopping === null ? 'minimize' : goalOf(settings.earlyStopping.monitor);
  const rateGoal = settings.schedule.name === 'plateau' ? goalOf(settings.schedule.monitor) : 'minimize';
  const normalization = chooseNormalization(settings.normalize, train);
  const { built, summary, clock } = work.network ?? makeNetwork(backend, settings, work);
  const { model } = built;
  if (work.initial !== undefined) adoptWeights(backend, model, work.initial);
  await work.onStart?.(model, normalization);

  const identity = JSON.stringify([settings, classes, train.shape, train.labels.length, validation?.labels.length]);
  const resumed = work.checkpoint === undefined ? null : readCheckpoint(work.checkpoint, identity);
  if (resumed !== null) writeWeights(backend, model, resumed.weights);
  const loss = createLoss(backend.tf, settings, train, classes);
  const descent = createDescent(backend, built, settings, train.shape, fill, loss, resumed?.optimizer ?? null);
  const average =
    settings.ema === 0 ? null : createAverage(settings.ema, resumed?.average ?? (await readWeights(model)));
  const watch = createWatch(settings.earlyStopping, stopGoal, resumed?.best ?? null);
  const clean = trainSample(train, settings.trainSample, work.random);
  const history: EpochRecord[] = [...(resumed?.history ?? [])];
  const stepsPerEpoch = Math.ceil(train.labels.length / settings.batchSize);
  const imageSize = train.shape[0] * train.shape[1] * train.shape[2];
  let epochs = resumed?.epoch ?? 0;
  let ended: Ending | null = null;

  while (ended === null) {
    if (watch.isExhausted(history.at(-1)?.epoch ?? 0)) ended = 'early';
    else if (epochs >= settings.epochs) ended = 'epochs';
    else if (epochs >= (work.untilEpoch ?? settings.epochs)) ended = 'paused';
    else ended = await runEpoch(++epochs);
  }

  descent.dispose();
  const best = watch.best();
  const keptEpoch = best !== null && best.weights.length > 0 ? best.epoch : epochs;
  if (best !== null && best.weights.length > 0) writeWeights(backend, model, best.weights);
  else if (average !== null) writeWeights(backend, model, average.values());
  const shown = validation ?? clean;
  const probabilities = await probabilitiesOf(shown);
  const { loss: keptLoss = Number.NaN } = measureInputs(shown, classes, probabilities);
  const outcome = { ended, epochs, keptEpoch, isWatched: settings.earlyStopping !== null };
  return {
    model,
    summary,
    clock,
    normalization,
    history,
    epochs,
    keptEpoch,
    kept: history.findLast(({ epoch }) => (epoch ?? 0) <= keptEpoch) ?? {},
    ended,
    probabilities,
    alarms: findAlarms(outcome, train, shown, classes, probabilities, keptLoss),
  };

  /** A train image as it is in this epoch. */
  function fill(place: number, batch: Float32Array, at: number): void {
    if (!changesImages(settings.augment)) {
      fillImage(train, place, normalization, batch, at);
      return;
    }
    const pixels = train.pixels.subarray(place * imageSize, (place + 1) * imageSize);
    const random = work.random(`augment/epoch-${epochs}/image-${place}`);
    const changed = augmentImage(settings.augment, pixels, train.shape, random);
    fillImage({ ...train, pixels: changed }, 0, normalization, batch, at);
  }

  /** Null: go on. */
  async function runEpoch(epoch: number): Promise<Ending | null> {
    const factor = settings.schedule.name === 'plateau' ? plateauFactor(settings.schedule, rateGoal, history) : 1;
    const order = work.random(`shuffle/epoch-${epoch}`).shuffle([...train.labels.keys()]);
    let rate = 0;
    for (let batch = 0; batch < stepsPerEpoch; batch++) {
      // Between batches messages go out and an interruption comes in.
      await new Promise((resolve) => setImmediate(resolve));
      work.signal.throwIfAborted();
      clock.step = (epoch - 1) * stepsPerEpoch + batch;
      rate = learningRate(settings, clock.step, stepsPerEpoch, factor);
      const places = order.slice(batch * settings.batchSize, (batch + 1) * settings.batchSize);
      const mix = drawMix(settings.augment, places.length, train.shape, work.random(`augment/step-${clock.step}`));
      const batchLoss = await descent.step(places, rate, mix);
      if (Number.isNaN(batchLoss)) {
        history.push({ epoch, learningRate: rate, 'train.loss': Number.NaN, 'validation.loss': Number.NaN });
        return 'diverged';
      }
      average?.add(await readWeights(model), clock.step);
      work.onStep?.(clock.step + 1, settings.epochs * stepsPerEpoch, batchLoss);
    }
    const isMeasured = epoch % settings.evalEvery === 0 || epoch === settings.epochs;
    const record = isMeasured ? await measureEpoch(epoch, rate) : null;
    if (work.checkpoint !== undefined) {
      writeCheckpoint(work.checkpoint, {
        identity,
        epoch,
        history,
        weights: await readWeights(model),
        average: average?.values() ?? [],
        optimizer: await descent.optimizerState(),
        best: watch.best(),
      });
    }
    return record !== null && (await work.onEpoch?.(epoch, record)) === 'stop' ? 'stopped' : null;
  }

  /** With the averaged weights, where an average is kept. */
  async function measureEpoch(epoch: number, rate: number): Promise<EpochRecord> {
    const current = average === null ? null : await readWeights(model);
    if (average !== null) writeWeights(backend, model, average.values());
    const record: EpochRecord = {
      epoch,
      learningRate: rate,
      ...(await columns('train', clean)),
      ...(validation === null ? {} : await columns('validation', validation)),
    };
    history.push(record);
    await watch.look(record, () => readWeights(model));
    if (current !== null) writeWeights(backend, model, current);
    return record;
  }

  async function columns(split: string, inputs: Inputs): Promise<EpochRecord> {
    const metrics = measureInputs(inputs, classes, await probabilitiesOf(inputs));
    return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${split}.${name}`, value]));
  }

  async function probabilitiesOf(inputs: Inputs): Promise<Float32Array> {
    const atOnce = Math.max(settings.batchSize, PREDICTED_AT_ONCE);
    return (await predict(backend, model, inputs, normalization, classes, atOnce)).probabilities;
  }
}

function makeNetwork(backend: Backend, settings: TrainSettings, work: TrainingWork): TrainingNetwork {
  const { train, classes, random } = work;
  const isMultiLabel = train.truth !== undefined;
  const plan = planLayers(settings.model, outputsFor(classes, isMultiLabel));
  const summary = summarizeLayers(plan, train.shape, settings.batchSize);
  checkTraining(summary, settings, train, heapMiB(backend.name));
  const clock: TrainingClock = { step: 0 };
  const built = buildModel(backend, plan, train.shape, {
    random,
    clock,
    initializer: settings.model.initializer,
    output: !isMultiLabel && classes > 2 ? 'softmax' : 'sigmoid',
  });
  return { built, summary, clock };
}
