/** Intervals of a share, and of the difference of two shares counted on the same samples. */
import { wilsonInterval } from '../../base/wilson.ts';
import { type Interval, Z_95 } from './interval.ts';
import { solveDecreasing } from './special-functions.ts';

/** Wilson's score interval of `hits` of `total`; see `wilsonInterval`. */
export function wilson(hits: number, total: number, z = Z_95): Interval {
  const [low, high] = wilsonInterval(hits, total, z);
  return { low, high };
}

/**
 * Tango's score interval of (gained - lost) / total (T. Tango, Statistics in Medicine 17, 1998): the differences that
 * McNemar's test without correction would not reject. Holds its level for few samples, where Wald's interval does not.
 *
 * @param gained  samples the second got right and the first wrong.
 * @param lost    samples the first got right and the second wrong.
 */
export function pairedDifference(gained: number, lost: number, total: number, z = Z_95): Interval {
  if (total === 0) return { low: -1, high: 1 };
  const score = (delta: number) => tangoScore(gained, lost, total, delta);
  const difference = (gained - lost) / total;
  // The score falls as delta grows and is 0 at the difference itself.
  const low = difference <= -1 ? -1 : solveDecreasing((delta) => score(delta) - z, -1, difference);
  const high = difference >= 1 ? 1 : solveDecreasing((delta) => score(delta) + z, difference, 1);
  return { low, high };
}

function tangoScore(gained: number, lost: number, total: number, delta: number): number {
  const a = 2 * total;
  const b = -gained - lost + (2 * total - gained + lost) * delta;
  const c = -lost * delta * (1 - delta);
  const q = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = total * (2 * q + delta * (1 - delta));
  const distance = gained - lost - total * delta;
  if (variance <= 0) return distance === 0 ? 0 : distance > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return distance / Math.sqrt(variance);
}
