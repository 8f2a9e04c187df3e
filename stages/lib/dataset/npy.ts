/**
 * NumPy's .npy files, as far as datasets need them: version 1.0, uint8, C order.
 *
 * Layout: 6 magic bytes, 2 of version, 2 of header length (little endian), the header (a Python dictionary as text, padded
 * with spaces so that the data begin at a multiple of 64), the data.
 */
import fs from 'node:fs';
import { StageError } from '../../../src/sdk/index.ts';

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

export type NpyShape = readonly [count: number, height: number, width: number, channels: number];

export interface NpyFile {
  readonly shape: NpyShape;
  /** Bytes of one entry along the first axis. */
  readonly entryBytes: number;
  read(index: number, into: Uint8Array): void;
  close(): void;
}

export interface NpyWriter {
  /** Consecutive entries from a place on. They may be written in any order; all of them before `close`. */
  write(index: number, ...entries: readonly Uint8Array[]): void;
  close(): void;
}

function header(shape: NpyShape): Buffer {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const padded = Math.ceil((MAGIC.length + 2 + text.length + 1) / 64) * 64;
  const bytes = Buffer.alloc(padded, ' ');
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(padded - MAGIC.length - 2, MAGIC.length);
  bytes.write(text, MAGIC.length + 2, 'latin1');
  bytes[padded - 1] = 0x0a;
  return bytes;
}

function entryBytesOf(shape: NpyShape): number {
  return shape[1] * shape[2] * shape[3];
}

export function createNpy(file: string, shape: NpyShape): NpyWriter {
  const head = header(shape);
  const entryBytes = entryBytesOf(shape);
  const handle = fs.openSync(file, 'wx');
  fs.writeSync(handle, head);
  return {
    write(index, ...entries) {
      const other = entries.find(({ length }) => length !== entryBytes);
      if (other !== undefined) throw new RangeError(`entry has ${other.length} bytes, expected ${entryBytes}`);
      writeAllAt(handle, entries, head.length + index * entryBytes);
    },
    close: () => fs.closeSync(handle),
  };
}

/** A call may write less than it is asked to. */
function writeAllAt(handle: number, parts: readonly Uint8Array[], place: number): void {
  const written = fs.writevSync(handle, parts, place);
  let left = written;
  for (const [i, part] of parts.entries()) {
    if (left < part.length) {
      writeAllAt(handle, [part.subarray(left), ...parts.slice(i + 1)], place + written);
      return;
    }
    left -= part.length;
  }
}

/** @throws StageError when the file is not what `createNpy` and NumPy write for uint8 arrays of four axes. */
export function openNpy(file: string): NpyFile {
  const handle = fs.openSync(file, 'r');
  try {
    const start = Buffer.alloc(MAGIC.length + 2);
    fs.readSync(handle, start, 0, start.length, 0);
    if (!start.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable(file, 'it is not a version 1.0 .npy file');
    const dataStart = start.length + start.readUInt16LE(MAGIC.length);
    const head = Buffer.alloc(dataStart - start.length);
    fs.readSync(handle, head, 0, head.length, start.length);
    const shape = parseHeader(file, head.toString('latin1'));
    const entryBytes = entryBytesOf(shape);
    const expected = dataStart + shape[0] * entryBytes;
    if (fs.fstatSync(handle).size !== expected)
      throw unreadable(file, `it does not have the ${expected} bytes its header announces`);
    return {
      shape,
      entryBytes,
      read(index, into) {
        fs.readSync(handle, into, 0, entryBytes, dataStart + index * entryBytes);
      },
      close: () => fs.closeSync(handle),
    };
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
}

function parseHeader(file: string, text: string): NpyShape {
  const match = /'descr': '\|u1', 'fortran_order': False, 'shape': \((\d+), (\d+), (\d+), (\d+)\)/.exec(text);
  if (match === null) throw unreadable(file, `expected unsigned bytes with four axes, found ${text.trim()}`);
  const [count, height, width, channels] = match.slice(1).map(Number);
  return [count ?? 0, height ?? 0, width ?? 0, channels ?? 0];
}

function unreadable(file: string, why: string): StageError {
  return new StageError(`cannot read \`${file}\`: ${why}`, { code: 'E0801' });
}
