/** Bundles a measurement written in TypeScript and loads it. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @returns what the module `name` in this folder exports. */
export async function bundled(name) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pipe-bench-search-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'bundle.mjs');
  const entryPoints = [path.join(import.meta.dirname, name)];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile });
  return import(pathToFileURL(outfile).href);
}
