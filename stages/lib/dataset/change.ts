/** What is done to images of a dataset, as a job that any thread can do. */
import type { Json } from '../../../src/sdk/index.ts';
import { decodeImage, encodePng, type Raster, useImage } from '../image/raster.ts';
import type { PoolWork } from '../threads/pool.ts';
import { pixelsDigest } from './write-dataset.ts';

/** An image of a dataset, as plain data: the path of its file, or its pixels. */
export type ImageSource = string | Raster;

/** An image, and each of the things that are made of it. */
export interface ChangePart<Step = Json> {
  readonly image: ImageSource;
  readonly steps: readonly Step[];
}

export interface ChangeJob<Step = Json> {
  readonly parts: readonly ChangePart<Step>[];
  readonly as: 'png' | 'pixels';
}

/** What was made for each step of each part, in order, in one block: so it goes from thread to thread at once. */
export interface Changed {
  /** PNG files, or pixels row by row. */
  readonly bytes: Uint8Array;
  /** Where each ends in it. */
  readonly ends: readonly number[];
  /** Of pixels; none of files. */
  readonly digests: readonly string[];
}

export type Change<Step = Json> = PoolWork<ChangeJob<Step>, Changed>;

/** Makes the function that a stage and its script share of what the stage does with pixels. */
export function changing<Step>(apply: (raster: Raster, step: Step) => Raster | Promise<Raster>): Change<Step>['run'] {
  return async ({ parts, as }) => {
    const made: Uint8Array[] = [];
    for (const { image, steps } of parts) {
      const raster = await readImage(image);
      for (const step of steps) {
        const changed = await apply(raster, step);
        made.push(as === 'png' ? await encodePng(changed) : changed.data);
      }
    }
    return { ...joined(made), digests: as === 'pixels' ? made.map(pixelsDigest) : [] };
  };
}

function joined(made: readonly Uint8Array[]): Pick<Changed, 'bytes' | 'ends'> {
  let end = 0;
  const ends = made.map(({ length }) => {
    end += length;
    return end;
  });
  const [only] = made;
  if (made.length === 1 && only !== undefined) return { bytes: only, ends };
  const bytes = new Uint8Array(end);
  made.forEach((each, i) => {
    bytes.set(each, (ends[i] as number) - each.length);
  });
  return { bytes, ends };
}

/** Gives the pixels to `use`, which keeps none of them and waits for nothing. @throws Error that says why when the file is damaged. */
export async function useSource<Result>(image: ImageSource, use: (raster: Raster) => Result): Promise<Result> {
  return typeof image === 'string' ? useImage(image, use) : use(image);
}

/** @throws Error that says why when the file is damaged. */
export async function readImage(image: ImageSource): Promise<Raster> {
  return typeof image === 'string' ? decodeImage(image) : image;
}
