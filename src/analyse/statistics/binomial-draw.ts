/** Random counts: how many of n throws succeed, drawn without throwing n times. */
import type { Random } from '../../base/random.ts';

/** From so many expected successes on, rejection is faster than adding up waiting times. */
const REJECTION_FROM = 10;

/** A draw from the binomial distribution of n throws with chance p. */
export function drawBinomial(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(random, n, 1 - p);
  return n * p < REJECTION_FROM ? byWaiting(random, n, p) : byRejection(random, n, p);
}

/** Second waiting time method (L. Devroye, Non-Uniform Random Variate Generation, 1986, chapter X.4). */
function byWaiting(random: Random, n: number, p: number): number {
  const rate = Math.log1p(-p);
  let position = 0;
  for (let count = 0; ; count++) {
    position += Math.floor(Math.log(1 - random.uniform()) / rate) + 1;
    if (position > n) return count;
  }
}

/** Transformed rejection with squeeze, BTRS (W. Hörmann, Journal of Statistical Computation and Simulation 46, 1993). */
function byRejection(random: Random, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const height = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= vr) return k;
    const bound = height - logFactorial(k) - logFactorial(n - k) + (k - mode) * odds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

const HALF_LOG_TWO_PI = 0.9189385332046727;
const SMALL_FACTORIALS = Float64Array.from({ length: 16 }, (_, n) => {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return Math.log(product);
});
/** Of counts up to here the value is kept once computed: a bootstrap asks for the same few thousand again and again. */
const MOST_KEPT = 1 << 17;
let kept = new Float64Array(0);

/** Stirling's series with two terms: right to 1e-9 from 16 on, which no draw can tell from the exact value. */
function logFactorial(n: number): number {
  if (n < SMALL_FACTORIALS.length) return SMALL_FACTORIALS[n] as number;
  if (n >= MOST_KEPT) return stirling(n);
  if (kept.length === 0) kept = new Float64Array(MOST_KEPT);
  const known = kept[n] as number;
  if (known !== 0) return known;
  const made = stirling(n);
  kept[n] = made;
  return made;
}

function stirling(n: number): number {
  return (n + 0.5) * Math.log(n) - n + HALF_LOG_TWO_PI + 1 / (12 * n) - 1 / (360 * n * n * n);
}
