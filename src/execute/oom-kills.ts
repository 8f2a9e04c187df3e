/** How often the system has ended a process of this control group because memory ran out. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface OomKills {
  /** True when the count has grown since this was asked before, or since the start. */
  haveGrown(): boolean;
}

/** @param base  `/`; a test gives another folder. */
export function watchOomKills(base = '/'): OomKills {
  let last = countOomKills(base);
  return {
    haveGrown() {
      const now = countOomKills(base);
      const grown = now !== null && last !== null && now > last;
      last = now;
      return grown;
    },
  };
}

/** Null where no counter can be read. */
function countOomKills(base: string): number | null {
  for (const file of counterFiles(base)) {
    const match = /^oom_kill (\d+)$/m.exec(readText(file) ?? '');
    if (match !== null) return Number(match[1]);
  }
  return null;
}

/** Version 2 of control groups, then version 1, each at this process's own place and, in a container, at the top. */
function counterFiles(base: string): string[] {
  const groups = readText(path.join(base, 'proc/self/cgroup')) ?? '';
  const second = /^0::(.*)$/m.exec(groups)?.[1] ?? '/';
  const first = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1] ?? '/';
  const mount = path.join(base, 'sys/fs/cgroup');
  return [
    path.join(mount, second, 'memory.events'),
    path.join(mount, 'memory.events'),
    path.join(mount, 'memory', first, 'memory.oom_control'),
    path.join(mount, 'memory', 'memory.oom_control'),
    path.join(base, 'proc/vmstat'),
  ];
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
