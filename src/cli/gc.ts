/** `pipe gc`: deletes results nothing refers to; with `--dry`, says which, what they are for, and what they would cost. */
import { fail, ok } from '../base/result.ts';
import { gcText } from '../report/gc-text.ts';
import { jsonLine } from '../report/json-lines.ts';
import { gcRoots } from '../run/garbage.ts';
import { collectGarbage } from '../store/gc-collect.ts';
import { planGc } from '../store/gc-plan.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

const KEEP_RUNS = 10;

export const gc: CommandRun = async (context) => {
  const opened = await openFor(context, 'all');
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const { dry, json, quiet, keepRuns } = context.options;
  const roots = () => gcRoots(session, keepRuns ?? KEEP_RUNS, Date.now());
  const plan = dry
    ? ok(planGc(session.store, roots()))
    : await collectGarbage(session.store, roots, new AbortController().signal);
  if (!plan.ok) return fail([plan.failure]);
  if (json) process.stdout.write(jsonLine({ event: 'gc', dry, ...plan.value }));
  else if (!quiet) process.stdout.write(gcText(plan.value, dry));
  return ok<ExitCode>(0);
};
