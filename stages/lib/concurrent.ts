/** Works on many items with a few in flight; results keep the order of the items. */

/**
 * @param inFlight  how many are worked on at once.
 * @param signal    when it aborts no further item is started and the call rejects with its reason.
 */
export async function mapConcurrent<Item, Result>(
  items: readonly Item[],
  inFlight: number,
  signal: AbortSignal,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      signal.throwIfAborted();
      const index = next++;
      results[index] = await work(items[index] as Item, index);
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, lane));
  return results;
}
