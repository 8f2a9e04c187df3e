/**
 * The shell that runs commands: bash where there is one, else the system's `sh`.
 *
 * The same for every user, so that a pipeline does not depend on anybody's login shell, and without start files.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface Shell {
  readonly file: string;
  /** Put before the command's text. */
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
  return bash === undefined ? { file: '/bin/sh', args: ['-c'] } : { file: bash, args: ['--noprofile', '--norc', '-c'] };
}
