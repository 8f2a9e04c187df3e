/** `pipe status`: what is up to date. Exit code 0 when all is, 3 when something is not. */
import os from 'node:os';
import { ok } from '../base/result.ts';
import { selectNodes } from '../plan/selection.ts';
import { createProcessReporter } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { writeCertificate } from '../run/certificate.ts';
import { performStatus } from '../run/perform-status.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';
import { tellWith } from './tell.ts';

export const status: CommandRun = async (context) => {
  const { options, operands, argv } = context;
  const opened = await openFor(context);
  if (!opened.ok) return opened;
  const { session, warnings } = opened.value;
  const report = await performStatus(session, {
    targets: operands,
    only: false,
    force: false,
    jobs: os.availableParallelism(),
  });
  if (!report.ok) return report;
  const { summary, problems, isFresh } = report.value;
  const reporter = createProcessReporter(options, createReadLine(context.root));
  for (const problem of [...warnings, ...problems]) reporter.handle({ event: 'problem', problem });
  reporter.handle(summary);
  reporter.close();
  const selected = selectNodes(session.plan, operands, false);
  if (isFresh && selected.ok)
    await writeCertificate(session, selected.value, argv, () => tellWith(context, warnings)([summary]));
  return ok<ExitCode>(isFresh ? 0 : 3);
};
