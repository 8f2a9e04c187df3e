/**
 * Ends all processes of an execution, for certain: TERM, a time of grace, KILL.
 *
 * An execution is a process group, and on Linux also every process that carries its marker in the environment: one that
 * made its own session has left the group but not the marker. It is over when none of them runs any more.
 */
import { groupMembers, HAS_PROC, processesMarked } from './proc.ts';

export interface Quarry {
  /** The process group, which is the pid of its first process. */
  readonly group: number;
  /** `NAME=value`, in the environment of every process of the execution. */
  readonly marker: string;
}

export interface EndingPace {
  /** Time between TERM and KILL. */
  readonly graceMs: number;
  /** Aborts when there is no time left: KILL at once. */
  readonly hurry: AbortSignal;
}

/** Processes in uninterruptible sleep die only when the system lets them: this long they are waited for after KILL. */
const LAST_WAIT_MS = 3000;
const FIRST_POLL_MS = 1;
const LONGEST_POLL_MS = 40;

/** Resolves when none of the processes runs. */
export async function endProcesses(quarry: Quarry, pace: EndingPace): Promise<void> {
  if (!pace.hurry.aborted) {
    signalAll(quarry, 'SIGTERM');
    await untilGone(quarry, pace.graceMs, pace.hurry);
  }
  // Again and again: a process may have started another between two looks.
  const end = Date.now() + LAST_WAIT_MS;
  while (signalAll(quarry, 'SIGKILL') && Date.now() < end) await untilGone(quarry, LONGEST_POLL_MS, null);
}

/** Ends what is left of a group whose first process has ended. Costs one system call when nothing is. */
export async function endStrays(quarry: Quarry, pace: EndingPace): Promise<void> {
  if (!signalGroup(quarry.group, 0)) return;
  signalGroup(quarry.group, 'SIGTERM');
  const isGone = () => !isGroupRunning(quarry.group);
  await poll(isGone, pace.graceMs, pace.hurry);
  const end = Date.now() + LAST_WAIT_MS;
  while (isGroupRunning(quarry.group) && Date.now() < end) {
    signalGroup(quarry.group, 'SIGKILL');
    await poll(isGone, LONGEST_POLL_MS, null);
  }
}

/** Signals each process once. True when there was one. */
function signalAll(quarry: Quarry, signal: NodeJS.Signals): boolean {
  const members = groupMembers(quarry.group);
  const outside = processesMarked(quarry.marker).filter((pid) => !members.includes(pid));
  const inGroup = isGroupRunning(quarry.group) && signalGroup(quarry.group, signal);
  for (const pid of outside) signalProcess(pid, signal);
  return inGroup || outside.length > 0;
}

async function untilGone(quarry: Quarry, limitMs: number, hurry: AbortSignal | null): Promise<void> {
  const isGone = () => !isGroupRunning(quarry.group) && processesMarked(quarry.marker).length === 0;
  await poll(isGone, limitMs, hurry);
}

function isGroupRunning(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  return !HAS_PROC || groupMembers(group).length > 0;
}

/** @returns false when the group has no member. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return signalProcess(process.platform === 'win32' ? group : -group, signal);
}

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Asks at growing intervals until the answer is yes, the time is over, or `hurry` aborts. */
async function poll(isOver: () => boolean, limitMs: number, hurry: AbortSignal | null): Promise<void> {
  const end = Date.now() + limitMs;
  let waitMs = FIRST_POLL_MS;
  while (!isOver() && Date.now() < end && hurry?.aborted !== true) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, Math.max(1, end - Date.now()))));
    waitMs = Math.min(waitMs * 2, LONGEST_POLL_MS);
  }
}
