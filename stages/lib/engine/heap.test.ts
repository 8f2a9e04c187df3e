import { expect, test } from 'vitest';
import { Heap } from './heap.ts';

const MEGABYTE = 1_000_000;

test('blocks never overlap, whatever is taken and released in between', () => {
  const heap = new Heap(65_536);
  const held = new Map<number, number>();
  let state = 1;
  const draw = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  for (let i = 0; i < 3000; i++) {
    if (held.size > 40 || (held.size > 0 && draw(3) === 0)) {
      const [address] = [...held.keys()].slice(draw(held.size)) as [number];
      heap.release(address);
      held.delete(address);
    } else {
      const bytes = draw(2) === 0 ? 1 + draw(5000) : 1 + draw(500_000);
      held.set(heap.allocate(bytes), bytes);
    }
  }
  const places = [...held].sort(([a], [b]) => a - b);
  for (const [i, [address, bytes]] of places.entries()) {
    expect(address % 64).toBe(0);
    expect(address + bytes).toBeLessThanOrEqual(places[i + 1]?.[0] ?? heap.memory.buffer.byteLength);
  }
});

test('released ranges grow together, so sizes may change without more memory', () => {
  const heap = new Heap(65_536);
  const blocks = Array.from({ length: 20 }, () => heap.allocate(MEGABYTE));
  const before = heap.memory.buffer.byteLength;
  for (const each of blocks) heap.release(each);
  expect(heap.usedBytes).toBe(0);
  heap.release(heap.allocate(19 * MEGABYTE));
  expect(heap.memory.buffer.byteLength).toBe(before);
});

test('a full heap is told with what is in use and what was wanted', () => {
  const heap = new Heap(65_536, 32 * MEGABYTE);
  heap.allocate(14 * MEGABYTE);
  heap.allocate(10 * MEGABYTE);
  expect(() => heap.allocate(12 * MEGABYTE)).toThrow(
    expect.objectContaining({
      code: 'E1100',
      message: "the engine's 32 MB are full: 24 MB in use, 12 MB more wanted",
      hint: 'halve `batchSize`',
    }),
  );
});

test('a tensor that no heap could hold is told apart', () => {
  const heap = new Heap(65_536, 32 * MEGABYTE);
  expect(() => heap.allocate(40 * MEGABYTE)).toThrow(
    expect.objectContaining({ code: 'E1101', message: 'one tensor of 40 MB, where the engine has 32 MB for all' }),
  );
});
