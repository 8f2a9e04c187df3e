/** Whether two files agree, and if not, where they part: for people, a few lines. */
import fs from 'node:fs';
import { differingElements } from './array-files.ts';
import { differingValues, exactly, within } from './number-files.ts';

export interface FileComparison {
  /** `near`: other bytes, but all numbers agree within the tolerance. */
  readonly result: 'same' | 'near' | 'different';
  readonly how: readonly string[];
}

/** Larger files are compared by bytes alone. */
const LARGEST_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const MOST_LINES = 3;
const LONGEST_LINE = 120;
const LEAD = 40;

/**
 * @param name       tells by its ending how the file is read.
 * @param tolerance  declared for it; null: its bytes have to be the same.
 */
export async function compareFiles(
  name: string,
  recorded: string,
  now: string,
  tolerance: number | null,
): Promise<FileComparison> {
  const offset = firstDifferentByte(recorded, now);
  if (offset === null) return { result: 'same', how: [] };
  const sizes = [fs.statSync(recorded).size, fs.statSync(now).size];
  if (Math.max(...sizes) > LARGEST_BYTES) return { result: 'different', how: [byteLine(recorded, now, offset)] };
  const [was, is] = [fs.readFileSync(recorded), fs.readFileSync(now)];
  const near = tolerance === null ? exactly : within(tolerance);
  const values =
    differingElements(was, is, near) ?? (await differingValues(name, was.toString('utf8'), is.toString('utf8'), near));
  if (values !== null && values.length === 0 && tolerance !== null) return { result: 'near', how: [] };
  if (values !== null && values.length > 0) return { result: 'different', how: values };
  const how = isText(was) && isText(is) ? lineDifference(was, is) : [byteLine(recorded, now, offset)];
  return { result: 'different', how };
}

/** Null when the files have the same bytes. */
function firstDifferentByte(a: string, b: string): number | null {
  const files = [fs.openSync(a, 'r'), fs.openSync(b, 'r')] as const;
  try {
    const [left, right] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
    for (let offset = 0; ; offset += CHUNK_BYTES) {
      const read = fs.readSync(files[0], left, 0, CHUNK_BYTES, offset);
      const other = fs.readSync(files[1], right, 0, CHUNK_BYTES, offset);
      const shorter = Math.min(read, other);
      if (!left.subarray(0, shorter).equals(right.subarray(0, shorter)))
        for (let at = 0; at < shorter; at++) if (left[at] !== right[at]) return offset + at;
      if (read !== other) return offset + shorter;
      if (read < CHUNK_BYTES) return null;
    }
  } finally {
    for (const file of files) fs.closeSync(file);
  }
}

function byteLine(a: string, b: string, offset: number): string {
  const [before, after] = [fs.statSync(a).size, fs.statSync(b).size];
  const sizes = before === after ? `of ${before}` : `(${before} bytes -> ${after} bytes)`;
  return `first different byte at ${offset} ${sizes}: ${byteAt(a, offset)} -> ${byteAt(b, offset)}`;
}

function byteAt(place: string, offset: number): string {
  const file = fs.openSync(place, 'r');
  try {
    const byte = Buffer.alloc(1);
    return fs.readSync(file, byte, 0, 1, offset) === 0 ? 'end' : `0x${byte.toString('hex')}`;
  } finally {
    fs.closeSync(file);
  }
}

/** Whether a person can read it: UTF-8 without control characters but tabs, line ends and colours. */
function isText(bytes: Buffer): boolean {
  const isOdd = (byte: number) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27;
  return !bytes.subarray(0, 8192).some(isOdd) && Buffer.from(bytes.toString('utf8')).equals(bytes);
}

/** The first lines that differ: those that were with `-`, those that are with `+`. */
function lineDifference(was: Buffer, is: Buffer): string[] {
  const [before, after] = [was.toString('utf8').split('\n'), is.toString('utf8').split('\n')];
  let from = 0;
  while (before[from] === after[from]) from++;
  let fromEnd = 0;
  const shorter = Math.min(before.length, after.length) - from;
  while (fromEnd < shorter && before.at(-1 - fromEnd) === after.at(-1 - fromEnd)) fromEnd++;
  const start = commonStart(before[from] ?? '', after[from] ?? '');
  const part = (lines: readonly string[], sign: string) => {
    const changed = lines.slice(from, lines.length - fromEnd);
    const more = changed.length > MOST_LINES ? [`${sign} … ${changed.length - MOST_LINES} more lines`] : [];
    return [
      ...changed.slice(0, MOST_LINES).map((line, at) => `${sign} ${window(line, at === 0 ? start : 0)}`),
      ...more,
    ];
  };
  return [`line ${from + 1}:`, ...part(before, '-'), ...part(after, '+')];
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Of a long line the part around the place that matters. */
function window(line: string, at: number): string {
  if (line.length <= LONGEST_LINE) return line;
  const start = at < LONGEST_LINE / 2 ? 0 : at - LEAD;
  const cut = line.slice(start, start + LONGEST_LINE);
  return `${start > 0 ? '…' : ''}${cut}${start + LONGEST_LINE < line.length ? '…' : ''}`;
}
