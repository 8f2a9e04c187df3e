/** What was shown, once more into texts, so that it can be shown again without working it out. */
import type { Problem } from '../base/problem.ts';
import type { RunEvent } from '../report/events.ts';
import { jsonLine } from '../report/json-lines.ts';
import { createReporter } from '../report/reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import type { Told } from '../run/certificate.ts';
import type { CommandContext } from './command.ts';

/** Columns of a text that is not shown on the terminal it was made for. */
const COLUMNS = 100;

export function tellWith(context: CommandContext, warnings: readonly Problem[]): (events: readonly RunEvent[]) => Told {
  return (events) => {
    const all: RunEvent[] = [...warnings.map((problem): RunEvent => ({ event: 'problem', problem })), ...events];
    const stdout: string[] = [];
    const stderr: string[] = [];
    const reporter = createReporter({
      json: false,
      quiet: false,
      color: false,
      isTTY: false,
      stdout: { write: (text) => stdout.push(text) },
      stderr: { write: (text) => stderr.push(text) },
      columns: () => COLUMNS,
      rows: () => 24,
      readLine: createReadLine(context.root),
      now: () => 0,
      every: () => () => {},
    });
    for (const event of all) reporter.handle(event);
    reporter.close();
    return { stdout: stdout.join(''), stderr: stderr.join(''), jsonLines: all.map(jsonLine).join('') };
  };
}
