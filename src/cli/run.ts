/** `pipe run`: brings targets up to date; with `--dry`, says what that would take. */
import os from 'node:os';
import { ok } from '../base/result.ts';
import { createProcessReporter } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { performRun } from '../run/perform-run.ts';
import { performStatus } from '../run/perform-status.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { interruptible } from './interrupt.ts';
import { openNamed } from './open-named.ts';
import { type Opened, openFor } from './session.ts';
import { tellWith } from './tell.ts';

export const run: CommandRun = async (context) => {
  const opened = await (context.options.name === null ? openFor(context) : openNamed(context, context.options.name));
  if (!opened.ok) return opened;
  return context.options.dry ? runDry(context, opened.value) : runForReal(context, opened.value);
};

async function runForReal(context: CommandContext, { session, warnings }: Opened) {
  const { options, operands, argv } = context;
  const reporter = createProcessReporter(options, createReadLine(context.root));
  const interrupt = interruptible(() => session.executor.killNow());
  try {
    for (const problem of warnings) reporter.handle({ event: 'problem', problem });
    const tell = tellWith(context, warnings);
    const { only, force, keepGoing, jobs } = options;
    const summary = await performRun(
      session,
      { targets: operands, only, force, keepGoing, jobs, argv, tell },
      reporter.handle,
      interrupt.signal,
    );
    if (!summary.ok) return summary;
    return ok(EXIT_CODES[summary.value.status]);
  } finally {
    interrupt.release();
    reporter.close();
  }
}

const EXIT_CODES = { ok: 0, failed: 1, interrupted: 130 } as const satisfies Record<string, ExitCode>;

async function runDry(context: CommandContext, { session, warnings }: Opened) {
  const { options, operands } = context;
  const jobs = options.jobs ?? os.availableParallelism();
  const report = await performStatus(session, { targets: operands, only: options.only, force: options.force, jobs });
  if (!report.ok) return report;
  const reporter = createProcessReporter(options, createReadLine(context.root));
  for (const problem of [...warnings, ...report.value.problems]) reporter.handle({ event: 'problem', problem });
  reporter.handle(report.value.summary);
  reporter.close();
  return ok<ExitCode>(report.value.problems.length > 0 ? 2 : 0);
}
