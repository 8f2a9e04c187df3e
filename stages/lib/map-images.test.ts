import { expect, test } from 'vitest';
import { mapImages } from './map-images.ts';

function context(signal = new AbortController().signal) {
  const progress: number[] = [];
  return { threads: 2, signal, progress: (done: number) => void progress.push(done), seen: progress };
}

test('results keep the order of the images whatever finishes first, and progress only grows', async () => {
  const items = Array.from({ length: 30 }, (_, i) => i);
  const given = context();
  const results = await mapImages(given, items, async (item) => {
    for (let turns = (item * 7) % 5; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
  expect(given.seen).toEqual(items.map((item) => item + 1));
});

test('after an abort no further image is started', async () => {
  const controller = new AbortController();
  let started = 0;
  const work = mapImages(context(controller.signal), new Array<number>(100).fill(0), async () => {
    if (++started === 10) controller.abort(new Error('interrupted'));
  });
  await expect(work).rejects.toThrow('interrupted');
  expect(started).toBe(10);
});

test('after an error no further image is started', async () => {
  let started = 0;
  const work = mapImages(context(), new Array<number>(100).fill(0), async () => {
    const own = ++started;
    await new Promise((resolve) => setImmediate(resolve));
    if (own === 3) throw new Error('damaged');
  });
  await expect(work).rejects.toThrow('damaged');
  for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(started).toBeLessThan(20);
});

test('an abort comes through though no image ever waits', async () => {
  const controller = new AbortController();
  let started = 0;
  // Each image takes a moment of computing and none of waiting; the timer can only fire when the loop gives way.
  const work = mapImages(context(controller.signal), new Array<number>(100_000).fill(0), async () => {
    if (++started === 1) setTimeout(() => controller.abort(new Error('interrupted')), 0);
    for (const until = performance.now() + 1; performance.now() < until; );
  });
  await expect(work).rejects.toThrow('interrupted');
  expect(started).toBeLessThan(100_000);
});
