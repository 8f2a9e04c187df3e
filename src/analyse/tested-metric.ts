/** A metric of two models with what a test says of the difference: the form all tests of predictions answer in. */
import type { Measured, Tested } from '../generated/diff.ts';

export interface TestedMetric {
  readonly name: string;
  readonly first: Measured;
  readonly second: Measured;
  readonly difference: number;
  /** `corrected` is still the p itself: how many comparisons there are is known only to the whole. */
  readonly tested: Tested;
}
