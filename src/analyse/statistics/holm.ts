/** Holm's step-down correction: p-values of several comparisons, so that one false alarm among them has the stated chance. */

/**
 * Corrected p-values in the order given (S. Holm, Scandinavian Journal of Statistics 6, 1979). Null stands for a comparison
 * without a test: it counts for nothing and stays null.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const order = ps
    .map((p, place) => ({ p, place }))
    .filter((each): each is { p: number; place: number } => each.p !== null)
    .sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = ps.map(() => null);
  let largest = 0;
  order.forEach(({ p, place }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (order.length - rank)));
    corrected[place] = largest;
  });
  return corrected;
}
