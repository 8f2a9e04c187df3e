import { afterEach, expect, test, vi } from 'vitest';
import { openEngine } from './testing.ts';

const { tf } = await openEngine();
afterEach(() => void vi.restoreAllMocks());

test('a kernel that only the cpu backend has says once that it is slow for large tensors', () => {
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const last = (size: number) => tf.tidy(() => tf.slice(tf.cumsum(tf.ones([size])), size - 1).dataSync()[0]);
  expect(last(100)).toBe(100);
  expect(warning).not.toHaveBeenCalled();
  expect(last(1_000_000)).toBe(1_000_000);
  expect(last(1_000_001)).toBe(1_000_001);
  expect(warning.mock.calls.map(([text]) => text)).toEqual([
    'the engine has no fast `Cumsum` for these 1000000 values: plain JavaScript computes it',
  ]);
});
