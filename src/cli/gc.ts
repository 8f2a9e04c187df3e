/** `pipe gc`: deletes results nothing refers to; with `--dry`, says which, what they are for, and what they would cost. */
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { gcText } from '../report/gc-text.ts';
import { jsonLine } from '../report/json-lines.ts';
import { createProcessReporter } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { gcRoots } from '../run/garbage.ts';
import { collectGarbage } from '../store/gc-collect.ts';
import { type GcPlan, type GcRoots, planGc } from '../store/gc-plan.ts';
import type { LocalStore } from '../store/open-store.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

const KEEP_RUNS = 10;

export const gc: CommandRun = async (context) => {
  const opened = await openFor(context, 'all');
  if (!opened.ok) return opened;
  const { session, warnings } = opened.value;
  const { dry, json, quiet, keepRuns } = context.options;
  const reporter = createProcessReporter(context.options, createReadLine(context.root));
  for (const problem of warnings) reporter.handle({ event: 'problem', problem });
  reporter.close();
  const keep = () => gcRoots(session, keepRuns ?? KEEP_RUNS, Date.now());
  const plan = dry
    ? plannedFor(session.store, keep())
    : await collectGarbage(session.store, keep, new AbortController().signal);
  if (!plan.ok) return fail([plan.failure]);
  if (json) process.stdout.write(jsonLine({ event: 'gc', dry, ...plan.value }));
  else if (!quiet) process.stdout.write(gcText(plan.value, dry));
  return ok<ExitCode>(0);
};

function plannedFor(store: LocalStore, roots: Result<GcRoots, Problem>): Result<GcPlan, Problem> {
  return roots.ok ? ok(planGc(store, roots.value)) : roots;
}
