/**
 * The files of a package's archive, in memory.
 *
 * Nothing is written, so no name in an archive can lead anywhere.
 */
import { gunzipSync } from 'node:zlib';
import { fail, ok, type Result } from '../base/result.ts';
import { readTarEntries } from '../base/tar.ts';

/** More than any package of the catalogue unpacks to: an archive that is made to fill the memory ends here. */
const MOST_BYTES = 1 << 30;

/** @returns files by name; or what is wrong, worded to follow "the archive". */
export function readTarball(bytes: Uint8Array): Result<ReadonlyMap<string, Uint8Array>, string> {
  let tar: Buffer;
  try {
    tar = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    return fail(`cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = readTarEntries({ sizeBytes: tar.length, read: (at, length) => tar.subarray(at, at + length) });
  if (!read.ok) return read;
  return ok(new Map(read.value.map(({ name, at, sizeBytes }) => [name, tar.subarray(at, at + sizeBytes)])));
}
