/**
 * Starts processes that can be ended for certain, and ends them.
 *
 * Each started process leads its own group and carries a marker that its descendants inherit. Three things stand behind
 * that: this table while the runner lives, the guard when it is killed, the runner's record when the guard is too.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { endProcesses, endStrays, type Quarry, signalGroup } from './end-processes.ts';
import { type Guard, openGuard } from './guard.ts';
import { recordRunner } from './leftovers.ts';
import { MARKER_NAME } from './marker.ts';
import { endedChildrenCpuSeconds } from './proc.ts';

export type Ending =
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  /** It never ran. */
  | { readonly kind: 'not-started'; readonly error: NodeJS.ErrnoException };

export interface Started {
  readonly child: ChildProcess;
  readonly quarry: Quarry;
  /** The first process has ended; others of its group may still run. */
  readonly ended: Promise<Ending>;
  /** CPU seconds of the ended process and its reaped descendants; null before, and where the platform does not tell. */
  cpuSeconds(): number | null;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
}

export interface ProcessTable {
  /** A mark for all processes of one unit of work. */
  newToken(): string;
  start(token: string, file: string, args: readonly string[], options: StartOptions): Started;
  /** TERM, grace, KILL for all processes of it. Resolves when they are gone. */
  end(started: Started): Promise<void>;
  /** After its first process has ended by itself: ends what that left in its group. */
  tidy(started: Started): Promise<void>;
  /** From now on nothing gets grace. */
  hurry(): void;
  /** When nothing runs any more. */
  close(): void;
}

/** What a finished command left in the background has said nothing of being needed. */
const STRAY_GRACE_MS = 500;

export function openProcessTable(stateFolder: string, graceMs: number): ProcessTable {
  const runToken = randomBytes(12).toString('hex');
  const hurried = new AbortController();
  let guard: Guard | null = null;
  let removeRecord = () => {};
  let count = 0;
  let cpuSecondsSoFar = endedChildrenCpuSeconds();

  function standBehind(): Guard {
    if (guard !== null) return guard;
    // The record comes first: a process must not run before there is one to find it by.
    removeRecord = recordRunner(stateFolder, `${MARKER_NAME}=${runToken}.`);
    guard = openGuard(`${MARKER_NAME}=${runToken}\\.`);
    return guard;
  }

  /**
   * libuv reaps children one by one but calls back for those that ended together only after the last: their CPU time then
   * goes to the first. The sum over a run is right.
   */
  function takeCpuSeconds(): number | null {
    const now = endedChildrenCpuSeconds();
    const spent = now === null || cpuSecondsSoFar === null ? null : now - cpuSecondsSoFar;
    cpuSecondsSoFar = now;
    return spent;
  }

  function start(token: string, file: string, args: readonly string[], options: StartOptions): Started {
    const guarding = standBehind();
    const env = { ...options.env, [MARKER_NAME]: token };
    const child = spawn(file, args, { cwd: options.cwd, env, stdio: options.stdio, detached: true });
    if (child.pid !== undefined) guarding.note(child.pid);
    let cpuSeconds: number | null = null;
    const ended = new Promise<Ending>((resolve) => {
      // Stays: a later message that cannot be sent is an error too, and shows in the end of the process.
      child.on('error', (error) => {
        if (child.pid === undefined) resolve({ kind: 'not-started', error });
      });
      child.once('exit', (code, signal) => {
        cpuSeconds = takeCpuSeconds();
        resolve({ kind: 'exit', code, signal });
      });
    });
    const quarry = { group: child.pid ?? 0, marker: `${MARKER_NAME}=${token}\0` };
    return { child, quarry, ended, cpuSeconds: () => cpuSeconds };
  }

  async function end(started: Started): Promise<void> {
    if (started.child.pid === undefined) return;
    await endProcesses(started.quarry, { graceMs, hurry: hurried.signal });
    guard?.forget(started.quarry.group);
  }

  async function tidy(started: Started): Promise<void> {
    if (started.child.pid === undefined) return;
    if (signalGroup(started.quarry.group, 0))
      await endStrays(started.quarry, { graceMs: STRAY_GRACE_MS, hurry: hurried.signal });
    guard?.forget(started.quarry.group);
  }

  function close(): void {
    guard?.dismiss();
    guard = null;
    removeRecord();
  }

  const newToken = (): string => `${runToken}.${++count}`;
  return { newToken, start, end, tidy, hurry: () => hurried.abort(), close };
}
