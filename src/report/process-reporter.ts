/** A reporter on this process's own streams: the one place of `report/` that knows `process`. */

import type { ReadLine } from './problem-text.ts';
import { createReporter, type Reporter } from './reporter.ts';

export interface OutputChoice {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
}

/** Columns assumed where there is no terminal to ask. */
const FILE_COLUMNS = 120;

export function createProcessReporter(choice: OutputChoice, readLine: ReadLine): Reporter {
  const { stdout, stderr } = process;
  return createReporter({
    ...choice,
    stdout,
    stderr,
    color: wantsColor(stderr.isTTY === true, choice.noColor),
    isTTY: stderr.isTTY === true && process.env.TERM !== 'dumb',
    columns: () => (stderr.isTTY === true && stderr.columns > 0 ? stderr.columns : FILE_COLUMNS),
    rows: () => (stderr.isTTY === true && stderr.rows > 0 ? stderr.rows : 24),
    readLine,
    now: () => performance.now(),
    every: (intervalMs, tick) => {
      // Unreferenced: a forgotten `close` must not keep the process alive.
      const timer = setInterval(tick, intervalMs).unref();
      return () => clearInterval(timer);
    },
  });
}

/** NO_COLOR with any value but the empty one turns colours off (no-color.org); so does a terminal that has none. */
export function wantsColor(isTTY: boolean, noColor: boolean): boolean {
  const { NO_COLOR, TERM } = process.env;
  return isTTY && !noColor && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}
