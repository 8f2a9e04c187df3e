/** What the kernels of one dimension can do; those of a number and of a choice are in files of their own. */
import type { Random } from '../../../src/sdk/index.ts';

export interface Kernels {
  /** A code drawn from kernel `kernel`. */
  draw(kernel: number, random: Random): number;
  /** Of each kernel a value its log density nowhere exceeds. */
  readonly peaks: Float64Array;
  /** Logarithm of the density of a kernel at `code`. */
  logDensity(kernel: number, code: number): number;
  /**
   * To sums of log densities over several dimensions adds this one's at `code`, less the peaks the sums begin with. Kernels
   * whose sum falls below `floor` may be dropped: far ones are not worth computing.
   *
   * @param kept   which kernels the first `count` sums are of. Those that stay are moved to the front, like their sums.
   * @returns how many stay.
   */
  addTo(sums: Float64Array, kept: Uint32Array, count: number, code: number, floor: number): number;
}
