/**
 * What happens in a study as it happens, one JSON line each: for whoever watches it, and for the timeline.
 *
 * Results do not come from here (they are items), so a line that a kill tore in half costs nothing: readers pass over it. Times
 * are in it, so it is no output; it lies among the checkpoints of the search and goes when the search is done.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../src/sdk/index.ts';

export const JOURNAL_NAME = 'journal.jsonl';

export interface Journal {
  write(line: JsonObject): void;
  close(): void;
}

/** Each line is one write at the end of the file: lines of a killed search and of the next stand one after another. */
export function openJournal(folder: string): Journal {
  const file = fs.openSync(path.join(folder, JOURNAL_NAME), 'a');
  let torn = fs.fstatSync(file).size > 0;
  return {
    write(line) {
      const text = `${torn ? '\n' : ''}${JSON.stringify({ at: new Date().toISOString(), ...line } satisfies Json)}\n`;
      torn = false;
      fs.writeSync(file, text);
    },
    close: () => fs.closeSync(file),
  };
}
