/**
 * Cross-validation: one training for each fold, on all images but the fold's, measured on the fold's originals.
 *
 * All of them begin with the same weights and take their random numbers from the same streams, as the trainings of a trial of a
 * search do: they differ by their images alone. What is killed goes on from the checkpoints; a training that had ended is
 * loaded, not done again.
 */
import path from 'node:path';
import { type StageContext, StageError } from '../../src/sdk/index.ts';
import type { Backend } from '../lib/backend/open-backend.ts';
import { foldsOf, trainsWithout, validatesIn } from '../lib/dataset/folds.ts';
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import type { MetricName } from '../lib/metrics/classification.ts';
import { divisionOf, writeEnsemble } from '../lib/training/ensemble-file.ts';
import { loadInputs, selectInputs } from '../lib/training/inputs.ts';
import { measureInputs } from '../lib/training/measure-model.ts';
import { saveModel } from '../lib/training/model-file.ts';
import { goalOfColumn } from '../lib/training/monitor.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import { tellProgress } from './tell-progress.ts';
import { type TrainedMember, trainMember } from './train-member.ts';

/** What is left of a training once its model is saved. */
export interface FoldResult extends Omit<TrainedMember, 'model' | 'normalization' | 'probabilities'> {
  readonly fold: number;
  /** Originals it was measured on. */
  readonly images: number;
}

export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  /** The one whose kept weights are best by the monitored metric. */
  readonly best: FoldResult;
  /** What is in front of all of them is given the same values by all. */
  readonly isSeenOnce: boolean;
  /** Of all originals, each as the training that left it out sees it. */
  readonly outOfFold: Readonly<Partial<Record<MetricName, number>>>;
  readonly images: number;
}

/** Where the state of a training is kept. */
export function foldCheckpoint(folder: string, fold: number): string {
  return path.join(folder, `training-fold-${fold}`);
}

/** Writes the models, too. */
export async function trainFolds(
  context: StageContext<unknown>,
  backend: Backend,
  settings: TrainSettings,
  dataset: Dataset,
): Promise<CrossValidation> {
  const { outputs } = context;
  const { info } = dataset;
  const classes = info.classes.length;
  const all = await loadInputs(dataset, ({ fold }) => fold !== undefined, context);
  const numbers = foldsOf(all.samples);
  const folder = outputs.model ?? '';
  const folds: FoldResult[] = [];
  const asked: number[] = [];
  const answers: Float32Array[] = [];
  const normalizations = new Set<string>();
  for (const [place, fold] of numbers.entries()) {
    const places = [...all.samples.entries()];
    const held = places.flatMap(([i, sample]) => (validatesIn(fold, sample) ? [i] : []));
    const learned = places.flatMap(([i, sample]) => (trainsWithout(fold, sample) ? [i] : []));
    if (held.length === 0 || learned.length === 0) throw emptyFold(fold, numbers.length);
    const { model, normalization, probabilities, ...trained } = await trainMember(context, backend, settings, {
      info,
      train: selectInputs(all, learned),
      validation: selectInputs(all, held),
      checkpoint: foldCheckpoint(context.checkpoints, fold),
      initial: place === 0 ? (outputs.initial ?? '') : null,
      tell: tellProgress(context, { place, of: numbers.length }),
    });
    const about = { task: info.task, classes: info.classes, normalization };
    await saveModel(backend, model, about, path.join(folder, memberPath(fold)));
    model.dispose();
    normalizations.add(JSON.stringify(normalization));
    folds.push({ ...trained, fold, images: held.length });
    asked.push(...held);
    answers.push(probabilities);
  }
  const members = numbers.map((fold) => ({ path: memberPath(fold), fold }));
  writeEnsemble(folder, divisionOf(dataset.samples), members);
  const pooled = new Float32Array(asked.length * classes);
  let end = 0;
  for (const some of answers) {
    pooled.set(some, end);
    end += some.length;
  }
  return {
    folds,
    best: bestOf(folds, settings),
    isSeenOnce: normalizations.size === 1,
    outOfFold: measureInputs(selectInputs(all, asked), classes, pooled),
    images: asked.length,
  };
}

function memberPath(fold: number): string {
  return `fold-${fold}`;
}

function emptyFold(fold: number, folds: number): StageError {
  return new StageError(`of the ${folds} folds, number ${fold} leaves no image to learn from or to be measured on`, {
    code: 'E0807',
    hint: 'put stages that leave out images before `split`',
  });
}

function bestOf(folds: readonly FoldResult[], { earlyStopping }: TrainSettings): FoldResult {
  const column = earlyStopping?.monitor ?? 'validation.loss';
  const sign = goalOfColumn(column) === 'minimize' ? 1 : -1;
  const scoreOf = ({ kept }: FoldResult) => sign * (kept[column] ?? Number.NaN);
  const [first, ...others] = folds;
  if (first === undefined) throw new Error('a dataset with folds has none');
  return others.reduce(
    (best, each) => (scoreOf(each) < scoreOf(best) || Number.isNaN(scoreOf(best)) ? each : best),
    first,
  );
}
