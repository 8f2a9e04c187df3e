/**
 * Reads files out of a gzipped tar archive as packages are kept in, in memory.
 *
 * Plain files only, by name; nothing is written, so no name in an archive can lead anywhere. Format: POSIX.1-1988 (ustar), with
 * the pax `path` record, or GNU's `L`, for long names.
 */
import { gunzipSync } from 'node:zlib';
import { fail, ok, type Result } from '../base/result.ts';

const BLOCK = 512;
const PLAIN = ['0', '\0', ''];
/** More than any package of the catalogue unpacks to: an archive that is made to fill the memory ends here. */
const MOST_BYTES = 1 << 30;

/** @returns files by name, or in words why it is no archive. */
export function readTarball(bytes: Uint8Array): Result<ReadonlyMap<string, Uint8Array>, string> {
  let tar: Buffer;
  try {
    tar = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const files = new Map<string, Uint8Array>();
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    const size = Number.parseInt(textOf(header, 124, 12).trim(), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (!Number.isSafeInteger(size) || size < 0 || content.length !== size) return fail('the archive ends too early');
    const kind = textOf(header, 156, 1);
    const prefix = textOf(header, 257, 5) === 'ustar' ? textOf(header, 345, 155) : '';
    const name = longName ?? (prefix === '' ? textOf(header, 0, 100) : `${prefix}/${textOf(header, 0, 100)}`);
    if (PLAIN.includes(kind)) files.set(name, content);
    if (kind === 'x') longName = /^\d+ path=(.*)$/m.exec(content.toString())?.[1] ?? null;
    else longName = kind === 'L' ? textOf(content, 0, size) : null;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return ok(files);
}

function textOf(header: Buffer, at: number, length: number): string {
  const text = header.toString('latin1', at, at + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
