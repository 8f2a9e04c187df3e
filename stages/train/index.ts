/** train: fits a network to the train split and keeps the weights that did best on the validation split. */
import fs from 'node:fs';
import path from 'node:path';
import type { TrainParams } from '../../src/generated/stages/train.ts';
import { learningCurves, writeCharts } from '../../src/sdk/charts/index.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { countTrainable, useBackbone } from '../lib/backbones/use-backbone.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { type Inputs, loadInputs } from '../lib/training/inputs.ts';
import { readNamedWeights, saveModel } from '../lib/training/model-file.ts';
import { applySettings, type SettingsFile, warnOfImages } from '../lib/training/settings.ts';
import { trainModel } from '../lib/training/train-model.ts';
import type { EpochRecord, Trained, TrainingWork, TrainSettings } from '../lib/training/train-types.ts';
import { fineTune, fineTuneSettings } from './fine-tune.ts';
import { describeResult, writeHistory, writeMetrics, writeSummary } from './write-results.ts';

const run: StageRun<Filled<TrainParams>> = async (context) => {
  const { inputs, outputs } = context;
  const found = readSettings(inputs.settings);
  const settings = applySettings(context.params, found);
  const { info, ...splits } = await loadSplits(context, settings);

  const backend = await openBackend({ threads: context.threads });
  context.provenance('backend', backend.provenance);
  const { classes, task } = info;
  const folder = inputs['model.backbone.path'];
  const backbone = folder === undefined ? null : await useBackbone(context, backend, folder, settings, splits.train);
  const train = (await backbone?.featuresOf(splits.train)) ?? splits.train;
  const validation =
    splits.validation === null ? null : ((await backbone?.featuresOf(splits.validation)) ?? splits.validation);
  await backbone?.release();
  const checkpoint = path.join(context.checkpoints, 'training');
  const fineTuning = settings.model.backbone?.fineTune ?? null;
  const work: TrainingWork = {
    checkpoint,
    train,
    validation,
    classes: classes.length,
    random: (stream) => context.random(settings.seed, stream),
    signal: context.signal,
    ...tellProgress(context, settings),
  };
  const first = await trainModel(backend, settings, {
    ...work,
    ...(inputs.initial === undefined ? {} : { initial: readNamedWeights(inputs.initial) }),
    onStart: (model, normalization) =>
      saveModel(backend, model, { task, classes, normalization }, outputs.initial ?? ''),
  });
  refuseDiverged(first, settings);
  const built = backbone === null ? null : backbone.joinTo(first.model);
  const summary = backbone?.summaryWith(first.summary) ?? first.summary;
  let trained: Trained = { ...first, summary };
  if (backbone !== null && built !== null && fineTuning !== null) {
    backbone.thaw(fineTuning.from);
    const phase = fineTuneSettings(settings, fineTuning);
    const network = { built, summary, clock: first.clock };
    const file = `${checkpoint}-fine`;
    trained = await fineTune(backend, phase, first, network, {
      ...work,
      ...tellProgress(context, phase),
      ...splits,
      checkpoint: file,
    });
    trained = { ...trained, summary: countTrainable(built.model, summary) };
  }
  const model = built?.model ?? first.model;
  const normalization = backbone?.normalization ?? first.normalization;
  await saveModel(backend, model, { task, classes, normalization }, outputs.model ?? '');
  model.dispose();
  writeHistory(outputs['history.csv'] ?? '', trained);
  writeMetrics(outputs['metrics.json'] ?? '', trained);
  writeSummary(outputs['summary.json'] ?? '', outputs['summary.txt'] ?? '', trained);
  await writeCharts(outputs.charts ?? '', learningCurves(trained.history, trained.keptEpoch));
  context.note(`${describeResult(trained, task)}${warnOfImages(found)}`);
  // Only what was killed goes on from it; asking for the same work again means doing it again.
  for (const file of [checkpoint, `${checkpoint}-fine`]) fs.rmSync(file, { force: true });
};
export default run;

async function loadSplits(context: StageContext<Filled<TrainParams>>, settings: TrainSettings) {
  const dataset = openDataset(context.inputs.dataset ?? '');
  const isFitted = (split: string | undefined) =>
    split === 'train' || (split === 'validation' && settings.on === 'train+validation');
  const train = needImages(await loadInputs(dataset, ({ split }) => isFitted(split), context), 'train');
  const validation =
    settings.on === 'train'
      ? needImages(await loadInputs(dataset, ({ split }) => split === 'validation', context), 'validation')
      : null;
  dataset.close();
  return { info: dataset.info, train, validation };
}

function readSettings(file: string | undefined): SettingsFile | null {
  return file === undefined ? null : (JSON.parse(fs.readFileSync(file, 'utf8')) as SettingsFile);
}

function needImages(inputs: Inputs, split: string): Inputs {
  if (inputs.labels.length > 0) return inputs;
  throw new StageError(`the dataset has no ${split} images`, {
    code: 'E0807',
    hint: 'put a `split` stage before `train`',
  });
}

function refuseDiverged({ ended, kept, epochs }: Trained, { optimizer }: TrainSettings): void {
  if (ended !== 'diverged' || !Number.isNaN(kept['train.loss'])) return;
  throw new StageError(`the loss became no number in epoch ${epochs}, and no earlier weights are kept`, {
    code: 'E0827',
    hint: `with: { optimizer: { learningRate: ${Number((optimizer.learningRate / 10).toPrecision(3))} } }`,
  });
}

function tellProgress(
  context: Pick<StageContext, 'progress'>,
  settings: TrainSettings,
): Required<Pick<TrainingWork, 'onEpoch' | 'onStep'>> {
  let last: EpochRecord = {};
  let before: number | null = null;
  return {
    onEpoch(_epoch, record) {
      last = record;
    },
    onStep(done, total, loss) {
      // What was done before a kill took none of this run's time, which the time left is told from.
      before ??= done - 1;
      const text = progressText(done / (total / settings.epochs), settings, loss, last);
      context.progress(done - before, total - before, 'steps', text);
    },
  };
}

function progressText(epochsDone: number, { epochs }: TrainSettings, loss: number, last: EpochRecord): string {
  const measured = last['validation.loss'];
  const validation = measured === undefined ? '' : `, validation loss ${measured.toFixed(3)}`;
  return `epoch ${Math.ceil(epochsDone)} of ${epochs}, loss ${loss.toFixed(3)}${validation}`;
}
