/** Runs the commands of a `cmd` stage, one after another, each by its own shell. */
import type { StdioOptions } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import type { CommandUnit, Execution, Outcome } from './executor.ts';
import { exitProblem, showCommand } from './exit-problem.ts';
import type { OomKills } from './oom-kills.ts';
import { watchPeak } from './peak-memory.ts';
import type { Ending, ProcessTable, Started } from './process-table.ts';
import { type Shell, shellArguments } from './shell.ts';

export interface CommandTools {
  readonly table: ProcessTable;
  readonly shell: Shell;
  /** The runner's environment without what would make a shell read start files. */
  readonly env: NodeJS.ProcessEnv;
  readonly oomKills: OomKills;
}

/** What has been used so far by the commands of one unit. */
interface Usage {
  cpuSeconds: number | null;
  peakBytes: number | null;
}

export async function runCommands(tools: CommandTools, unit: CommandUnit, signal: AbortSignal): Promise<Execution> {
  const startedAt = performance.now();
  const usage: Usage = { cpuSeconds: null, peakBytes: null };
  const finish = (outcome: Outcome): Execution => ({
    outcome,
    seconds: (performance.now() - startedAt) / 1000,
    ...usage,
  });
  let log: number;
  try {
    log = openLog(unit.log);
  } catch (error) {
    return finish({ kind: 'failed', problem: logProblem(unit.log, error) });
  }
  const token = tools.table.newToken();
  try {
    for (const command of unit.commands) {
      if (signal.aborted) return finish({ kind: 'cancelled' });
      const ending = await runCommand(tools, unit, { command, token, log, usage }, signal);
      if (signal.aborted) return finish({ kind: 'cancelled' });
      const found = exitProblem(showCommand(command), ending, unit.cwd, tools.oomKills);
      if (found !== null) return finish({ kind: 'failed', problem: found });
    }
    return finish({ kind: 'done', note: null, provenance: {} });
  } finally {
    closeSync(log);
  }
}

interface CommandRun {
  readonly command: string;
  readonly token: string;
  /** File descriptor. */
  readonly log: number;
  readonly usage: Usage;
}

/** When it resolves, no process of the command is left in its group; after an abort, none of the unit anywhere. */
async function runCommand(
  tools: CommandTools,
  unit: CommandUnit,
  run: CommandRun,
  signal: AbortSignal,
): Promise<Ending> {
  const { table, shell } = tools;
  const env = { ...tools.env, ...unit.env };
  let started: Started;
  try {
    const stdio: StdioOptions = ['ignore', run.log, run.log];
    const [file, ...args] = [...(unit.launcher ?? []), shell.file, ...shellArguments(shell, run.command)];
    started = table.start(run.token, file as string, args, { cwd: unit.cwd, env, stdio });
  } catch (error) {
    // Node refuses what no system could start, such as a NUL in the text.
    return { kind: 'not-started', error: error as NodeJS.ErrnoException };
  }
  const peak = watchPeak(started.child.pid ?? 0);
  const ending = await endOf(table, started, signal);
  run.usage.cpuSeconds = add(run.usage.cpuSeconds, started.cpuSeconds());
  run.usage.peakBytes = larger(run.usage.peakBytes, peak.stop());
  return ending;
}

async function endOf(table: ProcessTable, started: Started, signal: AbortSignal): Promise<Ending> {
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= table.end(started);
    return ended;
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const ending = await started.ended;
    if (!signal.aborted) await table.tidy(started);
    if (signal.aborted) await end();
    return ending;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Appending, because a command and what it left in the background share the file. */
export function openLog(file: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;
  try {
    return openSync(file, flags, 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    return openSync(file, flags, 0o644);
  }
}

export function logProblem(file: string, error: unknown): Problem {
  return problem('E0703', `the log cannot be written: ${(error as Error).message}`, { path: file });
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
