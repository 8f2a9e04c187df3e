/** train: fits a network to the train split and keeps the weights that did best on the validation split. */
import fs from 'node:fs';
import path from 'node:path';
import type { TrainParams } from '../../src/generated/stages/train.ts';
import { type Filled, StageError, type StageRun } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { formatCsv } from '../lib/csv.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { type Inputs, loadInputs } from '../lib/training/inputs.ts';
import { saveModel } from '../lib/training/model-file.ts';
import { applySettings, type SettingsFile } from '../lib/training/settings.ts';
import { trainModel } from '../lib/training/train-model.ts';

const run: StageRun<Filled<TrainParams>> = async (context) => {
  const { inputs, outputs } = context;
  const settings = applySettings(context.params, readSettings(inputs.settings));
  const dataset = openDataset(inputs.dataset ?? '');
  const train = await loadInputs(dataset, ({ split }) => split === 'train', context);
  const validation = await loadInputs(dataset, ({ split }) => split === 'validation', context);
  dataset.close();
  needImages(train, 'train');
  needImages(validation, 'validation');

  const backend = await openBackend();
  context.provenance('backend', backend.provenance);
  const { classes } = dataset.info;
  const checkpoint = path.join(context.checkpoints, 'training');
  const trained = await trainModel(backend, settings, {
    checkpoint,
    train,
    validation,
    classes: classes.length,
    random: (stream) => context.random(settings.seed, stream),
    signal: context.signal,
    onEpoch(epoch, record) {
      context.progress(epoch, settings.epochs, 'epochs', `validation loss ${record['validation.loss']?.toFixed(3)}`);
    },
  });
  await saveModel(backend, trained.model, { classes, normalization: trained.normalization }, outputs.model ?? '');
  const parameters = trained.model.countParams();
  trained.model.dispose();

  const columns = Object.keys(trained.history[0] ?? {});
  const rows = trained.history.map((record) => columns.map((name) => record[name] ?? Number.NaN));
  fs.writeFileSync(outputs['history.csv'] ?? '', formatCsv(columns, rows));
  const { epoch: _epoch, ...kept } = trained.kept;
  const metrics = { ...kept, epochs: trained.epochs, keptEpoch: trained.keptEpoch, parameters };
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify(metrics, null, 2)}\n`);
  const accuracy = ((kept['validation.accuracy'] ?? 0) * 100).toFixed(1);
  const stopped = trained.history.length < settings.epochs ? 'stopped early' : 'all epochs';
  context.note(
    `validation accuracy ${accuracy} % at epoch ${trained.keptEpoch} of ${trained.history.length} (${stopped})`,
  );
  // Only what was killed goes on from it; asking for the same work again means doing it again.
  fs.rmSync(checkpoint, { force: true });
};
export default run;

function readSettings(file: string | undefined): SettingsFile | null {
  return file === undefined ? null : (JSON.parse(fs.readFileSync(file, 'utf8')) as SettingsFile);
}

function needImages(inputs: Inputs, split: string): void {
  if (inputs.labels.length > 0) return;
  throw new StageError(`the dataset has no ${split} images`, {
    code: 'E0807',
    hint: 'put a `split` stage before `train`',
  });
}
