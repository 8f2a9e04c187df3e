/** What a model says of every image of one split: the beginning of whatever measures a model. */
import type { Sample } from '../../../src/generated/sample.ts';
import { type StageContext, StageError } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { foldsOf } from '../dataset/folds.ts';
import { type Dataset, isOriginal, openDataset } from '../dataset/read-dataset.ts';
import { divisionOf } from '../training/ensemble-file.ts';
import { type Inputs, loadInputs, selectInputs } from '../training/inputs.ts';
import { openClassifier } from './classifier.ts';
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
  /** Each image was seen by a training that did not learn from its fold. */
  readonly isOutOfFold: boolean;
  readonly parameters: number;
  readonly weightBytes: number;
}

/** A usual count for a steady median; a slow model stops earlier, after about this time. */
const TIMED = { warmUps: 5, images: 50, limitMs: 1000 };

/**
 * Validation images of a dataset with folds are those of all folds, each seen by the member of the ensemble that did not learn
 * from it.
 *
 * @throws StageError when the split is empty, the model is of other classes or folds, or its answers are no numbers.
 */
export async function predictSplit(context: StageContext<unknown>, request: PredictRequest): Promise<SplitPredictions> {
  const dataset = openDataset(context.inputs.dataset ?? '');
  const { classes } = dataset.info;
  const isOutOfFold = request.split === 'validation' && foldsOf(dataset.samples).length > 0;
  const isAsked = (sample: Sample) =>
    isOutOfFold ? sample.fold !== undefined && isOriginal(sample) : sample.split === request.split;
  const inputs = await loadInputs(dataset, isAsked, context);
  if (inputs.samples.length === 0) throw emptySplit(request.split, dataset.samples);
  const backend = await openBackend({ threads: context.threads });
  context.provenance('backend', backend.provenance);
  const model = await openClassifier(context, backend, context.inputs.model ?? '');
  requireClasses(model.about.classes, classes);
  if (isOutOfFold) requireDivision(model.division, dataset.samples);
  const { batchSize } = request;
  const see = (images: Inputs) => (isOutOfFold ? model.seeOutOfFold(images, batchSize) : model.see(images, batchSize));
  const probabilities = await see(inputs);
  if (request.mirrored) {
    const mirrored = await see(flipImages(inputs));
    mirrored.forEach((p, i) => {
      probabilities[i] = ((probabilities[i] as number) + p) / 2;
    });
  }
  if (request.timed) {
    const one = selectInputs(inputs, [0]);
    context.provenance('latencyMs', await timeSingle(() => model.seeAnew(one, 1)));
  }
  await model.close();
  if (probabilities.some(Number.isNaN)) {
    throw new StageError("the model's predictions are not numbers", {
      code: 'E0851',
      hint: 'train it again with a smaller `optimizer.learningRate`',
    });
  }
  const { parameters, weightBytes } = model;
  return { dataset, inputs, probabilities, isOutOfFold, parameters, weightBytes };
}

function emptySplit(split: string, samples: readonly Sample[]): StageError {
  const hint =
    foldsOf(samples).length > 0
      ? 'with: { split: validation }   (all images of the folds, each seen by the training that left it out)'
      : 'put a `split` stage before `train`';
  return new StageError(`the dataset has no ${split} images`, { code: 'E0807', hint });
}

function requireClasses(known: readonly string[], classes: readonly string[]): void {
  if (known.join('\n') === classes.join('\n')) return;
  throw new StageError(`the model knows the classes ${known.join(', ')}, the dataset has ${classes.join(', ')}`, {
    code: 'E0810',
    hint: 'evaluate with the dataset the model was trained on',
  });
}

/** A member that learned from an image must not be asked about it as if it had not. */
function requireDivision(division: string | null, samples: readonly Sample[]): void {
  if (division === divisionOf(samples)) return;
  const found =
    division === null ? 'the model was fitted to all folds at once' : 'the model was trained on other folds';
  throw new StageError(`${found}: of the images of these folds nothing can be measured with it`, {
    code: 'E0810',
    hint: division === null ? 'with: { split: test }' : 'evaluate with the dataset the model was trained on',
  });
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
