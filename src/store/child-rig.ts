/** For tests with several processes: bundles a TypeScript file into a script that plain Node runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** @param entry a file beside this one. @returns absolute path of the script, in `folder`. */
export function bundleChild(entry: string, folder: string): string {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  buildSync({
    entryPoints: [path.join(import.meta.dirname, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function start(script: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<Ended>((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  return { process: child, ended };
}
