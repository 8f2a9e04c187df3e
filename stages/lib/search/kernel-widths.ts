/** How wide the kernel of each observation of a number is: as wide as its neighbours are far. */

export interface KernelWidths {
  /** Standard deviations, in the order of the observations. */
  readonly widths: Float64Array;
  /** Observations of one class have equal values and equal widths. */
  readonly classOf: Uint32Array;
  readonly classes: number;
}

/**
 * Of each observation the larger gap to its two neighbours, the ends of the range being neighbours, too.
 *
 * The outermost two look inwards only when there are two or more. Kept from (high - low) / min(100, 1 + K) to high - low,
 * where K counts the kernels with the prior ("magic clip"). Of equal observations the oldest counts as the leftmost.
 *
 * @param centres  m places from low to high, oldest first.
 */
export function kernelWidths(centres: Float64Array, low: number, high: number): KernelWidths {
  const m = centres.length;
  // Sorted by value alone, which is much faster than sorting places by what lies there.
  const sorted = centres.slice().sort();
  const narrowest = (high - low) / Math.min(100, 2 + m);
  const widths = new Float64Array(m);
  const classOf = new Uint32Array(m);
  const seen = new Uint32Array(m);
  const classAt = new Int32Array(3 * m).fill(-1);
  let classes = 0;

  for (let i = 0; i < m; i++) {
    const value = centres[i] as number;
    const first = firstPlace(sorted, value);
    const rank = first + (seen[first] as number);
    seen[first] = (seen[first] as number) + 1;
    const left = value - (rank === 0 ? low : (sorted[rank - 1] as number));
    const right = (rank === m - 1 ? high : (sorted[rank + 1] as number)) - value;
    let width = Math.max(left, right);
    if (m >= 2 && rank === 0) width = right;
    if (m >= 2 && rank === m - 1) width = left;
    widths[i] = Math.min(high - low, Math.max(narrowest, width));

    // Among equals only the first and the last have a gap, so there are three kinds at most.
    const kind = rank === first ? 0 : right === 0 && rank < m - 1 ? 1 : 2;
    const slot = 3 * first + kind;
    if (classAt[slot] === -1) classAt[slot] = classes++;
    classOf[i] = classAt[slot] as number;
  }
  return { widths, classOf, classes };
}

/** The place of the first value that is not below `value`. */
function firstPlace(sorted: Float64Array, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
