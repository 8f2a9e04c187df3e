/**
 * predict: what a model thinks of new images.
 *
 * Images are read, seen and written a part at a time, so memory does not grow with their number. Labels, where there are any, are
 * not looked at: `evaluate` measures.
 */
import fs from 'node:fs';
import type { PredictParams } from '../../src/generated/stages/predict.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { formatCsv } from '../lib/csv.ts';
import { type Dataset, openDataset } from '../lib/dataset/read-dataset.ts';
import { type Classifier, openClassifier } from '../lib/evaluation/classifier.ts';
import { applyTemperature, type Decision, readDecision } from '../lib/evaluation/decision.ts';
import { loadInputs } from '../lib/training/inputs.ts';

const PART_IMAGES = 2048;

const run: StageRun<Filled<PredictParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  if (dataset.samples.length === 0) {
    throw new StageError('the dataset has no images', { code: 'E0802', hint: 'look at what `ingest` found' });
  }
  const backend = await openBackend({ threads: context.threads });
  context.provenance('backend', backend.provenance);
  // Progress is told of the whole, not of each part anew.
  const quiet = { ...pick(context), progress() {} };
  const model = await openClassifier(quiet, backend, inputs.model ?? '');
  const { about } = model;
  requireShape(dataset, model.shape);
  const decision = inputs.thresholds === undefined ? null : readDecision(inputs.thresholds, about.classes);
  const csv = fs.openSync(outputs['predictions.csv'] ?? '', 'wx');
  const lines = fs.openSync(outputs['predictions.jsonl'] ?? '', 'wx');
  fs.writeSync(csv, formatCsv(['id', 'predicted', ...about.classes], []));
  const counts = new Map<string, number>();

  for (let start = 0; start < dataset.samples.length; start += PART_IMAGES) {
    const part = new Set(dataset.samples.slice(start, start + PART_IMAGES));
    const images = await loadInputs(dataset, (sample) => part.has(sample), quiet);
    const rows = judge(images.samples, await model.see(images, params.batchSize), about, decision);
    for (const { predicted } of rows) for (const name of predicted) counts.set(name, (counts.get(name) ?? 0) + 1);
    const [first = [], ...rest] = rows.map((row) => [row.id, row.predicted.join(';'), ...row.probabilities]);
    fs.writeSync(csv, formatCsv(first, rest));
    fs.writeSync(lines, rows.map((row) => `${JSON.stringify(jsonOf(row, about.classes))}\n`).join(''));
    context.progress(Math.min(start + PART_IMAGES, dataset.samples.length), dataset.samples.length, 'images');
  }
  fs.closeSync(csv);
  fs.closeSync(lines);
  await model.close();
  dataset.close();
  const found = about.classes.map((name) => `${counts.get(name) ?? 0} ${name}`);
  context.note(`${dataset.samples.length} images: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}`);
};
export default run;

function pick({ itemsFor, provenance, signal, threads }: StageContext<Filled<PredictParams>>) {
  return { itemsFor, provenance, signal, threads };
}

interface Row {
  readonly id: string;
  readonly predicted: readonly string[];
  /** Of each class, six places behind the point. */
  readonly probabilities: readonly string[];
}

function judge(
  samples: readonly { readonly id: string }[],
  probabilities: Float32Array,
  { classes, task }: Classifier['about'],
  decision: Decision | null,
): Row[] {
  const isMultiLabel = task === 'multi-label';
  const tempered = applyTemperature(probabilities, classes.length, isMultiLabel, decision?.temperature ?? 1);
  return samples.map(({ id }, i) => {
    const row = tempered.subarray(i * classes.length, (i + 1) * classes.length);
    return {
      id,
      predicted: isMultiLabel ? severalOf(row, classes, decision) : [oneOf(row, classes, decision)],
      probabilities: Array.from(row, (p) => p.toFixed(6)),
    };
  });
}

function severalOf(row: Float32Array, classes: readonly string[], decision: Decision | null): string[] {
  return classes.filter((name, k) => (row[k] as number) >= (decision?.thresholds?.[name] ?? 0.5));
}

function oneOf(row: Float32Array, classes: readonly string[], decision: Decision | null): string {
  const [first = '', second = ''] = classes;
  const threshold = decision?.thresholds?.[second];
  if (classes.length === 2 && threshold !== undefined) return (row[1] as number) >= threshold ? second : first;
  return classes[row.indexOf(Math.max(...row))] ?? first;
}

function jsonOf({ id, predicted, probabilities }: Row, classes: readonly string[]) {
  const byClass = Object.fromEntries(classes.map((name, k) => [name, Number(probabilities[k])]));
  return { id, predicted, probabilities: byClass };
}

function requireShape({ info }: Dataset, expected: Classifier['shape']): void {
  if (info.shape !== 'mixed' && info.shape.every((side, axis) => side === expected[axis])) return;
  const found = info.shape === 'mixed' ? 'of different sizes' : info.shape.join(' x ');
  throw new StageError(`the images are ${found}, the model takes ${expected.join(' x ')}`, {
    code: 'E0805',
    hint: 'send them through the stages the training images went through, such as `grayscale` and `transform`',
  });
}
