/** Which outputs have their bytes in the store, so that going back to an earlier result needs no run. */
import type { Output } from '../config/stage.ts';

/**
 * As in DVC: `cache: false` keeps a plain output out of the store, because it is large or belongs to something else. Metrics
 * and plots with it are small files that are committed: in place they stay plain files, but the store has a copy.
 */
export function isKept(output: Output): boolean {
  return output.cache || output.role !== 'artifact';
}
