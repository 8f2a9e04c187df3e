/** For tests with several threads: bundles the worker that looks at files, as the build does. */
import path from 'node:path';
import { buildSync } from 'esbuild';

/** @returns absolute path of the script, in `folder`. */
export function bundleScanWorker(folder: string): string {
  const outfile = path.join(folder, 'scan-worker.cjs');
  const entry = path.join(import.meta.dirname, 'scan-worker.ts');
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  return outfile;
}
