/** Works on many images with a few in flight; results keep the order of the images. */
import type { StageContext } from '../../src/sdk/index.ts';

/** One is worked on by each thread and one lies ready for it, while the results of others are put away. */
const IN_FLIGHT_PER_THREAD = 4;
const LONGEST_TURN_MS = 50;

/**
 * Reports progress, and looks at the context's signal before every image: after it aborts no further one is started and the
 * call rejects with its reason. Nor is one started after an error of another.
 */
export async function mapImages<Item, Result>(
  context: Pick<StageContext, 'threads' | 'signal' | 'progress'>,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  let done = 0;
  let turnStartedMs = performance.now();

  async function lane(): Promise<void> {
    while (next < items.length) {
      // Images that are all in the cache never wait for anything: without this an interruption would not come through.
      if (performance.now() - turnStartedMs > LONGEST_TURN_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        turnStartedMs = performance.now();
      }
      context.signal.throwIfAborted();
      if (next >= items.length) return;
      const index = next++;
      try {
        results[index] = await work(items[index] as Item, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
      context.progress(++done, items.length, 'images');
    }
  }

  const lanes = Math.min(context.threads * IN_FLIGHT_PER_THREAD, items.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
