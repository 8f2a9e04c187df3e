/**
 * What Linux tells about processes, read from /proc. Elsewhere every answer is "none" or null.
 *
 * Reads are synchronous: each is a few microseconds, and a promise would cost more than the read.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export const HAS_PROC = process.platform === 'linux' && existsSync('/proc/self/stat');

/** Units of the times in `stat`: fixed at 100 a second in what Linux shows to programs. */
const TICKS_PER_SECOND = 100;

/** When a process started, in clock ticks since the machine did: with its pid this names one process for ever. */
export function startTicks(pid: number): number | null {
  const fields = statFields(pid);
  return fields === null ? null : Number(fields[19]);
}

/** CPU seconds of all children of this process that have ended, and of theirs. */
export function endedChildrenCpuSeconds(): number | null {
  const fields = statFields('self');
  return fields === null ? null : (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** Processes whose environment, as it was when they started, has an entry that begins with `marker`. */
export function processesMarked(marker: string): number[] {
  return allProcesses().filter((pid) => {
    const environment = readProc(`${pid}/environ`);
    return environment !== null && (environment.startsWith(marker) || environment.includes(`\0${marker}`));
  });
}

/** Living members of a process group; ended ones that nobody has reaped do not count. */
export function groupMembers(group: number): number[] {
  return allProcesses().filter((pid) => {
    const fields = statFields(pid);
    return fields !== null && Number(fields[2]) === group && !isDead(fields);
  });
}

/** True while the process runs: not ended, not a zombie. */
export function isRunning(pid: number): boolean {
  const fields = statFields(pid);
  return fields !== null && !isDead(fields);
}

/** A process and all its descendants. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (let next = 0; next < tree.length; next++) {
    const parent = tree[next];
    for (const thread of listProc(`${parent}/task`)) {
      const children = readProc(`${parent}/task/${thread}/children`) ?? '';
      for (const child of children.split(' ')) if (child !== '') tree.push(Number(child));
    }
  }
  return tree;
}

/** Largest resident memory of a process so far; null when it is gone or shows none. */
export function peakResidentBytes(pid: number | 'self'): number | null {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`) ?? '');
  return match === null ? null : Number(match[1]) * 1024;
}

function isDead(fields: readonly string[]): boolean {
  return fields[0] === 'Z' || fields[0] === 'X';
}

/** The fields of `stat` from the third on (the state is number 0 here): the second may hold any character. */
function statFields(pid: number | 'self'): string[] | null {
  const text = readProc(`${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function allProcesses(): number[] {
  return listProc('').map(Number).filter(Number.isInteger);
}

function listProc(folder: string): string[] {
  try {
    return readdirSync(`/proc/${folder}`).filter((name) => name >= '0' && name < ':');
  } catch {
    return [];
  }
}

/** Null when the process is gone or is not ours to look at. */
function readProc(name: string): string | null {
  if (!HAS_PROC) return null;
  try {
    return readFileSync(`/proc/${name}`, 'latin1');
  } catch {
    return null;
  }
}
