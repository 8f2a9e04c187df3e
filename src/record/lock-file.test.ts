import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest, Key } from '../base/digest.ts';
import { formatLock, type Lock, type LockedStage, parseLock } from './lock-file.ts';

const hex = (letter: string) => letter.repeat(64);
const entry = (letter: string, metrics: Record<string, number> = {}): LockedStage => ({
  key: hex(letter) as Key,
  inputs: {},
  outputs: { out: { kind: 'file', digest: hex(letter) as Digest } },
  metrics,
});
const lockOf = (stages: Record<string, LockedStage>): Lock => new Map([['main', new Map(Object.entries(stages))]]);

test('reading gives back what was written, for any names and numbers', () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('no', 'true', 'a b', 'key', 'x: y', '"', '#', '\n', 'prepare@1', '__proto__'),
  );
  const stages = fc.dictionary(name, fc.dictionary(name, fc.double()));
  fc.assert(
    fc.property(stages, (made) => {
      const lock = lockOf(
        Object.fromEntries(Object.entries(made).map(([each, metrics]) => [each, entry('a', metrics)])),
      );
      const read = parseLock(formatLock(lock));
      expect(read.damaged).toBe(false);
      expect(formatLock(read.lock)).toBe(formatLock(lock));
    }),
  );
});

test('a metric may have any name, even one that JavaScript gives a meaning', () => {
  const metrics = Object.fromEntries([['__proto__', 0.5]]);
  const text = formatLock(lockOf({ a: entry('a', metrics) }));
  expect(formatLock(parseLock(text).lock)).toBe(text);
  expect(text).toContain('__proto__: 0.5');
});

test('the order in which entries were made does not show', () => {
  expect(formatLock(lockOf({ b: entry('b'), a: entry('a') }))).toBe(
    formatLock(lockOf({ a: entry('a'), b: entry('b') })),
  );
});

test('any YAML reader can read it', async () => {
  const { parse } = await import('yaml');
  const read = parse(formatLock(lockOf({ 'yes: no': entry('a', { loss: 0.5 }) })));
  expect(read.experiments.main['yes: no']).toEqual({
    key: hex('a'),
    outputs: { out: `file ${hex('a')}` },
    metrics: { loss: 0.5 },
  });
});

test('one stage is one block of lines, so that branches which change different stages merge', () => {
  const before = formatLock(lockOf({ a: entry('a'), b: entry('b') })).split('\n');
  const after = formatLock(lockOf({ a: entry('a'), b: entry('c') })).split('\n');
  const changed = after.flatMap((line, index) => (line === before[index] ? [] : [index]));
  expect(changed.length).toBe(2);
  expect(changed.every((line) => line >= after.indexOf('    b:'))).toBe(true);
});

test('conflict markers are noticed, and what both sides say of other stages is kept', () => {
  const text = formatLock(lockOf({ a: entry('a'), b: entry('b'), c: entry('c') }));
  const key = `      key: ${hex('b')}`;
  const { lock, damaged } = parseLock(
    text.replace(key, `<<<<<<< ours\n${key}\n=======\n      key: ${hex('d')}\n>>>>>>> theirs`),
  );
  expect(damaged).toBe(true);
  expect(lock.get('main')?.get('a')).toEqual(entry('a'));
  expect(lock.get('main')?.get('c')).toEqual(entry('c'));
});

test('a lock cut off anywhere is damaged or a lock of fewer stages, never another lock', () => {
  const text = formatLock(lockOf({ a: entry('a', { x: 1.25 }), b: entry('b') }));
  for (let length = 0; length < text.length; length++) {
    const { lock, damaged } = parseLock(text.slice(0, length));
    if (!damaged) expect(text.startsWith(formatLock(lock).trimEnd())).toBe(true);
  }
});
