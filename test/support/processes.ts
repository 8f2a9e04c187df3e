/** Finding and killing real processes, as an out-of-memory killer or a power cut would. Linux. */
import fs from 'node:fs';

/** A process and everything below it, by walking the table of processes. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync('/proc')) {
    const each = Number(name);
    if (!Number.isInteger(each)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${each}/stat`, 'utf8');
      parents.set(each, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while the table was read.
    }
  }
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

/** Processes whose command line holds a text. */
export function processesNamed(text: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) && fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text)
        ? [Number(name)]
        : [];
    } catch {
      return [];
    }
  });
}
