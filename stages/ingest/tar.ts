/**
 * Reads tar archives: ustar, with the long names of pax and of GNU tar. Folders, links and devices in them are left out.
 *
 * Source of the layout: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header"; GNU tar manual, "Basic Tar Format".
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { damaged, entryPath, topFolder } from './archive-names.ts';
import { type ImageSource, MAX_FILE_BYTES, tooLarge } from './file-read.ts';

const BLOCK = 512;
/** Names and pax headers are texts of a few bytes; a header says any size. */
const MAX_HEADER_BYTES = 1 << 20;
/** Images hardly shrink: what grows more than this when it is unpacked is no archive of images. */
const MAX_GROWTH = 100;
const FREE_BYTES = 64 << 20;

interface Entry {
  readonly at: number;
  readonly sizeBytes: number;
}

export function isTar(beginning: Buffer): boolean {
  return beginning.toString('latin1', 257, 262) === 'ustar';
}

export function isTarGz(beginning: Buffer): boolean {
  return beginning[0] === 0x1f && beginning[1] === 0x8b;
}

/** Unpacked by gzip to a temporary file outside of the project, since entries are not read in the order in which they lie. */
export async function openTarGz(file: string): Promise<ImageSource> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-tar-'));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  try {
    const tar = path.join(folder, 'archive.tar');
    await gunzip(file, tar);
    const open = openTar(tar);
    return {
      ...open,
      close() {
        open.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

async function gunzip(file: string, target: string): Promise<void> {
  let left = FREE_BYTES + fs.statSync(file).size * MAX_GROWTH;
  const limit = new Transform({
    transform(chunk: Buffer, _, done) {
      left -= chunk.length;
      done(left < 0 ? damaged(`unpacks to more than ${MAX_GROWTH} times its size`) : null, chunk);
    },
  });
  try {
    await pipeline(fs.createReadStream(file), zlib.createGunzip(), limit, fs.createWriteStream(target));
  } catch (error) {
    const isZlib = String((error as NodeJS.ErrnoException).code).startsWith('Z_');
    throw isZlib ? damaged(`cannot be unpacked: ${(error as Error).message}`) : error;
  }
}

export function openTar(file: string): ImageSource {
  const handle = fs.openSync(file, 'r');
  try {
    const all = new Map<string, Entry>(entries(handle));
    const top = topFolder(all.keys());
    return {
      names: [...all.keys()].map((each) => each.slice(top.length)).sort(),
      read(name) {
        const { at, sizeBytes } = all.get(top + name) as Entry;
        if (sizeBytes <= MAX_FILE_BYTES) return { bytes: readAt(handle, at, sizeBytes) };
        return { source: createHash('sha256').update(`${sizeBytes}`).digest('hex'), problem: tooLarge(sizeBytes) };
      },
      close: () => fs.closeSync(handle),
    };
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
}

function* entries(handle: number): Generator<[string, Entry]> {
  const fileBytes = fs.fstatSync(handle).size;
  /** What a header before this one said of the next entry. */
  let said: { name?: string; sizeBytes?: number } = {};
  for (let at = 0; at + BLOCK <= fileBytes; ) {
    const header = readAt(handle, at, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    if (checksum(header) !== readNumber(header, 148, 8)) throw damaged('is damaged: a header of a file is broken');
    const type = String.fromCharCode(header[156] ?? 0);
    const isPlain = type === '0' || type === '\0' || type === '7';
    const sizeBytes = (isPlain ? said.sizeBytes : undefined) ?? readNumber(header, 124, 12);
    const dataAt = at + BLOCK;
    if (!(sizeBytes >= 0)) throw damaged('is damaged: the size of a file is no number');
    if (dataAt + sizeBytes > fileBytes) throw damaged('is cut short');
    if (type === 'x') said = { ...said, ...readPax(readHeaderData(handle, dataAt, sizeBytes)) };
    else if (type === 'L') said = { ...said, name: text(readHeaderData(handle, dataAt, sizeBytes)) };
    else if (type !== 'g') {
      const found = isPlain ? entryPath(said.name ?? nameOf(header)) : null;
      if (found !== null) yield [found, { at: dataAt, sizeBytes }];
      said = {};
    }
    at = dataAt + Math.ceil(sizeBytes / BLOCK) * BLOCK;
  }
  throw damaged('is cut short: the block that ends it is missing');
}

function nameOf(header: Buffer): string {
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? text(header.subarray(345, 500)) : '';
  const name = text(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Lines of `LENGTH KEY=VALUE`, where LENGTH counts the whole line. */
function readPax(bytes: Buffer): { name?: string; sizeBytes?: number } {
  const found: { name?: string; sizeBytes?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? 0 : Number(bytes.toString('latin1', at, space));
    if (!(length > 0)) throw damaged('is damaged: a pax header is broken');
    const [key, ...value] = bytes.toString('utf8', space + 1, at + length - 1).split('=');
    if (key === 'path') found.name = value.join('=');
    if (key === 'size') found.sizeBytes = Number(value[0]);
    at += length;
  }
  return found;
}

function readHeaderData(handle: number, at: number, sizeBytes: number): Buffer {
  if (sizeBytes > MAX_HEADER_BYTES) throw damaged(`holds a header of ${sizeBytes} bytes`);
  return readAt(handle, at, sizeBytes);
}

/** Octal digits; GNU tar writes what does not fit as a binary number whose first bit is set. */
function readNumber(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(at + length - 8));
  return Number.parseInt(text(header.subarray(at, at + length)).trim() || '0', 8);
}

/** Sum of all bytes, with those of the checksum itself taken as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i] as number;
  return sum;
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function readAt(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (fs.readSync(handle, bytes, 0, length, at) !== length) throw damaged('is cut short');
  return bytes;
}
