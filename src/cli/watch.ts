/** `pipe watch`: runs, waits for an edit, runs again; ends with Ctrl-C. */
import fs from 'node:fs';
import path from 'node:path';
import type { Problem } from '../base/problem.ts';
import { ok } from '../base/result.ts';
import { createPaint } from '../report/paint.ts';
import { renderProblem } from '../report/problem-text.ts';
import { createProcessReporter } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { performRun } from '../run/perform-run.ts';
import { isStillWanted, type Running } from '../run/still-wanted.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { type Edits, openEdits } from './edits.ts';
import { interruptible } from './interrupt.ts';
import { PIPELINE_FILES } from './places.ts';
import { openFor } from './session.ts';
import { tellWith } from './tell.ts';
import { watchTrouble } from './watch-trouble.ts';
import { watchPaths } from './watched-paths.ts';

export const watch: CommandRun = async (context) => {
  let killNow = () => {};
  const interrupt = interruptible(() => killNow());
  const edits = await openEdits(context.root, (error) => tell(context, [watchTrouble(error)]));
  for (let isFirst = true; !interrupt.signal.aborted; isFirst = false) {
    if (!isFirst) await edits.next(interrupt.signal);
    if (interrupt.signal.aborted) break;
    let opened = await openFor(context);
    await edits.watch(opened.ok ? await watchPaths(opened.value.session) : pathsToMend(context, opened.failure));
    // What changed before the watch was on is read again.
    if (isFirst) opened = await openFor(context);
    if (!opened.ok) {
      if (!hasPipeline(context)) return opened;
      tell(context, opened.failure);
      continue;
    }
    const { session } = opened.value;
    killNow = () => session.executor.killNow();
    await runUntilPointless(context, session, opened.value.warnings, edits, interrupt.signal);
  }
  await edits.close();
  interrupt.release();
  return ok<ExitCode>(130);
};

/** Where a mistake that keeps the pipeline from being read may be mended. */
function pathsToMend(context: CommandContext, problems: readonly Problem[]): string[] {
  const files = problems.flatMap((each) => (each.at === undefined ? [] : [each.at.file]));
  return [...PIPELINE_FILES, 'params.yaml', context.file ?? 'pipeline.yaml', ...files].map((each) =>
    path.resolve(context.root, each),
  );
}

function hasPipeline({ root, file }: CommandContext): boolean {
  return (file === null ? PIPELINE_FILES : [file]).some((each) => fs.existsSync(path.join(root, each)));
}

type Session = Parameters<typeof performRun>[0];

/** One run; an edit that changes the key of something running ends it, and counts as the next edit. */
async function runUntilPointless(
  context: CommandContext,
  session: Session,
  warnings: readonly Problem[],
  edits: Edits,
  signal: AbortSignal,
): Promise<void> {
  const { options, operands, argv } = context;
  const reporter = createProcessReporter(options, createReadLine(context.root));
  for (const problem of warnings) reporter.handle({ event: 'problem', problem });
  const running = new Map<string, Running>();
  const cancel = new AbortController();
  const unlisten = edits.listen(async () => {
    const now = await openFor(context);
    // A file that is half-way through an edit is no reason to throw hours of work away.
    if (now.ok && !(await isStillWanted(now.value.session, [...running.values()]))) cancel.abort();
  });
  const finished = await performRun(
    session,
    {
      targets: operands,
      only: false,
      force: false,
      keepGoing: options.keepGoing,
      jobs: options.jobs,
      argv,
      tell: tellWith(context, warnings),
    },
    (event) => {
      if (event.event === 'stage-started') running.set(`${event.experiment}/${event.stage}`, event);
      if (event.event === 'stage-finished') running.delete(`${event.experiment}/${event.stage}`);
      reporter.handle(event);
    },
    AbortSignal.any([signal, cancel.signal]),
  );
  unlisten();
  reporter.close();
  if (!finished.ok) tell(context, finished.failure);
}

function tell(context: CommandContext, problems: readonly Problem[]): void {
  const paint = createPaint(process.stderr.isTTY === true && !context.options.noColor);
  for (const each of problems) process.stderr.write(renderProblem(each, createReadLine(context.root), paint));
}
