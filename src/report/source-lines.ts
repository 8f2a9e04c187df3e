/** Lines of the files problems point at: each file is read once, when the first problem needs it. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ReadLine } from './problem-text.ts';

/** A larger file is not read to show one line of it. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** A reader of lines of files below `root`; a line that cannot be had is null. */
export function createReadLine(root: string): ReadLine {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = files.get(file);
    if (lines === undefined) {
      lines = readLines(path.resolve(root, file));
      files.set(file, lines);
    }
    return lines[line - 1] ?? null;
  };
}

/** One line of a file below `root`, for a caller with a single problem; null when it cannot be had. */
export function readSourceLine(root: string, file: string, line: number): string | null {
  return createReadLine(root)(file, line);
}

function readLines(file: string): readonly string[] {
  try {
    if (statSync(file).size > LARGEST_BYTES) return [];
    return readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '')
      .split(/\r\n|\r|\n/);
  } catch {
    return [];
  }
}
