/** The end of a log, for the screen: the last lines of at most a few kilobytes, never the whole file. */
import fs from 'node:fs';

const TAIL_BYTES = 8192;

export function logTail(file: string, lines = 20): string[] {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const size = fs.fstatSync(descriptor).size;
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    fs.readSync(descriptor, buffer, 0, length, size - length);
    const all = buffer.toString('utf8').replace(/\n$/, '').split('\n');
    // The first line may begin in the middle of a character or a word.
    const whole = size > length ? all.slice(1) : all;
    return whole.filter((line, index) => line !== '' || index > 0).slice(-lines);
  } finally {
    fs.closeSync(descriptor);
  }
}
