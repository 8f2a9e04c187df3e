/** The system programs that verifying makes use of where they are there, and work. Tried once in a process. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface HelperPrograms {
  /** Bubblewrap, which gives a process a file system and a host name of its own; null: not there, or not permitted. */
  readonly bwrap: string | null;
  /** strace with its options, which tells what a process opens; null: not there, or not permitted. */
  readonly strace: readonly string[] | null;
  /** taskset, which limits a process to some processors. */
  readonly taskset: string | null;
}

let found: HelperPrograms | null = null;

export function helperPrograms(): HelperPrograms {
  found ??= { bwrap: findBwrap(), strace: findStrace(), taskset: findProgram('taskset') };
  return found;
}

/** Containers and some systems forbid what it needs: only a try tells. */
function findBwrap(): string | null {
  const file = findProgram('bwrap');
  return file !== null && works([file, '--dev-bind', '/', '/', '--unshare-uts', '--unshare-net', 'true']) ? file : null;
}

function findStrace(): readonly string[] | null {
  const file = findProgram('strace');
  if (file === null) return null;
  // Stops a process only at the calls asked for, where the kernel and this strace can: much faster.
  const ways = [
    [file, '-f', '--seccomp-bpf'],
    [file, '-f'],
  ];
  return ways.find((way) => works([...way, '-e', 'trace=chdir', '-o', '/dev/null', 'true'])) ?? null;
}

function works([file, ...args]: readonly string[]): boolean {
  return file !== undefined && spawnSync(file, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** Absolute path of a program in the usual folders and those of PATH; null when it is in none. */
function findProgram(name: string): string | null {
  const folders = ['/usr/bin', '/bin', ...(process.env.PATH ?? '').split(path.delimiter)].filter(path.isAbsolute);
  for (const folder of folders) {
    const file = path.join(folder, name);
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return file;
    } catch {
      // Not in this one.
    }
  }
  return null;
}
