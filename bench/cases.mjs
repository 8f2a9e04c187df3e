/** Every case by the name it is asked for; each gets an empty folder and returns its rows. */
import { firstRun } from './cases/first-run.mjs';
import { images } from './cases/images.mjs';
import { largeFiles } from './cases/large-files.mjs';
import { memory } from './cases/memory.mjs';
import { tenLinear, tenThousandWide, thousandWide } from './cases/nothing-to-do.mjs';
import { smallFiles } from './cases/small-files.mjs';

/**
 * In the order of the table.
 *
 * @type {Record<string, (work: string, note: (text: string) => void) => import('./rows.mjs').Row[] | Promise<import('./rows.mjs').Row[]>>}
 */
export const CASES = {
  'linear-10': tenLinear,
  'wide-1000': thousandWide,
  'wide-10000': tenThousandWide,
  'first-1000': firstRun,
  'small-files': smallFiles,
  'large-files': largeFiles,
  images,
  memory,
};
