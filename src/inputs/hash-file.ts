/** Reads a file and digests it, in whichever thread calls: one gulp for small files, a loop of 1 MiB for larger ones. */
import { createHash, hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs';

/** Files of this size and more are worth the trip to another thread. */
export const LARGE_FILE_BYTES = 8 * 1024 * 1024;

const BUFFER_BYTES = 1024 * 1024;
let buffer: Buffer | null = null;

/**
 * SHA-256 of a file's bytes, 32 bytes.
 *
 * @param flush  true: what was read is on the disk when this returns (fsync).
 * @throws       the file system's error.
 */
export function hashFile(file: string, flush = false): Buffer {
  buffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    const first = readSync(descriptor, buffer, 0, BUFFER_BYTES, null);
    // A short read can be the end of the file or an interruption; only a read of nothing is surely the end.
    const second = first < BUFFER_BYTES ? readSync(descriptor, buffer, first, BUFFER_BYTES - first, null) : 0;
    if (first < BUFFER_BYTES && second === 0) {
      if (flush) fsyncSync(descriptor);
      return hash('sha256', buffer.subarray(0, first), 'buffer');
    }
    const digest = createHash('sha256').update(buffer.subarray(0, first + second));
    for (;;) {
      const count = readSync(descriptor, buffer, 0, BUFFER_BYTES, null);
      if (count === 0) break;
      digest.update(buffer.subarray(0, count));
    }
    if (flush) fsyncSync(descriptor);
    return digest.digest();
  } finally {
    closeSync(descriptor);
  }
}
