/**
 * Two checks of saliency maps.
 *
 * Randomisation (Adebayo et al., 2018): a map that stays the same when the network's weights are random shows the image's edges, not
 * what was learned. Deletion (Petsiuk et al., 2018): when the places a map points to are blanked first, the probability of the answer
 * must fall faster than when places are blanked in random order. Pure.
 */

/** Spearman's rank correlation; 0 when one of the maps is even. */
export function rankCorrelation(a: Float32Array, b: Float32Array): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const middle = (a.length - 1) / 2;
  let [both, ofX, ofY] = [0, 0, 0];
  x.forEach((rank, i) => {
    const [dx, dy] = [rank - middle, (y[i] as number) - middle];
    both += dx * dy;
    ofX += dx * dx;
    ofY += dy * dy;
  });
  return ofX === 0 || ofY === 0 ? 0 : both / Math.sqrt(ofX * ofY);
}

/** From 0; equal values share their mean rank. */
function ranksOf(values: Float32Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

/** Mean height of a curve of equally spaced points, by trapezoids. */
export function areaUnder(curve: readonly number[]): number {
  if (curve.length < 2) return curve[0] ?? 0;
  const inner = curve.slice(1, -1).reduce((sum, value) => sum + value, 0);
  return (inner + ((curve[0] as number) + (curve.at(-1) as number)) / 2) / (curve.length - 1);
}

/**
 * Which cells of a map are blanked after each step, most important first.
 *
 * @param importance  of each cell. @param steps  the last step blanks all of them.
 */
export function deletionOrder(importance: ArrayLike<number>, steps: number): number[][] {
  const order = Array.from({ length: importance.length }, (_, i) => i);
  order.sort((a, b) => (importance[b] as number) - (importance[a] as number) || a - b);
  return Array.from({ length: steps }, (_, step) => order.slice(0, Math.round(((step + 1) * order.length) / steps)));
}
