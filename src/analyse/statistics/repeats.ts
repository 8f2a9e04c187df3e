/**
 * Tests for scores of models that were trained several times: with several seeds, over folds, or in 5 x 2 cross-validation.
 *
 * Folds share training samples, so their scores are no independent draws: the ordinary paired t test finds differences that
 * are not there. The corrections below are the published answers to that.
 */
import { fSurvival, studentQuantile, studentTwoSided } from './distributions.ts';
import { type Interval, LEVEL, type TestedDifference } from './interval.ts';

export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (divided by count - 1); null for a single value. */
  readonly sd: number | null;
  /** Student interval of the mean; null for a single value. */
  readonly interval: Interval | null;
}

/**
 * @param testShare  of folds, test samples by training samples: their scores are no independent draws, and the interval of the mean
 *                   is as wide as that of `correctedResampledT`. @throws RangeError for no values.
 */
export function spreadOf(values: readonly number[], testShare = 0): Spread {
  const count = values.length;
  if (count === 0) throw new RangeError('no values have no mean');
  const mean = values.reduce((sum, each) => sum + each, 0) / count;
  if (count === 1) return { count, mean, sd: null, interval: null };
  const sd = Math.sqrt(sampleVariance(values, mean));
  const half = studentQuantile(LEVEL, count - 1) * sd * Math.sqrt(1 / count + testShare);
  return { count, mean, sd, interval: { low: mean - half, high: mean + half } };
}

/** Difference of two means, variances not taken for equal (B. L. Welch, 1947). Null unless both have two values or more. */
export function welch(first: readonly number[], second: readonly number[]): TestedDifference | null {
  if (first.length < 2 || second.length < 2) return null;
  const [a, b] = [spreadOf(first), spreadOf(second)];
  const shareA = (a.sd ?? 0) ** 2 / a.count;
  const shareB = (b.sd ?? 0) ** 2 / b.count;
  const degrees = (shareA + shareB) ** 2 / (shareA ** 2 / (a.count - 1) + shareB ** 2 / (b.count - 1));
  return fromT(b.mean - a.mean, Math.sqrt(shareA + shareB), degrees, 'welch-t');
}

/**
 * One value against several: whether it could be one more of them (J. R. Crawford, D. C. Howell, The Clinical
 * Neuropsychologist 12, 1998). Takes for granted that the one would vary as they do, had it been repeated.
 *
 * @returns  the mean of `several` minus `one`, with the interval; null for fewer than two.
 */
export function oneAgainstSeveral(one: number, several: readonly number[]): TestedDifference | null {
  if (several.length < 2) return null;
  const { count, mean, sd } = spreadOf(several);
  return fromT(mean - one, (sd ?? 0) * Math.sqrt(1 + 1 / count), count - 1, 'one-against-several-t');
}

/** Two recipes by the scores of their trainings: Welch's test, or one training against several. Null for one and one. */
export function compareSeeds(first: readonly number[], second: readonly number[]): TestedDifference | null {
  const [a, b] = [first[0], second[0]];
  if (first.length === 1 && a !== undefined) return oneAgainstSeveral(a, second);
  if (second.length > 1 || b === undefined) return welch(first, second);
  const made = oneAgainstSeveral(b, first);
  return made === null ? null : { ...made, difference: -made.difference, low: -made.high, high: -made.low };
}

/** Ordinary paired t test: for differences that are independent of each other, such as the losses of single samples. */
export function pairedT(differences: readonly number[] | Float64Array): TestedDifference | null {
  const count = differences.length;
  if (count < 2) return null;
  let sum = 0;
  for (const each of differences) sum += each;
  const mean = sum / count;
  return fromT(mean, Math.sqrt(sampleVariance(differences, mean) / count), count - 1, 'paired-t');
}

/**
 * Corrected resampled t test (C. Nadeau, Y. Bengio, Machine Learning 52, 2003).
 *
 * @param differences  second minus first, of each fold or repetition, on the same splits.
 * @param testShare    test samples by training samples: 1 / (k - 1) for k folds.
 */
export function correctedResampledT(differences: readonly number[], testShare: number): TestedDifference | null {
  const count = differences.length;
  if (count < 2) return null;
  const mean = differences.reduce((sum, each) => sum + each, 0) / count;
  const variance = sampleVariance(differences, mean) * (1 / count + testShare);
  return fromT(mean, Math.sqrt(variance), count - 1, 'corrected-resampled-t');
}

/**
 * Combined 5 x 2 cross-validated F test (E. Alpaydin, Neural Computation 11, 1999).
 *
 * @param differences  of each of five repetitions the two folds' differences.
 * @returns            F and its p, with 10 and 5 degrees of freedom. All differences equal: F is infinite, or 0 when all are 0.
 */
export function fiveByTwoF(differences: readonly (readonly [number, number])[]): {
  readonly f: number;
  readonly p: number;
} {
  if (differences.length !== 5) throw new RangeError(`${differences.length} repetitions, expected 5`);
  let squares = 0;
  let variances = 0;
  for (const [a, b] of differences) {
    const mean = (a + b) / 2;
    squares += a * a + b * b;
    variances += (a - mean) ** 2 + (b - mean) ** 2;
  }
  if (variances === 0) return squares === 0 ? { f: 0, p: 1 } : { f: Number.POSITIVE_INFINITY, p: 0 };
  const f = squares / (2 * variances);
  return { f, p: fSurvival(f, 10, 5) };
}

function fromT(difference: number, error: number, degrees: number, test: TestedDifference['test']): TestedDifference {
  // No spread at all: the difference is what it is, and certain as far as these values can tell.
  if (error === 0) return { difference, low: difference, high: difference, p: difference === 0 ? 1 : 0, test };
  const half = studentQuantile(LEVEL, degrees) * error;
  return {
    difference,
    low: difference - half,
    high: difference + half,
    p: studentTwoSided(difference / error, degrees),
    test,
  };
}

function sampleVariance(values: readonly number[] | Float64Array, mean: number): number {
  let sum = 0;
  for (const each of values) sum += (each - mean) ** 2;
  return sum / (values.length - 1);
}
