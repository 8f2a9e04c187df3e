/**
 * train: fits a network to the train split and keeps the weights that did best on the validation split; or one for each fold, each
 * measured on what it did not learn from.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { TrainParams } from '../../src/generated/stages/train.ts';
import { learningCurves, writeCharts } from '../../src/sdk/charts/index.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { type Backend, openBackend } from '../lib/backend/open-backend.ts';
import { foldsOf } from '../lib/dataset/folds.ts';
import { type Dataset, openDataset } from '../lib/dataset/read-dataset.ts';
import { type Inputs, loadInputs } from '../lib/training/inputs.ts';
import { saveModel } from '../lib/training/model-file.ts';
import { applySettings, type SettingsFile, warnOfImages } from '../lib/training/settings.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import { tellProgress } from './tell-progress.ts';
import { foldCheckpoint, trainFolds } from './train-folds.ts';
import { secondPhase, trainMember } from './train-member.ts';
import { describeFolds, writeFoldHistory, writeFoldMetrics, writeFoldSummary } from './write-folds.ts';
import { describeResult, writeHistory, writeMetrics, writeSummary } from './write-results.ts';

type Context = StageContext<Filled<TrainParams>>;

const run: StageRun<Filled<TrainParams>> = async (context) => {
  const { inputs } = context;
  const found = readSettings(inputs.settings);
  const settings = applySettings(context.params, found);
  const dataset = openDataset(inputs.dataset ?? '');
  const backend = await openBackend({ threads: context.threads });
  context.provenance('backend', backend.provenance);
  // Where everything is fitted, nothing is left for a fold to be measured on.
  const folds = settings.on === 'train' ? foldsOf(dataset.samples) : [];
  const train = folds.length > 0 ? crossValidate : trainOnce;
  const told = await train(context, backend, settings, dataset);
  dataset.close();
  context.note(`${told}${warnOfImages(found)}`);
  // Only what was killed goes on from them; asking for the same work again means doing it again.
  for (const file of [...folds.map((fold) => foldCheckpoint(context.checkpoints, fold)), single(context)]) {
    fs.rmSync(file, { force: true });
    fs.rmSync(secondPhase(file), { force: true });
  }
};
export default run;

async function trainOnce(context: Context, backend: Backend, settings: TrainSettings, dataset: Dataset) {
  const { outputs } = context;
  const { task, classes } = dataset.info;
  const isFitted = (split: string | undefined) =>
    split === 'train' || (split === 'validation' && settings.on === 'train+validation');
  const train = needImages(await loadInputs(dataset, ({ split }) => isFitted(split), context), 'train');
  const validation =
    settings.on === 'train'
      ? needImages(await loadInputs(dataset, ({ split }) => split === 'validation', context), 'validation')
      : null;
  const { model, normalization, ...trained } = await trainMember(context, backend, settings, {
    info: dataset.info,
    train,
    validation,
    checkpoint: single(context),
    initial: outputs.initial ?? '',
    tell: tellProgress(context, null),
  });
  await saveModel(backend, model, { task, classes, normalization }, outputs.model ?? '');
  model.dispose();
  writeHistory(outputs['history.csv'] ?? '', trained);
  writeMetrics(outputs['metrics.json'] ?? '', trained);
  writeSummary(outputs['summary.json'] ?? '', outputs['summary.txt'] ?? '', trained);
  await writeCharts(outputs.charts ?? '', learningCurves(trained.history, trained.keptEpoch));
  return describeResult(trained, task);
}

async function crossValidate(context: Context, backend: Backend, settings: TrainSettings, dataset: Dataset) {
  const { outputs } = context;
  const made = await trainFolds(context, backend, settings, dataset);
  const history = writeFoldHistory(outputs['history.csv'] ?? '', made);
  writeFoldMetrics(outputs['metrics.json'] ?? '', made);
  writeFoldSummary(outputs['summary.json'] ?? '', outputs['summary.txt'] ?? '', made);
  await writeCharts(outputs.charts ?? '', learningCurves(history, made.best.keptEpoch, made.best.fold));
  return describeFolds(made, dataset.info.task);
}

function single({ checkpoints }: Context): string {
  return path.join(checkpoints, 'training');
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
