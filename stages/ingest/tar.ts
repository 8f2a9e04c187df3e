/** Images in a tar archive, read from where they lie in it; with gzip from a temporary file. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { readTarEntries, type TarEntry } from '../../src/base/tar.ts';
import { damaged, entryPath, topFolder } from './archive-names.ts';
import { type ImageSource, MAX_FILE_BYTES, tooLarge } from './file-read.ts';

/** Images hardly shrink: what grows more than this when it is unpacked is no archive of images. */
const MAX_GROWTH = 100;
const FREE_BYTES = 64 << 20;

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
    const all = new Map(entries(handle));
    const top = topFolder(all.keys());
    return {
      names: [...all.keys()].map((each) => each.slice(top.length)).sort(),
      read(name) {
        const { at, sizeBytes } = all.get(top + name) as TarEntry;
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

function entries(handle: number): [string, TarEntry][] {
  const read = readTarEntries({
    sizeBytes: fs.fstatSync(handle).size,
    read: (at, length) => readAt(handle, at, length),
  });
  if (!read.ok) throw damaged(read.failure);
  return read.value.flatMap((entry) => {
    const found = entryPath(entry.name);
    return found === null ? [] : [[found, entry] as [string, TarEntry]];
  });
}

function readAt(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (fs.readSync(handle, bytes, 0, length, at) !== length) throw damaged('is cut short');
  return bytes;
}
