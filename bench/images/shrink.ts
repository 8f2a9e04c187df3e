/** What is measured of one file, here or in a thread: decoding, resizing, and evening out in grey. */
import { equalizeContrast } from '../../stages/lib/image/clahe.ts';
import { toGray } from '../../stages/lib/image/luma.ts';
import { type Raster, useImage } from '../../stages/lib/image/raster.ts';
import { resizeImage } from '../../stages/lib/image/resize.ts';
import type { PoolWork } from '../../stages/lib/threads/pool.ts';

export interface Shrink {
  readonly file: string;
  readonly side: number;
  readonly isEven: boolean;
}

export const SHRINKING: PoolWork<Shrink, Raster> = {
  script: new URL('./worker.ts', import.meta.url),
  run: ({ file, side, isEven }) =>
    useImage(file, (raster) => {
      const small = resizeImage(raster, side, side);
      return isEven ? equalizeContrast(toGray(small), 2, 8) : small;
    }),
};
