/**
 * Which process something belongs to, as text that fits in a file name, and whether that process is still there.
 *
 * A process id alone is given again; with the start time, the boot and the process namespace it names one process for
 * ever. So "is dead", once true, stays true. Where the system does not tell (no /proc) the id alone has to do.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** `here`: this kernel and process namespace, so that ids can be compared; else nothing can be said about the process. */
export type Liveness = 'alive' | 'dead' | 'elsewhere';

interface Stat {
  readonly state: string;
  readonly startTime: string;
}

let place: string | null = null;
let self: string | null = null;
let counter = 0;
const salt = randomBytes(3).toString('hex');

/** A new name that tells which process made it. Never given twice. */
export function newToken(): string {
  self ??= `${process.pid}.${readStat(process.pid)?.startTime ?? '0'}.${thisPlace()}.${salt}`;
  return `${self}${counter++}`;
}

/** Whether the process that made a token is there. */
export function liveness(token: string): Liveness {
  const [id = '', startTime = '', where = ''] = token.split('.');
  const pid = Number(id);
  if (!Number.isSafeInteger(pid) || pid <= 0) return 'dead';
  if (where !== thisPlace()) return 'elsewhere';
  const stat = readStat(pid);
  // A zombie holds nothing any more; its parent has only not asked yet how it ended.
  if (stat !== null) return stat.startTime === startTime && !/[ZX]/.test(stat.state) ? 'alive' : 'dead';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'dead' : 'alive';
  }
}

/** The process id in a token, for people. */
export function processOf(token: string): string {
  return `process ${token.split('.')[0]}`;
}

/** Fields 3 and 22 of /proc/PID/stat. The name before them may hold anything, brackets too. */
function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function thisPlace(): string {
  place ??= createHash('sha256').update(`${boot()} ${namespace()}`).digest('hex').slice(0, 12);
  return place;
}

function boot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown boot';
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'unknown namespace';
  }
}
