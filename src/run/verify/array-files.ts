/** NumPy's `.npy` files, element by element. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import type { Near } from './number-files.ts';

interface ArrayFile {
  readonly type: string;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly length: number;
  /** Element at a position in the order of the file. */
  readonly at: (position: number) => number;
}

/** As `differingValues`: the first element that differs, and how many do; null when a file is no array of numbers. */
export function differingElements(recorded: Buffer, now: Buffer, near: Near): string[] | null {
  const [a, b] = [readArray(recorded), readArray(now)];
  if (a === null || b === null) return null;
  if (a.type !== b.type || a.shape.join() !== b.shape.join() || a.fortran !== b.fortran)
    return [`array: ${describe(a)} -> ${describe(b)}`];
  let first = -1;
  let count = 0;
  for (let position = 0; position < a.length; position++) {
    if (near(a.at(position), b.at(position))) continue;
    if (first < 0) first = position;
    count++;
  }
  if (first < 0) return [];
  const where = indices(first, a).join(', ');
  return [`element [${where}]: ${a.at(first)} -> ${b.at(first)}`, `${count} of ${a.length} elements differ`];
}

function describe({ type, shape, fortran }: ArrayFile): string {
  return `${type} [${shape.join(', ')}]${fortran ? ' by columns' : ''}`;
}

function indices(position: number, { shape, fortran }: ArrayFile): number[] {
  const sizes = fortran ? shape : [...shape].reverse();
  let left = position;
  const found = sizes.map((size) => {
    const index = left % size;
    left = Math.floor(left / size);
    return index;
  });
  return fortran ? found : found.reverse();
}

type Reader = (bytes: Buffer, offset: number) => number;

const READERS: Readonly<Record<string, readonly [number, Reader]>> = {
  '|u1': [1, (bytes, offset) => bytes.readUInt8(offset)],
  '|i1': [1, (bytes, offset) => bytes.readInt8(offset)],
  '|b1': [1, (bytes, offset) => bytes.readUInt8(offset)],
  '<u2': [2, (bytes, offset) => bytes.readUInt16LE(offset)],
  '<i2': [2, (bytes, offset) => bytes.readInt16LE(offset)],
  '<u4': [4, (bytes, offset) => bytes.readUInt32LE(offset)],
  '<i4': [4, (bytes, offset) => bytes.readInt32LE(offset)],
  '<i8': [8, (bytes, offset) => Number(bytes.readBigInt64LE(offset))],
  '<u8': [8, (bytes, offset) => Number(bytes.readBigUInt64LE(offset))],
  '<f4': [4, (bytes, offset) => bytes.readFloatLE(offset)],
  '<f8': [8, (bytes, offset) => bytes.readDoubleLE(offset)],
};

function readArray(bytes: Buffer): ArrayFile | null {
  if (bytes.subarray(0, 6).toString('latin1') !== '\x93NUMPY' || bytes.length < 12) return null;
  const isFirst = bytes[6] === 1;
  const start = isFirst ? 10 : 12;
  const end = start + (isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const header = bytes.subarray(start, end).toString('latin1');
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((each) => each.trim() !== '')
    .map(Number);
  const reader = READERS[type];
  const length = shape.reduce((product, each) => product * each, 1);
  if (reader === undefined || bytes.length < end + length * reader[0]) return null;
  const [size, read] = reader;
  const fortran = /'fortran_order': True/.test(header);
  return { type, shape, fortran, length, at: (position) => read(bytes, end + position * size) };
}
