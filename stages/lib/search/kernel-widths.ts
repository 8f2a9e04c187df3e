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
 * @param order    0 to m - 1 from the lowest place to the highest, equal ones from the oldest.
 */
export function kernelWidths(centres: Float64Array, order: Uint32Array, low: number, high: number): KernelWidths {
  const m = centres.length;
  const narrowest = (high - low) / Math.min(100, 2 + m);
  const widths = new Float64Array(m);
  const classOf = new Uint32Array(m);
  let classes = 0;
  let value = Number.NaN;
  let left = Number.NaN;
  let next = m > 0 ? (centres[order[0] as number] as number) : high;

  for (let rank = 0; rank < m; rank++) {
    const place = order[rank] as number;
    left = rank === 0 ? low : value;
    value = next;
    next = rank === m - 1 ? high : (centres[order[rank + 1] as number] as number);
    let width = Math.max(value - left, next - value);
    if (m >= 2 && rank === 0) width = next - value;
    if (m >= 2 && rank === m - 1) width = value - left;
    widths[place] = Math.min(high - low, Math.max(narrowest, width));
    const isAsBefore = rank > 0 && left === value && widths[place] === widths[order[rank - 1] as number];
    if (!isAsBefore) classes++;
    classOf[place] = classes - 1;
  }
  return { widths, classOf, classes };
}
