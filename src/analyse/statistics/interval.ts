/** What every interval here is: two bounds around a value, at 95 % unless another level is said. */
import type { Tested } from '../../generated/diff.ts';

/** Chance with which the intervals of this module hold. */
export const LEVEL = 0.95;
/** Standard normal quantile at 0.975. */
export const Z_95 = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A difference with its interval and the chance of one at least as large if nothing but chance were at work. */
export interface TestedDifference extends Interval {
  /** Second minus first. */
  readonly difference: number;
  readonly p: number;
  readonly test: Tested['test'];
}
