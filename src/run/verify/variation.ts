/**
 * What a run made for comparison has otherwise than the one it is compared with, and that must not show in the result.
 *
 * A stage that looks at the date, its folder, the host's name, the number of processors or the order in which a folder lists its
 * files mostly gives the same on one machine on one day. Varying them brings it to light. Not varied: the clock itself, the
 * machine, the versions of programs, and the user.
 */
import fs from 'node:fs';
import { helperPrograms } from './programs.ts';

export interface Variation {
  /** Value of TZ, unless the stage declares one. */
  readonly timeZone: string;
  readonly hostName: string;
  /** Processors the stage may run on, as `taskset` takes them; null: all. */
  readonly processors: string | null;
  /** Added to the threads of a `uses` stage. */
  readonly extraThreads: number;
  /** In which order folders are filled: some file systems list them so. */
  readonly order: 'listed' | 'mixed';
  /** On a memory file system, which lists folders in another order than a disk does. */
  readonly inMemory: boolean;
}

/** 26 hours apart: their dates always differ, and one of them differs from the date anywhere else. */
const EAST = 'Etc/GMT-14';
const WEST = 'Etc/GMT+12';

/** Of a run that is compared with a recorded result. */
export function againstRecorded(now = new Date()): Variation {
  return {
    timeZone: dateIn(EAST, now) === dateIn(undefined, now) ? WEST : EAST,
    hostName: 'pipe-verify',
    processors: fewerProcessors(),
    extraThreads: 1,
    order: 'mixed',
    inMemory: true,
  };
}

/** Of two runs that are compared with each other. */
export function againstEachOther(): readonly [Variation, Variation] {
  return [
    {
      timeZone: EAST,
      hostName: 'pipe-verify-a',
      processors: null,
      extraThreads: 0,
      order: 'listed',
      inMemory: false,
    },
    {
      timeZone: WEST,
      hostName: 'pipe-verify-b',
      processors: fewerProcessors(),
      extraThreads: 1,
      order: 'mixed',
      inMemory: true,
    },
  ];
}

function dateIn(timeZone: string | undefined, now: Date): string {
  return now.toLocaleDateString('en-CA', timeZone === undefined ? {} : { timeZone });
}

/** All but the first of the processors this process may use; null when there is only one, or no way to choose. */
function fewerProcessors(): string | null {
  if (helperPrograms().taskset === null) return null;
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
    const [first = '', ...rest] = list.split(',');
    const [from = '', to = from] = first.split('-');
    const left = Number(from) < Number(to) ? [`${Number(from) + 1}-${to}`, ...rest] : rest;
    return left.length === 0 ? null : left.join(',');
  } catch {
    return null;
  }
}

/** What is varied, in words. */
export function variedText(variations: readonly Variation[], canRename: boolean): readonly string[] {
  return [
    'folder',
    'time zone',
    'environment',
    'threads',
    ...(variations.some((each) => each.processors !== null) ? ['processors'] : []),
    ...(canRename ? ['host name'] : []),
    'file order',
  ];
}
