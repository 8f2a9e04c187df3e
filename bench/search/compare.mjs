/**
 * `node bench/search/compare.mjs [--python PYTHON] [--seeds 40] [--write]`: our samplers beside Optuna's on functions whose
 * optimum is known.
 *
 * PYTHON is one that can import optuna:  python3 -m venv /tmp/optuna && /tmp/optuna/bin/pip install optuna
 * With --write the table goes into RESULTS.md here, otherwise to the terminal.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = mkdtempSync(path.join(os.tmpdir(), 'pipe-bench-search-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = path.join(folder, 'compare.mjs');
await build({
  entryPoints: [path.join(import.meta.dirname, 'compare.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
});
const { compare } = await import(pathToFileURL(outfile).href);
await compare(process.argv.slice(2), import.meta.dirname);
