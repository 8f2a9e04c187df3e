/**
 * Makes one runnable file of a TypeScript program that uses the engine, so that a test can start it in processes of its own:
 * with other numbers of threads, or on another version of Node.
 */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from '../sources.ts';

/** @returns the program's file, in a new folder that the caller removes; packages are found from there. */
export async function bundleProgram(entry: string): Promise<{ folder: string; file: string }> {
  const folder = mkdtempSync(path.join(ROOT, 'node_modules/.engine-'));
  const file = path.join(folder, 'program.mjs');
  await build({
    entryPoints: [path.join(ROOT, entry)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@tensorflow/*'],
    // Only modules of the engine ask where they are.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(ROOT, 'stages/lib/engine/engine.ts')).href) },
    logLevel: 'silent',
  });
  return { folder, file };
}
