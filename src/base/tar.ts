/**
 * Finds the files in a tar archive: ustar, with the long names of pax and of GNU tar. Folders, links and devices are left out.
 *
 * Says where each file lies; names are as written, and whoever puts files somewhere has to look at them first. Source of the layout:
 * POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header"; GNU tar manual, "Basic Tar Format".
 */
import { fail, ok, type Result } from './result.ts';

const BLOCK = 512;
/** Names and pax headers are texts of a few bytes; a header says any size. */
const MAX_HEADER_BYTES = 1 << 20;

/** An archive that lies anywhere: in a file, in memory. */
export interface TarBytes {
  readonly sizeBytes: number;
  /** Exactly so many bytes; never asked for beyond the end. */
  read(at: number, length: number): Buffer;
}

export interface TarEntry {
  readonly name: string;
  readonly at: number;
  readonly sizeBytes: number;
}

/** @returns the files in their order; or what is wrong, worded to follow "the archive". */
export function readTarEntries(archive: TarBytes): Result<readonly TarEntry[], string> {
  const entries: TarEntry[] = [];
  /** What a header before this one said of the next entry. */
  let said: { name?: string; sizeBytes?: number } = {};
  for (let at = 0; at + BLOCK <= archive.sizeBytes; ) {
    const header = archive.read(at, BLOCK);
    if (header.every((byte) => byte === 0)) return ok(entries);
    if (checksum(header) !== readNumber(header, 148, 8)) return fail('is damaged: a header of a file is broken');
    const type = String.fromCharCode(header[156] ?? 0);
    const isPlain = type === '0' || type === '\0' || type === '7';
    const sizeBytes = (isPlain ? said.sizeBytes : undefined) ?? readNumber(header, 124, 12);
    const dataAt = at + BLOCK;
    if (!(sizeBytes >= 0)) return fail('is damaged: the size of a file is no number');
    if (dataAt + sizeBytes > archive.sizeBytes) return fail('is cut short');
    if (type === 'x' || type === 'L') {
      if (sizeBytes > MAX_HEADER_BYTES) return fail(`holds a header of ${sizeBytes} bytes`);
      const data = archive.read(dataAt, sizeBytes);
      const told = type === 'L' ? { name: textOf(data) } : readPax(data);
      if (told === null) return fail('is damaged: a pax header is broken');
      said = { ...said, ...told };
    } else if (type !== 'g') {
      if (isPlain) entries.push({ name: said.name ?? nameOf(header), at: dataAt, sizeBytes });
      said = {};
    }
    at = dataAt + Math.ceil(sizeBytes / BLOCK) * BLOCK;
  }
  return fail('is cut short: the block that ends it is missing');
}

function nameOf(header: Buffer): string {
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : '';
  const name = textOf(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Lines of `LENGTH KEY=VALUE`, where LENGTH counts the whole line. Null: they are not. */
function readPax(bytes: Buffer): { name?: string; sizeBytes?: number } | null {
  const found: { name?: string; sizeBytes?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? 0 : Number(bytes.toString('latin1', at, space));
    if (!(length > 0)) return null;
    const [key, ...value] = bytes.toString('utf8', space + 1, at + length - 1).split('=');
    if (key === 'path') found.name = value.join('=');
    if (key === 'size') found.sizeBytes = Number(value[0]);
    at += length;
  }
  return found;
}

/** Octal digits; GNU tar writes what does not fit as a binary number whose first bit is set. */
function readNumber(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(at + length - 8));
  return Number.parseInt(textOf(header.subarray(at, at + length)).trim() || '0', 8);
}

/** Sum of all bytes, with those of the checksum itself taken as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i] as number;
  return sum;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}
