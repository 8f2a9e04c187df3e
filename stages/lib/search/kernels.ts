/** What the kernels of one dimension can do; those of a number and of a choice are in files of their own. */
import type { Random } from '../../../src/sdk/index.ts';

export interface Kernels {
  /** A code drawn from kernel `kernel`. */
  draw(kernel: number, random: Random): number;
  /** Adds to `sums[k]` the logarithm of the density of kernel k at `code`. */
  addLogDensities(code: number, sums: Float64Array): void;
}
