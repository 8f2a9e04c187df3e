/** Statistics of the comparison. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The one-sided Mann-Whitney test: how likely `a` would exceed `b` this much if both were of one distribution.
 *
 * Normal approximation with corrections for ties and continuity, as scipy's `mannwhitneyu(a, b, alternative='greater',
 * method='asymptotic')`.
 */
export function exceeds(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, mine: true })), ...b.map((value) => ({ value, mine: false }))];
  all.sort((x, y) => x.value - y.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const size = to - from;
    ties += size ** 3 - size;
    for (let i = from; i < to; i++) if (all[i]?.mine) rankSum += (from + to + 1) / 2;
    from = to;
  }
  const [n, m, total] = [a.length, b.length, all.length];
  const u = rankSum - (n * (n + 1)) / 2;
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  return deviation === 0 ? 1 : upperTail((u - (n * m) / 2 - 0.5) / deviation);
}

/** P(Z > z) by Simpson's rule over the density; absolute error below 1e-12, relative below 1e-4 up to z = 8. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const [steps, width] = [2000, 12];
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = z + (width * i) / steps;
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-0.5 * x * x);
  }
  return (sum * width) / steps / 3 / Math.sqrt(2 * Math.PI);
}
