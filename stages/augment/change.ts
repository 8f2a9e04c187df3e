/** What this stage does to the image of one copy, here or in a thread. */
import { applyOperations } from '../lib/augment/apply.ts';
import type { Operations } from '../lib/augment/draw.ts';
import { type Change, changing } from '../lib/dataset/change.ts';

export const CHANGE: Change<Operations> = {
  script: new URL('./worker.ts', import.meta.url),
  run: changing(applyOperations),
};
