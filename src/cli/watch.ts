/** `pipe watch`: runs, waits for an edit, runs again; ends with Ctrl-C. */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, ProblemError } from '../base/problem.ts';
import { ok } from '../base/result.ts';
import { createPaint } from '../report/paint.ts';
import { renderProblem } from '../report/problem-text.ts';
import { createProcessReporter } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { performRun } from '../run/perform-run.ts';
import { isStillWanted, type Running } from '../run/still-wanted.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { interruptible } from './interrupt.ts';
import { openFor } from './session.ts';
import { tellWith } from './tell.ts';
import { watchPaths } from './watched-paths.ts';

/** Editors write a file in several steps; what comes within this time is one edit. */
const SETTLE_MS = 100;

export const watch: CommandRun = async (context) => {
  let killNow = () => {};
  const interrupt = interruptible(() => killNow());
  const edits = await openEdits(context.root);
  let isFirst = true;
  while (!interrupt.signal.aborted) {
    if (!isFirst) await edits.next(interrupt.signal);
    if (interrupt.signal.aborted) break;
    isFirst = false;
    const opened = await openFor(context);
    if (!opened.ok) {
      tell(context, opened.failure);
      if (!edits.watches()) throw new ProblemError(opened.failure);
      continue;
    }
    const { session } = opened.value;
    killNow = () => session.executor.killNow();
    edits.watch(await watchPaths(session));
    await runUntilPointless(context, session, opened.value.warnings, edits, interrupt.signal);
  }
  await edits.close();
  interrupt.release();
  return ok<ExitCode>(130);
};

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
    const wanted = now.ok && (await isStillWanted(now.value.session, [...running.values()]));
    if (!wanted) cancel.abort();
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

interface Edits {
  watch(paths: readonly string[]): void;
  watches(): boolean;
  /** Resolves at the next edit, at once when one came since the last call, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
  /** Calls back at each edit until unlistened. */
  listen(onEdit: () => void): () => void;
  close(): Promise<void>;
}

async function openEdits(root: string): Promise<Edits> {
  const chokidar = await import('chokidar');
  const watcher = chokidar.watch([], { ignoreInitial: true, ignored: (each) => isOwn(root, each) });
  const watched = new Set<string>();
  const listeners = new Set<() => void>();
  let pending = false;
  let timer: NodeJS.Timeout | null = null;
  watcher.on('all', () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      pending = true;
      for (const each of listeners) each();
    }, SETTLE_MS);
  });
  return {
    watch(paths) {
      const fresh = paths.filter((each) => !watched.has(each) && fs.existsSync(each));
      for (const each of fresh) watched.add(each);
      watcher.add(fresh);
    },
    watches: () => watched.size > 0,
    async next(signal) {
      if (!pending) {
        await new Promise<void>((resolve) => {
          const done = () => {
            listeners.delete(done);
            resolve();
          };
          listeners.add(done);
          signal.addEventListener('abort', done, { once: true });
        });
      }
      pending = false;
    },
    listen(onEdit) {
      listeners.add(onEdit);
      return () => listeners.delete(onEdit);
    },
    close: () => watcher.close(),
  };
}

/** What runs write themselves is no edit. */
function isOwn(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return /^(?:cache|artifacts|node_modules|\.git)(?:$|\/)/.test(relative) || relative.startsWith('pipeline.lock');
}
