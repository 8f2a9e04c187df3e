/**
 * Reads zip archives, also those of more than 65,535 files (zip64): stored and deflated entries, one at a time.
 *
 * Source of the layout: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { damaged, entryPath, topFolder } from './archive-names.ts';
import { type FileRead, type ImageSource, MAX_FILE_BYTES, tooLarge } from './file-read.ts';

const END = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA = 1;
const UTF8_NAME = 1 << 11;
const ENCRYPTED = 1;
const IS_LINK = 0o120000;
/** A list of ten million files has about this size. */
const MAX_DIRECTORY_BYTES = 1 << 30;

interface Entry {
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly at: number;
  readonly flags: number;
  readonly method: number;
}

export function isZip(beginning: Buffer): boolean {
  return beginning.length >= 4 && [LOCAL, END].includes(beginning.readUInt32LE(0));
}

export function openZip(file: string): ImageSource {
  const handle = fs.openSync(file, 'r');
  try {
    const all = new Map<string, Entry>(entries(readDirectory(handle)));
    const top = topFolder(all.keys());
    return {
      names: [...all.keys()].map((each) => each.slice(top.length)).sort(),
      read: (name) => readEntry(handle, all.get(top + name) as Entry),
      close: () => fs.closeSync(handle),
    };
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
}

/** The list of entries at the end of the archive. */
function readDirectory(handle: number): Buffer {
  const size = fs.fstatSync(handle).size;
  const tailAt = Math.max(0, size - END_BYTES - LONGEST_COMMENT - END64_LOCATOR_BYTES);
  const tail = readAt(handle, tailAt, size - tailAt);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw damaged('is cut short: its list of files is missing');
  let length = tail.readUInt32LE(end + 12);
  let at = tail.readUInt32LE(end + 16);
  const locator = end - END64_LOCATOR_BYTES;
  if (locator >= 0 && tail.readUInt32LE(locator) === END64_LOCATOR) {
    const end64 = readAt(handle, Number(tail.readBigUInt64LE(locator + 8)), 56);
    if (end64.readUInt32LE(0) !== END64) throw damaged('is damaged: its list of files is not where it should be');
    length = Number(end64.readBigUInt64LE(40));
    at = Number(end64.readBigUInt64LE(48));
  }
  if (length > MAX_DIRECTORY_BYTES) throw damaged(`has a list of files of ${length} bytes`);
  return readAt(handle, at, length);
}

function* entries(directory: Buffer): Generator<[string, Entry]> {
  for (let at = 0; at + ENTRY_BYTES <= directory.length; ) {
    if (directory.readUInt32LE(at) !== ENTRY) throw damaged('is damaged: its list of files is broken');
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const flags = directory.readUInt16LE(at + 8);
    const name = directory.toString((flags & UTF8_NAME) !== 0 ? 'utf8' : 'latin1', at + ENTRY_BYTES, nameEnd);
    const unixMode = directory.readUInt32LE(at + 38) >>> 16;
    const places = widen(directory.subarray(nameEnd, extraEnd), {
      sizeBytes: directory.readUInt32LE(at + 24),
      packedBytes: directory.readUInt32LE(at + 20),
      at: directory.readUInt32LE(at + 42),
    });
    const found =
      name.endsWith('/') || (unixMode & 0o170000) === IS_LINK ? null : entryPath(name.replaceAll('\\', '/'));
    if (found !== null) yield [found, { ...places, flags, method: directory.readUInt16LE(at + 10) }];
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
}

/** Values that do not fit 32 bits stand in an extra field, in this order, and only those. */
function widen(extra: Buffer, values: Pick<Entry, 'sizeBytes' | 'packedBytes' | 'at'>): typeof values {
  const wide: Record<keyof typeof values, number> = { ...values };
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue;
    let value = at + 4;
    for (const name of ['sizeBytes', 'packedBytes', 'at'] as const) {
      if (wide[name] !== 0xffffffff || value + 8 > extra.length) continue;
      wide[name] = Number(extra.readBigUInt64LE(value));
      value += 8;
    }
  }
  return wide;
}

function readEntry(handle: number, entry: Entry): FileRead {
  if (Math.max(entry.sizeBytes, entry.packedBytes) > MAX_FILE_BYTES) {
    return { source: digest(Buffer.from(`${entry.sizeBytes}`)), problem: tooLarge(entry.sizeBytes) };
  }
  const local = readAt(handle, entry.at, LOCAL_BYTES);
  const dataAt = entry.at + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = readAt(handle, dataAt, entry.packedBytes);
  const problem = (why: string) => ({ source: digest(packed), problem: `in the archive: ${why}` });
  if ((entry.flags & ENCRYPTED) !== 0) return problem('it is encrypted');
  if (entry.method === 0) return { bytes: packed };
  if (entry.method !== 8)
    return problem(`it is packed by method ${entry.method}; 0 (stored) and 8 (deflated) are read`);
  try {
    // What it says of its size is the limit: a bomb ends here.
    const bytes = zlib.inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.sizeBytes) });
    return bytes.length === entry.sizeBytes ? { bytes } : problem('it is cut short');
  } catch (error) {
    return problem(
      (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'it is larger than it says' : 'it is damaged',
    );
  }
}

function readAt(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (fs.readSync(handle, bytes, 0, length, at) !== length) throw damaged('is cut short');
  return bytes;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
