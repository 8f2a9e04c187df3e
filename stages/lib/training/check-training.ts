/** Refuses a training that cannot go well, before anything is built for it. */
import os from 'node:os';
import { StageError } from '../../../src/sdk/index.ts';
import type { ModelSummary } from '../models/summarize.ts';
import { changesImages } from './augment-image.ts';
import type { Inputs } from './inputs.ts';
import type { TrainSettings } from './train-types.ts';

const MIB = 2 ** 20;
/** What a WebAssembly module of 32 bits can address. */
const WASM_MIB = 4096;
/** Weights are held as such, as gradients, as the optimiser's moments, and read out for the step. */
const COPIES_OF_WEIGHTS = 6;

/** What there is for tensors. */
export function heapMiB(backend: string): number {
  const machine = os.totalmem() / MIB;
  return backend === 'wasm' ? Math.min(WASM_MIB, machine) : machine;
}

/** @throws StageError when the images are of one class, or the network with a batch is larger than the heap. */
export function checkTraining(
  summary: ModelSummary,
  settings: TrainSettings,
  train: Inputs,
  availableMiB: number,
): void {
  if (settings.model.backbone !== null && train.features === undefined) {
    throw new StageError('settings of a search cannot bring a backbone of their own: no image was seen by it', {
      code: 'E0828',
      hint: 'with: { model: { backbone: { path: backbones/mobilenet-v1 } } }',
    });
  }
  if (train.features !== undefined && changesImages(settings.augment)) {
    throw new StageError(
      '`augment` changes images in every epoch, but what a backbone makes of them is computed once',
      {
        code: 'E0820',
        hint: 'put a stage `augment` before `train`',
      },
    );
  }
  if (train.truth === undefined && new Set(train.labels).size < 2) {
    throw new StageError(`all ${train.labels.length} train images are of one class`, {
      code: 'E0826',
      hint: 'see how many images of each class `split.csv` counts, and what `filter` left out',
    });
  }
  const { batchSize, inputMiB, forwardBackwardMiB, paramsMiB } = summary.memory;
  const perImage = (inputMiB + forwardBackwardMiB) / batchSize;
  const weights = COPIES_OF_WEIGHTS * paramsMiB;
  const images = Math.min(settings.batchSize, train.labels.length);
  const needed = weights + images * perImage;
  if (needed <= availableMiB) return;
  const fitting = Math.floor((availableMiB - weights) / perImage);
  throw new StageError(
    `training needs about ${Math.ceil(needed)} MiB, ${Math.ceil(weights)} for weights and ${Math.ceil(images * perImage)} for a batch of ${images}; there are ${Math.floor(availableMiB)}`,
    { code: 'E0825', hint: fitting >= 1 ? `with: { batchSize: ${fitting} }` : 'with: { model: { head: average } }' },
  );
}
