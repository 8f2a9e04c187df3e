/** Runs a frozen backbone over batches of images, by the fastest means that is there. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { StageContext } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import { loadCut } from '../models/backbone.ts';
import type { CutBackbone } from '../models/backbone-topology.ts';
import { foldNormalization } from './fold-normalization.ts';
import { openOnnxruntimePass } from './onnxruntime-pass.ts';

export interface FrozenPass {
  /** What computes, for the record. */
  readonly by: string;
  /** Images in every batch. */
  readonly batch: number;
  /** @param pixels  `batch` images, normalised. */
  run(pixels: Float32Array): Promise<Float32Array>;
  close(): void;
}

export interface FrozenWork {
  readonly cut: CutBackbone;
  /** Of an image. */
  readonly shape: readonly [number, number, number];
  /** End with the mean of each map. */
  readonly isPooled: boolean;
}

/** Filters are prepared once for each batch, so one image at a time would be slower; maps of many would not fit a small memory. */
const BATCH_IMAGES = 8;

/** @param context  told what computes. */
export async function openFrozenPass(
  context: Pick<StageContext, 'provenance' | 'threads'>,
  backend: Backend,
  work: FrozenWork,
): Promise<FrozenPass> {
  const pass = (await openOnnxruntimePass(work, context.threads)) ?? (await openBackendPass(backend, work));
  context.provenance('backbone', pass.by);
  return pass;
}

/** By the numeric backend. */
export async function openBackendPass(backend: Backend, { cut, shape, isPooled }: FrozenWork): Promise<FrozenPass> {
  const { tf } = backend;
  const model = await loadCut(backend, foldNormalization(cut));
  return {
    by: backend.name,
    batch: BATCH_IMAGES,
    async run(pixels) {
      const answer = tf.tidy(() => {
        const maps = model.apply(tf.tensor(pixels, [BATCH_IMAGES, ...shape])) as Tensor;
        return isPooled ? tf.mean(maps, [1, 2]) : maps;
      });
      const values = Float32Array.from(await answer.data());
      answer.dispose();
      return values;
    },
    close: () => model.dispose(),
  };
}
