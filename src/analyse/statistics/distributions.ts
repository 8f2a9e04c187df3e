/** Tails and quantiles of Student's t, F, chi-square with one degree of freedom, and the binomial with chance one half. */
import { incompleteBeta, logGamma, normalSurvival, solveDecreasing } from './special-functions.ts';

/** Chance of a value at least as far from 0 as t, on both sides. `degrees` > 0, not always whole (Welch). */
export function studentTwoSided(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that is exceeded in absolute value with chance 1 - level: 2.776 for level 0.95 and 4 degrees. */
export function studentQuantile(level: number, degrees: number): number {
  return solveDecreasing((t) => studentTwoSided(t, degrees) - (1 - level), 0, 1e6);
}

/** Chance of an F value above f. */
export function fSurvival(f: number, numerator: number, denominator: number): number {
  return incompleteBeta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
}

/** Chance of a chi-square value with one degree of freedom above x. */
export function chiSquareOneSurvival(x: number): number {
  return 2 * normalSurvival(Math.sqrt(x));
}

/** Chance of exactly k heads in n throws of a fair coin. */
export function fairBinomial(k: number, n: number): number {
  return Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
}

/** Chance of at most k heads in n throws of a fair coin. */
export function fairBinomialAtMost(k: number, n: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : incompleteBeta(0.5, n - k, k + 1);
}
