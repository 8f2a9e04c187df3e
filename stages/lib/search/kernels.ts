/** What the kernels of one dimension can do; those of a number and of a choice are in files of their own. */
import type { Random } from '../../../src/sdk/index.ts';

export interface Kernels {
  /** A code drawn from kernel `kernel`. */
  draw(kernel: number, random: Random): number;
  /** Of each kernel a value its log density nowhere exceeds. */
  readonly peaks: Float64Array;
  /**
   * Logarithm of the density of a kernel at `code`. Where that is below `floor`, anything between the two may be returned
   * instead: far kernels are not worth computing.
   */
  logDensity(kernel: number, code: number, floor: number): number;
  /** The same of all kernels at once, each added to its `base` and compared with `floor` as the sum. */
  addLogDensities(code: number, base: Float64Array, floor: number, sums: Float64Array): void;
}
