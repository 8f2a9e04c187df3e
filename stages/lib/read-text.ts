/** Reads a text file a piece at a time: the text of a table of a million rows is never held as a whole. */
import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const PIECE_BYTES = 1 << 20;

/** UTF-8; no character is cut in two. The file is closed when the caller stops early, too. */
export function* readPieces(file: string): Generator<string> {
  const handle = fs.openSync(file, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const bytes = Buffer.alloc(PIECE_BYTES);
    for (let read = fs.readSync(handle, bytes); read > 0; read = fs.readSync(handle, bytes)) {
      yield decoder.write(bytes.subarray(0, read));
    }
    yield decoder.end();
  } finally {
    fs.closeSync(handle);
  }
}

/** Without their line ends; a last line that has none counts. */
export function* readLines(file: string): Generator<string> {
  let rest = '';
  for (const piece of readPieces(file)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
