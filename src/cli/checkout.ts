/** `pipe checkout [EXPERIMENT]`: puts the recorded results of an experiment in place. Runs nothing. */

import { type Problem, problem } from '../base/problem.ts';
import { fail, ok } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import { lockName } from '../config/own-places.ts';
import { MAIN } from '../plan/locations.ts';
import { createProcessReporter } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { checkOut } from '../run/check-out.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

export const checkout: CommandRun = async (context) => {
  const experiment = context.operands[0] ?? MAIN;
  const opened = await openFor(context, [experiment]);
  if (!opened.ok) return opened;
  const { session, warnings } = opened.value;
  if (session.lock.get(experiment) === undefined)
    return fail([neverRan(lockName(session.plan.project.file), experiment)]);
  const reporter = createProcessReporter(context.options, createReadLine(context.root));
  for (const each of warnings) reporter.handle({ event: 'problem', problem: each });
  const summary = await checkOut(session, context.options.force, reporter.handle, new AbortController().signal);
  reporter.close();
  return ok<ExitCode>(summary.status === 'ok' ? 0 : 1);
};

function neverRan(lock: string, experiment: string): Problem {
  return problem('E0592', `\`${lock}\` has no results of the experiment \`${experiment}\``, {
    experiment,
    hint: `pipe run --experiment ${shellWord(experiment)}`,
  });
}
