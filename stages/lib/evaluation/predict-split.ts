/** What a model says of every image of one split: the beginning of whatever measures a model. */
import fs from 'node:fs';
import path from 'node:path';
import { type StageContext, StageError } from '../../../src/sdk/index.ts';
import { partAtBackbone } from '../backbones/behind-backbone.ts';
import { openBackend } from '../backend/open-backend.ts';
import { type Dataset, openDataset } from '../dataset/read-dataset.ts';
import { type Inputs, loadInputs, selectInputs } from '../training/inputs.ts';
import { loadModel } from '../training/model-file.ts';
import { predict } from '../training/predict.ts';
import { flipImages } from './flip-images.ts';

export interface PredictRequest {
  readonly split: 'train' | 'validation' | 'test';
  readonly batchSize: number;
  /** Each image is also seen mirrored, and the mean of the probabilities counts. */
  readonly mirrored: boolean;
  /** Whether to time single images: that goes into provenance, since it differs from run to run. */
  readonly timed: boolean;
}

export interface SplitPredictions {
  /** Open: the caller closes it. */
  readonly dataset: Dataset;
  readonly inputs: Inputs;
  /** Shape [n, classes]; of several labels an image each on its own, otherwise rows add up to 1. */
  readonly probabilities: Float32Array;
  readonly parameters: number;
  readonly weightBytes: number;
}

/** A usual count for a steady median; a slow model stops earlier, after about this time. */
const TIMED = { warmUps: 5, images: 50, limitMs: 1000 };

/** @throws StageError when the split is empty, the model is of other classes, or its answers are no numbers. */
export async function predictSplit(context: StageContext<unknown>, request: PredictRequest): Promise<SplitPredictions> {
  const dataset = openDataset(context.inputs.dataset ?? '');
  const { classes } = dataset.info;
  const inputs = await loadInputs(dataset, ({ split }) => split === request.split, context);
  if (inputs.samples.length === 0) {
    throw new StageError(`the dataset has no ${request.split} images`, {
      code: 'E0807',
      hint: 'put a `split` stage before `train`',
    });
  }
  const backend = await openBackend({ threads: context.threads });
  context.provenance('backend', backend.provenance);
  const folder = context.inputs.model ?? '';
  const { model, about } = await loadModel(backend, folder);
  if (about.classes.join('\n') !== classes.join('\n')) {
    throw new StageError(
      `the model knows the classes ${about.classes.join(', ')}, the dataset has ${classes.join(', ')}`,
      { code: 'E0810', hint: 'evaluate with the dataset the model was trained on' },
    );
  }
  const whole = async (images: Inputs, batchSize: number) =>
    (await predict(backend, model, images, about.normalization, classes.length, batchSize)).probabilities;
  const { shape } = inputs;
  const parted = partAtBackbone(context, backend, model, folder, { shape, normalization: about.normalization });
  const see = async (images: Inputs): Promise<Float32Array> => {
    if (parted === null) return whole(images, request.batchSize);
    const features = await parted.featuresOf(images);
    const seen = await predict(backend, parted.head, features, about.normalization, classes.length, request.batchSize);
    return seen.probabilities;
  };
  const probabilities = await see(inputs);
  if (request.mirrored) {
    const mirrored = await see(flipImages(inputs));
    mirrored.forEach((p, i) => {
      probabilities[i] = ((probabilities[i] as number) + p) / 2;
    });
  }
  await parted?.release();
  if (request.timed) {
    const one = selectInputs(inputs, [0]);
    context.provenance('latencyMs', await timeSingle(() => whole(one, 1)));
  }
  const parameters = model.countParams();
  model.dispose();
  if (probabilities.some(Number.isNaN)) {
    throw new StageError("the model's predictions are not numbers", {
      code: 'E0851',
      hint: 'train it again with a smaller `optimizer.learningRate`',
    });
  }
  const weightBytes = fs.statSync(path.join(folder, 'weights.bin')).size;
  return { dataset, inputs, probabilities, parameters, weightBytes };
}

async function timeSingle(see: () => Promise<unknown>): Promise<{ readonly median: number; readonly images: number }> {
  const times: number[] = [];
  const start = performance.now();
  for (let i = 0; i < TIMED.warmUps + TIMED.images; i++) {
    const before = performance.now();
    await see();
    times.push(performance.now() - before);
    if (before - start > TIMED.limitMs && i >= TIMED.warmUps) break;
  }
  const sorted = times.slice(TIMED.warmUps).sort((a, b) => a - b);
  return { median: Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(3)), images: sorted.length };
}
