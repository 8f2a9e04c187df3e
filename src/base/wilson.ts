/**
 * Wilson's score interval for a proportion (E. B. Wilson, 1927): honest for few samples and near 0 and 1.
 *
 * One place for stages, which measure, and for comparisons of what they measured.
 */

/** Standard normal quantile at 0.975. */
const Z_95 = 1.959963984540054;

/** 95 % interval for `hits` of `total`. For no samples at all it is 0 to 1. */
export function wilsonInterval(hits: number, total: number, z = Z_95): [low: number, high: number] {
  if (total === 0) return [0, 1];
  const share = hits / total;
  const z2 = z * z;
  const centre = (share + z2 / (2 * total)) / (1 + z2 / total);
  const half = (z * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total * total))) / (1 + z2 / total);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
