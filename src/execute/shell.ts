/**
 * The shell that runs commands: bash where there is one, else the system's `sh`.
 *
 * The same for every user, so that a pipeline does not depend on anybody's login shell, and without start files.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface Shell {
  readonly file: string;
  /** Options that keep it from reading start files. */
  readonly args: readonly string[];
}

/** @param searchPath  the value of `PATH`. */
export function findShell(searchPath: string, exists: (file: string) => boolean = existsSync): Shell {
  const folders = ['/bin', '/usr/bin', ...searchPath.split(path.delimiter)];
  const name = process.platform === 'win32' ? 'bash.exe' : 'bash';
  const bash = folders
    .filter(path.isAbsolute)
    .map((folder) => path.join(folder, name))
    .find((file) => exists(file));
  return bash === undefined ? { file: '/bin/sh', args: [] } : { file: bash, args: ['--noprofile', '--norc'] };
}

/** A text of several lines is a script: it ends at the first line that fails, instead of hiding it behind the last. */
export function shellArguments(shell: Shell, command: string): readonly string[] {
  return [...shell.args, command.trimEnd().includes('\n') ? '-ec' : '-c', command];
}
