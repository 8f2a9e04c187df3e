/** What this stage does to one image, here or in a thread. */
import { type Change, changing } from '../lib/dataset/change.ts';
import { withChannels } from '../lib/image/raster.ts';
import { applyGeometry, type Geometry } from './geometry.ts';

export type Step = {
  readonly geometry: Geometry;
  /** Of the result: grey images among coloured ones get three equal ones. */
  readonly channels: 1 | 3;
};

export const CHANGE: Change<Step> = {
  script: new URL('./worker.ts', import.meta.url),
  run: changing((raster, { geometry, channels }) => withChannels(applyGeometry(raster, geometry), channels)),
};
