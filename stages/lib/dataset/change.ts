/** What is done to one image of a dataset, as a job that any thread can do. */
import type { Json } from '../../../src/sdk/index.ts';
import { decodeImage, encodePng, type Raster } from '../image/raster.ts';
import type { PoolWork } from '../threads/pool.ts';

/** An image of a dataset, as plain data: the path of its file, or its pixels. */
export type ImageSource = string | Raster;

export interface ChangeJob<Step = Json> {
  readonly image: ImageSource;
  readonly step: Step;
  readonly as: 'png' | 'pixels';
}

/** Gives the bytes of a PNG file, or pixels row by row. */
export type Change<Step = Json> = PoolWork<ChangeJob<Step>, Uint8Array>;

/** Makes the function that a stage and its script share of what the stage does with pixels. */
export function changing<Step>(apply: (raster: Raster, step: Step) => Raster | Promise<Raster>): Change<Step>['run'] {
  return async ({ image, step, as }) => {
    const changed = await apply(await readImage(image), step);
    return as === 'png' ? encodePng(changed) : changed.data;
  };
}

/** @throws Error that says why when the file is damaged. */
export async function readImage(image: ImageSource): Promise<Raster> {
  return typeof image === 'string' ? decodeImage(image) : image;
}
