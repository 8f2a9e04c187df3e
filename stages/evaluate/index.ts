/** evaluate: a model's predictions for one split, and what they are worth. */
import fs from 'node:fs';
import type { EvaluateParams } from '../../src/generated/stages/evaluate.ts';
import { type Filled, StageError, type StageRun } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { formatCsv } from '../lib/csv.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import {
  classMetrics,
  confusionMatrix,
  measure,
  type Predictions,
  predictedClass,
} from '../lib/metrics/classification.ts';
import { wilsonInterval } from '../lib/metrics/wilson.ts';
import { type Inputs, loadInputs } from '../lib/training/inputs.ts';
import { loadModel } from '../lib/training/model-file.ts';
import { predict } from '../lib/training/predict.ts';
import { drawConfusion } from './draw-confusion.ts';

const run: StageRun<Filled<EvaluateParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  const { classes } = dataset.info;
  const images = await loadInputs(dataset, ({ split }) => split === params.split, context);
  dataset.close();
  if (images.labels.length === 0) {
    throw new StageError(`the dataset has no ${params.split} images`, {
      code: 'E0807',
      hint: 'put a `split` stage before `train`',
    });
  }
  const backend = await openBackend();
  context.provenance('backend', backend.provenance);
  const { model, about } = await loadModel(backend, inputs.model ?? '');
  if (about.classes.join('\n') !== classes.join('\n')) {
    throw new StageError(
      `the model knows the classes ${about.classes.join(', ')}, the dataset has ${classes.join(', ')}`,
      {
        code: 'E0810',
        hint: 'evaluate with the dataset the model was trained on',
      },
    );
  }
  const predictions = predict(backend, model, images, about.normalization, classes.length, params.batchSize);
  model.dispose();

  const confusion = confusionMatrix(predictions);
  const hits = confusion.reduce((total, row, k) => total + (row[k] ?? 0), 0);
  const interval = wilsonInterval(hits, images.labels.length);
  const perClass = classMetrics(confusion);
  const { accuracy, ...rest } = measure(predictions);
  const metrics = {
    accuracy,
    accuracyLow: interval[0],
    accuracyHigh: interval[1],
    ...rest,
    images: images.labels.length,
    classes: Object.fromEntries(classes.map((name, k) => [name, perClass[k]])),
  };
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify(metrics, null, 2)}\n`);
  fs.writeFileSync(outputs['predictions.csv'] ?? '', predictionTable(images, predictions, classes));
  const rows = confusion.map((row, k) => [classes[k] ?? '', ...row]);
  fs.writeFileSync(outputs['confusion.csv'] ?? '', formatCsv(['true class', ...classes], rows));
  fs.writeFileSync(outputs['confusion.svg'] ?? '', drawConfusion(classes, confusion));
  context.note(
    describe(hits, images.labels.length, interval, perClass.filter(({ predicted }) => predicted > 0).length),
  );
};
export default run;

function predictionTable(images: Inputs, predictions: Predictions, classes: readonly string[]): string {
  const rows = images.samples.map((sample, i) => [
    sample.id,
    sample.labels[0] ?? '',
    classes[predictedClass(predictions, i)] ?? '',
    ...Array.from(predictions.probabilities.subarray(i * classes.length, (i + 1) * classes.length), (p) =>
      p.toFixed(6),
    ),
  ]);
  return formatCsv(['id', 'true', 'predicted', ...classes], rows);
}

function describe(hits: number, total: number, [low, high]: [number, number], predictedClasses: number): string {
  const percent = (share: number) => (share * 100).toFixed(1);
  const alarm = predictedClasses === 1 ? '; every image was put into one class' : '';
  return `accuracy ${percent(hits / total)} % (${hits} of ${total}; 95 % interval ${percent(low)} to ${percent(high)} %)${alarm}`;
}
