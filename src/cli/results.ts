/** Where results go that are no events: to the screen, or to a file that was named. */
import fs from 'node:fs';
import { createPaint, type Paint } from '../report/paint.ts';
import { wantsColor } from '../report/process-reporter.ts';

/** Columns assumed where results do not go to a terminal. */
const FILE_COLUMNS = 120;

/** Columns there are for what goes to stdout. */
export function screenColumns(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY === true && columns > 0 ? columns : FILE_COLUMNS;
}

/** Colours for what goes to stdout. */
export function screenPaint({ noColor }: { readonly noColor: boolean }): Paint {
  return createPaint(wantsColor(process.stdout.isTTY === true, noColor));
}

/** @param file  as given with a flag, from the working folder; `-` is stdout. */
export function writeResult(file: string, text: string): void {
  if (file === '-') process.stdout.write(text);
  else fs.writeFileSync(file, text);
}
